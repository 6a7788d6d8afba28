"""Events that come late find their place in what is stored, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.journey.facts import only_facts
from connector.journey.late import Past, decide_in
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event, Identity
from connector.model.order import place_of
from connector.runtime import pasts
from connector.runtime.arrivals import Arrival
from connector.runtime.deciding import apply
from connector.sandbox import Sandbox
from connector.store import history, snapshots
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

EVA = "eva@example.com"
VIEWED = "product.viewed"
RULES = """
journeys:
  interest:
    stages: {cold: {label: Cold}, warm: {label: Warm}, hot: {label: Hot}}
    moves:
      - {on: product.viewed, to: warm, when: contact.counters.product_viewed >= 3}
      - {on: cart.updated, to: hot}
triggers:
  third:
    on: product.viewed
    when: contact.counters.product_viewed >= 3
    once per: contact
    do:
      - contact.count: {name: thirds}
      - hubspot.create_task: {title: Third, due: 1 working day}
"""


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "mapping"
    folder.mkdir()
    for one in MAPPING.glob("*.yaml"):
        (folder / one.name).write_bytes(one.read_bytes())
    (folder / "interest.yaml").write_text(RULES)
    with Shop(database_url, sandbox, folder) as made:
        yield made


def viewed(at: datetime, key: str) -> Event:
    return Event(key, VIEWED, at, "website", "json", (Identity("email", "", EVA),))


def happens(shop: Shop, events: Sequence[Event]) -> None:
    """They arrive together."""
    arrivals = [Arrival(one, "") for one in events]
    mapping, now = shop.system.live.mapping, shop.clock()
    shop.system.store.write(lambda tx: apply(tx, mapping, arrivals, now))


def every_minute(shop: Shop, count: int) -> list[Event]:
    """So many, the last of them a minute ago."""
    return [viewed(shop.clock() - timedelta(minutes=count - one), f"{one:04}") for one in range(count)]


def minutes(shop: Shop, *before_now: float) -> list[datetime]:
    return [shop.clock() - timedelta(minutes=one) for one in before_now]


def trace_of(shop: Shop, key: str) -> dict[str, Answer]:
    with shop.system.store.reading() as tx:
        everything = history.of_contact(tx, shop.contact(EVA).id, limit=5_000)
    (found,) = [one for one in everything if one.event.key == key]
    return {entry.rule: entry.answer for entry in found.trace}


def test_a_late_webhook_is_put_in_its_place(shop: Shop) -> None:
    """An event older than the newest applied to that contact is put in its place and the contact is folded
    again from the last snapshot before it."""
    first, third, second = minutes(shop, 30, 10, 20)
    for number, at in enumerate((first, third, second)):
        assert shop.says(VIEWED, EVA, occurred_at=at.isoformat(), product={"id": f"p{number}"}) == 202
        shop.turns()

    standing = shop.contact(EVA).standings["interest"]

    assert (standing.stage, standing.since) == ("warm", third)
    assert [one.action.arguments["title"] for one in shop.actions()] == ["Third"]


def test_what_a_rule_did_to_our_own_state_is_there_after_a_late_event(shop: Shop) -> None:
    happens(shop, [viewed(at, str(at)) for at in minutes(shop, 30, 20, 10)])

    happens(shop, [viewed(minutes(shop, 40)[0], "late")])

    contact = shop.contact(EVA)
    assert dict(contact.counters) == {VIEWED: 4, "thirds": 1}
    assert [one.event.name for one in shop.history(EVA)].count("own.count") == 1


def test_what_was_decided_under_an_older_version_is_not_decided_anew(shop: Shop) -> None:
    """A fold goes back at most to the publication of the live version: an older event enters history and
    ledger and is decided on the state at the publication; `recompute` does the rest."""
    happens(shop, [viewed(at, str(at)) for at in minutes(shop, 50, 40)])
    shop.system.live.swap(replace(shop.system.live.mapping, version="another"))
    happens(shop, [replace(viewed(minutes(shop, 5)[0], "paged"), name="page.viewed")])

    happens(shop, [viewed(minutes(shop, 60)[0], "late")])

    contact = shop.contact(EVA)
    assert contact.standings["interest"].since == minutes(shop, 60)[0]
    assert contact.folded is not None
    assert (contact.folded.version, contact.folded.count) == ("another", 3)
    with shop.system.store.reading() as tx:
        (base,) = snapshots.of_contact(tx, contact.id)
    assert base.is_base
    assert base.contact.counters == {VIEWED: 2}


def test_a_fold_begins_at_the_last_snapshot_before_the_event(shop: Shop) -> None:
    """… folded again from the last snapshot before it."""
    count = pasts.A_SNAPSHOT + 20
    some = every_minute(shop, count)
    happens(shop, some)
    before = shop.contact(EVA)
    late = viewed(some[-10].occurred_at + timedelta(seconds=1), "late")
    with shop.system.store.reading() as tx:
        past = pasts.past_of(tx, shop.system.live.mapping, before, late)

    happens(shop, [late])

    assert past is not None
    assert len(past.events) < 30
    assert only_facts(shop.contact(EVA)) == only_facts(told_in_order(shop, before, [*some, late]))


def told_in_order(shop: Shop, contact: Contact, events: Sequence[Event]) -> Contact:
    """The contact to whom all of this happened in order, and whose own rules did what they did then."""
    with shop.system.store.reading() as tx:
        everything = history.since(tx, contact.id, after=0, at=None, limit=10_000)
    begin = Contact(contact.id, contact.created_at, contact.identities)
    earlier = [one for one in everything if one.key != events[-1].key]
    whole = Past(begin, sorted(earlier, key=place_of))
    return decide_in(whole, shop.system.live.mapping, contact, events[-1], shop.clock()).contact


def test_an_event_from_very_long_ago_is_decided_as_it_comes_and_says_so(shop: Shop) -> None:
    count = pasts.MOST_FOLDED + 10
    happens(
        shop, [viewed(shop.clock() - timedelta(minutes=count - one), f"{one:05}") for one in range(count)]
    )

    happens(shop, [viewed(shop.clock() - timedelta(days=20), "late")])

    assert shop.contact(EVA).counters[VIEWED] == count + 1
    assert trace_of(shop, "late")["event"] is Answer.LATE


def test_a_snapshot_that_a_late_event_comes_before_is_dropped(shop: Shop) -> None:
    count = pasts.A_SNAPSHOT + 5
    happens(
        shop, [viewed(shop.clock() - timedelta(minutes=count - one), f"{one:04}") for one in range(count)]
    )
    contact = shop.contact(EVA)
    with shop.system.store.reading() as tx:
        before = snapshots.of_contact(tx, contact.id)

    happens(shop, [viewed(shop.clock() - timedelta(days=2), "late")])

    with shop.system.store.reading() as tx:
        after = snapshots.of_contact(tx, contact.id)
    assert (len(before), len(after)) == (1, 0)
