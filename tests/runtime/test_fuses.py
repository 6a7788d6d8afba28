"""Fuses: what acts far too often, or fails too often, is stopped until a person has looked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.runtime import fuses
from connector.runtime.errands import GO_ON, Errand, ask
from connector.sandbox import Sandbox
from connector.store import expectations, publications, stops, sweeps, tallies
from connector.store.database import Transaction
from connector.store.publications import Signed
from connector.store.stops import Stop
from connector.store.sweeps import Asked, SweepKind
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.timed import changed, goes_by

WELCOME = "trigger:welcome"
FUSED = """
trigger: fused
kind: internal
on: file.downloaded
blast: 2
stop_at: 50%
do:
  - hubspot.tag: {add: [reader]}
"""
SERIES = {"path": "*/customer-journeys/*"}


def stopped(shop: Shop) -> list[Stop]:
    """What is stopped."""
    with shop.system.store.reading() as tx:
        return stops.stopped(tx)


def join(shop: Shop, count: int, start: int = 0) -> None:
    """So many people join the newsletter."""
    for number in range(start, start + count):
        shop.says("newsletter.confirmed", f"reader{number}@example.com")
    shop.turns()


def count(shop: Shop, runs: int, at: datetime) -> None:
    """So many runs of the trigger acted at this time."""
    shop.system.store.write(lambda tx: tallies.count(tx, {WELCOME: runs}, at))


def end(shop: Shop, *, failed: int, done: int = 0) -> None:
    """So many actions of the trigger end."""

    def one(is_failed: bool) -> None:
        mapping, now = shop.system.mapping, shop.clock()
        shop.system.store.write(lambda tx: fuses.ended(tx, mapping, [(WELCOME, is_failed)], now))

    for is_failed in [False] * done + [True] * failed:
        one(is_failed)


def with_fuses(shop: Shop, blast: int | None = None, stop_at: Decimal | None = None) -> None:
    """The trigger has these fuses of its own."""
    goes_by(
        shop,
        changed(shop.system.mapping, "welcome", lambda one: replace(one, blast=blast, stop_at=stop_at)),
    )


def test_a_trigger_that_acts_more_often_than_its_blast_is_stopped_and_nothing_is_lost(shop: Shop) -> None:
    """Over it the trigger pauses and waits for a person to go on or drop what is queued."""
    with_fuses(shop, blast=3)

    join(shop, 5)

    (stop,) = stopped(shop)
    assert (stop.rule, stop.who) == (WELCOME, "a fuse")
    assert stop.words == "it acted 5 times within an hour; 3 are usual at most"
    held = [one.status for one in shop.actions() if one.action.cause.rule == WELCOME]
    assert held == ["waiting"] * 5


def test_a_trigger_within_its_blast_goes_on(shop: Shop) -> None:
    with_fuses(shop, blast=3)

    join(shop, 3)

    assert stopped(shop) == []


def test_after_a_person_let_it_go_on_the_fuse_counts_anew(shop: Shop) -> None:
    """Over it the trigger pauses and waits for a person to go on or drop what is queued."""
    with_fuses(shop, blast=3)
    join(shop, 5)

    ask(shop.system.store, Errand(GO_ON, WELCOME, "eva", shop.clock()), 0.0)
    join(shop, 3, start=5)
    went_on = stopped(shop)
    join(shop, 1, start=8)

    assert went_on == []
    assert [one.rule for one in stopped(shop)] == [WELCOME]


@pytest.mark.parametrize(("busiest", "least"), [(0, 200), (19, 200), (30, 300)])
def test_the_usual_blast_is_ten_times_the_busiest_hour_and_at_least_two_hundred(
    shop: Shop, busiest: int, least: int
) -> None:
    """`blast` defaults to ten times the trigger's busiest hour of 30 days, at least 200"""
    count(shop, busiest, shop.clock() - timedelta(hours=5))
    count(shop, least - 1, shop.clock())

    join(shop, 1)
    usual = stopped(shop)
    join(shop, 1, start=1)

    assert usual == []
    assert [one.rule for one in stopped(shop)] == [WELCOME]


def test_what_a_person_confirmed_of_a_moment_stands_above_the_usual_plus_a_fifth(shop: Shop) -> None:
    """for a moment, it is what the plan showed and a person confirmed, plus a fifth."""
    with_fuses(shop, blast=1)
    asked = Asked(SweepKind.MOMENT, "heat", shop.clock(), "eva", {WELCOME: 5})
    shop.system.store.write(lambda tx: sweeps.begin(tx, asked, shop.clock()))

    join(shop, 6)
    confirmed = stopped(shop)
    join(shop, 1, start=6)

    assert confirmed == []
    assert [one.words for one in stopped(shop)] == ["it acted 7 times within an hour; 6 are usual at most"]


def published(shop: Shop, shown: int, at: datetime) -> None:
    """Somebody publishes a changed text, and was shown so many runs of the trigger."""

    def work(tx: Transaction) -> None:
        live = publications.live(tx)
        assert live is not None
        signed = Signed(at, "eva", "spring sale", live.version)
        expectations.store(tx, publications.repeat(tx, signed).id, {WELCOME: shown})

    shop.system.store.write(work)


@pytest.mark.parametrize(("shown", "most"), [(250, 300), (10, 200)])
def test_what_a_person_confirmed_of_a_publication_is_the_fuse_plus_a_fifth_until_more_is_known(
    shop: Shop, shown: int, most: int
) -> None:
    """for a moment or a first publication, it is what the plan showed and a person confirmed, plus a fifth"""
    published(shop, shown, shop.clock() - timedelta(days=3))
    count(shop, most - 1, shop.clock())

    join(shop, 1)
    confirmed = stopped(shop)
    join(shop, 1, start=1)

    assert confirmed == []
    assert [one.words for one in stopped(shop)] == [
        f"it acted {most + 1} times within an hour; {most} are usual at most"
    ]


@pytest.mark.parametrize(("days", "is_stopped"), [(0.5, False), (2, True)])
def test_a_day_after_a_publication_the_busiest_hour_is_known(
    shop: Shop, days: float, is_stopped: bool
) -> None:
    published(shop, 250, shop.clock() - timedelta(days=days))
    count(shop, 3, shop.clock() - timedelta(hours=5))
    count(shop, 299, shop.clock())

    join(shop, 1)

    assert bool(stopped(shop)) is is_stopped


def test_what_was_confirmed_does_not_stand_above_a_blast_of_its_own(shop: Shop) -> None:
    with_fuses(shop, blast=2)
    published(shop, 250, shop.clock())

    join(shop, 3)

    assert [one.rule for one in stopped(shop)] == [WELCOME]


@pytest.mark.parametrize(
    ("done", "failed", "is_stopped"),
    [(0, 9, False), (0, 10, True), (40, 10, False), (39, 11, True), (100, 10, False)],
)
def test_a_trigger_stops_when_more_than_a_fifth_of_its_last_fifty_actions_failed_and_at_least_ten_ended(
    shop: Shop, done: int, failed: int, is_stopped: bool
) -> None:
    """`stop_at` is 20% of the last 50 actions, and at least 10."""
    end(shop, done=done, failed=failed)

    assert bool(stopped(shop)) is is_stopped


def test_a_trigger_has_its_own_share_of_failures(shop: Shop) -> None:
    with_fuses(shop, stop_at=Decimal("0.5"))

    end(shop, done=25, failed=25)
    at_the_bound = stopped(shop)
    end(shop, failed=1)

    assert at_the_bound == []
    assert [one.words for one in stopped(shop)] == ["26 of its last 50 actions failed"]


def test_actions_that_a_platform_refuses_blow_the_fuse_of_their_trigger(shop: Shop) -> None:
    refusal = {"status": 400, "body": {"title": "Bad Request", "detail": "no such journey"}}
    shop.sandbox.script(SERIES, [refusal], times=None)

    join(shop, 30)

    assert [one.rule for one in stopped(shop)] == ["trigger:series"]


def test_what_enters_a_stage_has_no_fuse(shop: Shop) -> None:
    for _ in range(60):
        shop.system.store.write(
            lambda tx: fuses.ended(tx, shop.system.mapping, [("enter:main.care", True)], shop.clock())
        )

    assert stopped(shop) == []


def test_the_fuses_of_a_mapping_file_hold(migrated_url: str, tmp_path: Path, sandbox: Sandbox) -> None:
    folder = Path(shutil.copytree(MAPPING, tmp_path / "mapping"))
    (folder / "fused.yaml").write_text(FUSED)
    with Shop(migrated_url, sandbox, folder) as shop:
        for number in range(3):
            shop.says("file.downloaded", f"reader{number}@example.com")
        shop.turns()

        assert [one.words for one in stopped(shop)] == [
            "it acted 3 times within an hour; 2 are usual at most"
        ]
