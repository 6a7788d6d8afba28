"""Our clock is held against the database server's, and against one that nobody sets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.bootstrap import clock
from connector.errors import StoreError
from connector.store.database import Store, open_store
from connector.store.uptime import uptime
from connector.telemetry.clocks import Clocks, Reading
from connector.telemetry.health import Facts, Level, judge
from connector.telemetry.lookout import Connections, Lookout

HOUR = timedelta(hours=1)
on_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Hands:
    """Two clocks of a machine: one shows true time until it is set, the other one seconds."""

    def __init__(self) -> None:
        self.wrong = timedelta(0)
        self.seconds = 0.0

    def wall(self) -> datetime:
        return clock() + self.wrong

    def of_test(self) -> datetime:
        return datetime(2027, 3, 1, tzinfo=UTC) + timedelta(seconds=self.seconds) + self.wrong

    def steady(self) -> float:
        return self.seconds


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    opened.migrate()
    yield opened
    opened.close()


def seen_by(store: Store, clocks: Clocks) -> Lookout:
    """A lookout that has looked once."""
    lookout = Lookout(store, lambda: Connections((), ()), dict, clock, clocks)
    lookout.step()
    return lookout


@on_postgres
@pytest.mark.parametrize(
    ("wrong", "level", "words"),
    [
        (timedelta(0), Level.OK, ""),
        (
            timedelta(seconds=30),
            Level.AMBER,
            "ahead of the database server's, so what is due comes too early",
        ),
        (HOUR, Level.RED, "ahead of the database server's, so what is due comes too early: let NTP set both"),
        (-HOUR, Level.RED, "behind the database server's, so what is due comes too late: let NTP set both"),
    ],
)
def test_health_says_how_far_our_clock_is_off_and_what_to_do(
    store: Store, wrong: timedelta, level: Level, words: str
) -> None:
    hands = Hands()
    hands.wrong = wrong

    seen = seen_by(store, Clocks(hands.wall)).seen

    assert seen is not None
    assert seen.clock.ahead is not None
    assert abs(seen.clock.ahead - wrong) < timedelta(seconds=4)
    said = judge(Facts(seen, 0.0))["clock"]
    assert said.level is level
    assert words in said.says


@on_postgres
def test_a_clock_that_is_far_off_is_told_once_in_the_log(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    hands = Hands()
    hands.wrong = HOUR
    lookout = seen_by(store, Clocks(hands.wall))

    lookout.step()

    assert [one.levelno for one in caplog.records if "ahead of the database" in one.message] == [
        logging.ERROR
    ]


@pytest.mark.skipif(not Path("/proc/uptime").exists(), reason="no /proc/uptime")
def test_the_clock_that_nobody_sets_also_counts_while_the_machine_sleeps() -> None:
    """As Linux' own count of the time since it was started does (man proc_uptime)."""
    since_start = float(Path("/proc/uptime").read_text("ascii").split()[0])

    assert abs(uptime() - since_start) < 1.0


@on_postgres
@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
def test_nothing_starts_by_a_clock_that_is_far_off(store: Store, wrong: timedelta) -> None:
    hands = Hands()
    hands.wrong = wrong

    with pytest.raises(StoreError, match=r"the database server's.*Nothing starts before"):
        Clocks(hands.wall).require_right(store)


def test_a_clock_that_is_right_starts_on_either_database(store: Store) -> None:
    Clocks(clock).require_right(store)


@on_sqlite
def test_an_embedded_database_has_no_clock_of_its_own(store: Store) -> None:
    seen = seen_by(store, Clocks(clock)).seen

    assert seen is not None
    assert seen.clock == Reading(ahead=None, times_set=0)
    assert judge(Facts(seen, 0.0))["clock"].level is Level.OK


@on_postgres
@pytest.mark.parametrize("wrong", [HOUR, -HOUR])
def test_a_clock_is_doubtful_while_it_is_far_off_the_servers(store: Store, wrong: timedelta) -> None:
    hands = Hands()
    clocks = Clocks(hands.wall)
    lookout = seen_by(store, clocks)
    at_first = clocks.is_doubtful

    hands.wrong = wrong
    as_soon_as_it_is_set = clocks.is_doubtful
    lookout.step()
    while_it_is_off = clocks.is_doubtful
    hands.wrong = timedelta(0)
    lookout.step()

    assert (at_first, as_soon_as_it_is_set, while_it_is_off, clocks.is_doubtful) == (False, True, True, False)


@on_postgres
def test_a_clock_that_was_wrong_at_first_and_set_right_is_believed(store: Store) -> None:
    hands = Hands()
    hands.wrong = HOUR
    clocks = Clocks(hands.wall)
    lookout = seen_by(store, clocks)

    hands.wrong = timedelta(0)
    lookout.step()

    assert not clocks.is_doubtful


@on_sqlite
@pytest.mark.parametrize(
    ("by", "is_doubtful"),
    [(HOUR, True), (-HOUR, True), (timedelta(seconds=59), False), (timedelta(0), False)],
)
def test_beside_sqlite_a_clock_is_doubtful_once_it_was_set_by_a_minute(
    store: Store, by: timedelta, is_doubtful: bool
) -> None:
    hands = Hands()
    clocks = Clocks(hands.of_test, hands.steady)
    lookout = seen_by(store, clocks)

    hands.seconds, hands.wrong = hands.seconds + 86_400, by
    lookout.step()
    once_set = clocks.is_doubtful
    hands.wrong = timedelta(0)

    assert once_set is is_doubtful
    assert not clocks.is_doubtful


@on_sqlite
@pytest.mark.parametrize(("by", "words"), [(HOUR, "forward by 1 h 0 min"), (-HOUR, "back by 1 h 0 min")])
def test_a_clock_that_was_set_is_noticed_and_told(
    store: Store, caplog: pytest.LogCaptureFixture, by: timedelta, words: str
) -> None:
    hands = Hands()
    lookout = seen_by(store, Clocks(hands.of_test, hands.steady))
    hands.seconds += 5
    lookout.step()
    before = lookout.seen

    hands.seconds, hands.wrong = hands.seconds + 5, by
    lookout.step()

    assert before is not None
    assert lookout.seen is not None
    assert (before.clock.times_set, lookout.seen.clock.times_set) == (0, 1)
    assert [one.message for one in caplog.records if "was set" in one.message] == [
        f"the clock of this machine was set {words}"
    ]
