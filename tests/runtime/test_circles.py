"""A trigger that runs in a circle with a platform's own automation is stopped, until a person has looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.runtime.errands import GO_ON, Errand, ask
from connector.sandbox import Sandbox
from connector.store import stops
from connector.store.stops import Stop
from tests.runtime.echoing import EVA, does, hubspot_tells, made
from tests.runtime.shop import Shop

STEPS = """\
triggers:
  begin:
    on: file.downloaded
    do:
      - hubspot.update_contact: {fields: {lifecyclestage: lead}}
  heard:
    on: [contact.changed, page.viewed]
    do:
      - hubspot.add_note: {text: "one {{ event.name }}"}
      - mailchimp.add_note: {text: two}
"""


@pytest.fixture
def circling(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop that knows Eva at HubSpot, and hears of every change of hers there."""
    with made(database_url, sandbox, tmp_path, STEPS) as shop:
        does(shop, "file.downloaded")
        yield shop


def changes(shop: Shop, times: int, about: str = "", minutes: float = 1) -> None:
    """A workflow at HubSpot changes Eva so many times."""
    for _ in range(times):
        shop.clock.moves(minutes=minutes)
        hubspot_tells(shop, "city", f"city {shop.clock().isoformat()}", about)


def stopped(shop: Shop) -> list[Stop]:
    """What is stopped."""
    with shop.system.store.reading() as tx:
        return stops.stopped(tx)


def test_a_trigger_that_acts_on_one_contact_more_than_five_times_an_hour_stops(circling: Shop) -> None:
    """a trigger that acts on one contact more than 5 times an hour upon platform events stops"""
    changes(circling, 5)
    within = stopped(circling)
    changes(circling, 1)

    assert within == []
    (stop,) = stopped(circling)
    assert (stop.rule, stop.who) == ("trigger:heard", "a fuse")
    assert stop.words.startswith(
        f"it acted 6 times within an hour on contact {circling.contact(EVA).id} upon what hubspot told"
    )
    assert "change the trigger or the automation" in stop.words


def test_what_the_last_turn_of_the_circle_wanted_is_held(circling: Shop) -> None:
    changes(circling, 6)

    held = [one.status for one in circling.actions() if one.status == "waiting"]
    assert len(held) == 2


def test_five_times_an_hour_all_day_is_no_circle(circling: Shop) -> None:
    changes(circling, 14, minutes=12.1)

    assert stopped(circling) == []


def test_what_the_person_does_is_no_circle(circling: Shop) -> None:
    for _ in range(8):
        circling.clock.moves(minutes=1)
        does(circling, "page.viewed", page={"url": "https://example.com"})

    assert stopped(circling) == []


def test_the_same_change_of_many_contacts_is_no_circle(circling: Shop) -> None:
    for number in range(8):
        circling.says("file.downloaded", f"reader{number}@example.com")
    circling.turns()

    for number in circling.sandbox.state()["hubspot"]["contacts"]:
        hubspot_tells(circling, "city", "Breda", about=number)

    assert stopped(circling) == []
    assert len([one for one in circling.actions() if one.action.cause.rule == "trigger:heard"]) == 18


def test_after_a_person_let_it_go_on_the_circle_counts_anew(circling: Shop) -> None:
    changes(circling, 6)
    circling.clock.moves(seconds=1)
    ask(circling.system.store, Errand(GO_ON, "trigger:heard", "kim", circling.clock()), 0.0)

    changes(circling, 5)
    went_on = stopped(circling)
    changes(circling, 1)

    assert went_on == []
    assert [one.rule for one in stopped(circling)] == ["trigger:heard"]
