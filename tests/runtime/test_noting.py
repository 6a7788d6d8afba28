"""What came of one call is written down some at a time, so that nobody waits long for the right to write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from connector.model.action import Action, Cause, Kind
from connector.platforms.base import Call, Done, Outcome
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.pace import Pace
from connector.store import outbox
from connector.store.outbox import ActionStatus
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_poison import Several

CLAIM = 2
TOGETHER = 2
PEOPLE = 5
DONE, UNKNOWN, WAITING = ActionStatus.DONE, ActionStatus.UNKNOWN, ActionStatus.WAITING


class Counting(Several):
    """A platform that does all that it is asked, and remembers what that was."""

    def __init__(self) -> None:
        super().__init__("4711")
        self.asked: list[str] = []

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.asked += [one.action.key for one in calls]
        return [Done(f"task of {one.action.key}") for one in calls]


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """One in which each of some people has two tasks that wait."""
    emails = [f"reader{number}@example.com" for number in range(PEOPLE)]
    for email in emails:
        shop.says("page.viewed", email)
    while shop.system.processor.step():
        pass
    ids = [shop.contact(one).id for one in emails]
    now = shop.clock()
    tasks = [task(f"{which} {number}", one, now) for which in "ab" for number, one in enumerate(ids)]
    shop.system.store.write(lambda tx: outbox.add(tx, tasks, now))
    return shop


def task(key: str, contact_id: str, now: datetime) -> Action:
    """A task about somebody."""
    what = {"title": "Call them"}
    cause = Cause("enter:a", 1, "", "")
    return Action(key, "hubspot", "create_task", contact_id, what, Kind.INTERNAL, cause, now)


def dispatcher(shop: Shop, platform: Counting, store: FaultyStore) -> Dispatcher:
    """One that writes down two outcomes at a time."""
    one = Dispatcher("hubspot", platform, store, shop.system.live, shop.clock)
    one._landing._noting._pace = Pace(smallest=TOGETHER, largest=TOGETHER)
    return one


def breaking(shop: Shop, platform: Counting) -> Dispatcher:
    """The same, whose second write of outcomes fails."""
    return dispatcher(shop, platform, FaultyStore(shop.system.store, undone=frozenset({CLAIM + 2})))


def fails(one: Dispatcher) -> bool:
    """Whether a step does."""
    try:
        one.step()
    except Exception:
        return True
    return False


def statuses(shop: Shop, which: str) -> list[ActionStatus]:
    """How the first, or the second tasks are."""
    return [one.status for one in shop.actions() if one.action.key.startswith(which)]


def tries(shop: Shop, which: str) -> list[list[str]]:
    """How the tries of these have ended."""
    found = [one for one in shop.actions() if one.action.key.startswith(which)]
    return [[each.outcome for each in shop.attempts(one)] for one in found]


def test_many_outcomes_are_written_down_some_at_a_time(shop: Shop) -> None:
    store = FaultyStore(shop.system.store)

    dispatcher(shop, Counting(), store).step()

    assert statuses(shop, "a") == [DONE] * PEOPLE
    assert store.writes == CLAIM + 3


def test_what_could_not_be_written_down_is_at_the_next_step_and_counts_once(shop: Shop) -> None:
    platform = Counting()
    one = breaking(shop, platform)

    went_wrong = fails(one)
    between = statuses(shop, "a")
    one.finish()

    assert went_wrong
    assert between.count(DONE) == TOGETHER
    assert statuses(shop, "a") == [DONE] * PEOPLE
    assert tries(shop, "a") == [["done"]] * PEOPLE
    assert len(platform.asked) == PEOPLE


def test_after_a_death_between_two_writes_the_rest_is_in_doubt_and_is_not_overtaken(shop: Shop) -> None:
    platform = Counting()
    fails(breaking(shop, platform))

    after = dispatcher(shop, platform, FaultyStore(shop.system.store))
    after.recover()
    after.step()

    assert statuses(shop, "a") == [DONE] * TOGETHER + [UNKNOWN] * (PEOPLE - TOGETHER)
    assert statuses(shop, "b") == [DONE] * TOGETHER + [WAITING] * (PEOPLE - TOGETHER)
    assert tries(shop, "a") == [["done"]] * TOGETHER + [["unknown"]] * (PEOPLE - TOGETHER)
    assert len(set(platform.asked)) == len(platform.asked)
