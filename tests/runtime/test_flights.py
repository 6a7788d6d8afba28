"""Several calls of one connection are under way, and all that is true of one at a time stays true."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest

from connector.errors import LeaseLost, Transient
from connector.runtime.breaker import FAILURES
from connector.runtime.deciding import DecisionFailedError
from connector.runtime.threads import Threads
from connector.runtime.under_way import AT_ONCE
from connector.store.database import Transaction
from connector.store.lease import SureLease
from connector.store.outbox import ActionStatus
from tests.patience import until
from tests.runtime.faulty import FaultyStore
from tests.runtime.fleet import Flown, wants
from tests.runtime.shop import Shop

T = TypeVar("T")
DONE, SENDING, WAITING = ActionStatus.DONE, ActionStatus.SENDING, ActionStatus.WAITING
PEOPLE = ("ada", "bob", "cas")


class Unsure(SureLease):
    """A lease of which the server has not been heard for a while."""

    @property
    def is_ours(self) -> bool:
        return False


class Lost(Unsure):
    """A lease that somebody else has by now."""

    def write(self, work: Callable[[Transaction], T]) -> T:
        raise LeaseLost("it is another process's")


def test_calls_about_several_people_are_under_way_at_once(shop: Shop) -> None:
    flown = Flown(shop)
    for who in PEOPLE:
        wants(shop, who)

    taken = flown.steps()

    assert taken == len(flown.hand.under_way) == len(PEOPLE)
    assert flown.statuses() == [SENDING] * 3


def test_what_ends_is_written_down_in_whatever_order_it_ends(shop: Shop) -> None:
    flown = Flown(shop)
    for who in PEOPLE:
        wants(shop, who)
    flown.steps()

    flown.hand.ends(2, 0)
    flown.steps()
    meanwhile = flown.statuses()
    flown.hand.ends(0)
    flown.steps()

    assert meanwhile == [DONE, SENDING, DONE]
    assert flown.statuses() == [DONE] * 3
    assert flown.fleet.asked == ["cas@example.com", "ada@example.com", "bob@example.com"]


def test_of_one_person_nothing_leaves_while_something_is_under_way(shop: Shop) -> None:
    flown = Flown(shop)
    wants(shop, "ada", times=2)
    wants(shop, "bob")

    flown.steps()
    at_first = flown.statuses()
    flown.hand.ends(1)
    flown.steps()
    at_next = flown.statuses()
    flown.hand.ends(0)
    flown.steps()

    assert at_first == [SENDING, WAITING, SENDING]
    assert at_next == [SENDING, WAITING, DONE]
    assert flown.statuses() == [DONE, SENDING, DONE]


def test_no_more_than_eight_are_under_way(shop: Shop) -> None:
    flown = Flown(shop)
    for number in range(AT_ONCE + 2):
        wants(shop, f"c{number}")

    assert flown.steps() == AT_ONCE


def test_while_one_waits_for_its_turn_at_the_door_no_other_is_begun(shop: Shop) -> None:
    flown = Flown(shop, waits=True)
    for who in PEOPLE:
        wants(shop, who)

    at_first = flown.steps()
    flown.dispatcher.bell.wait(0)
    flown.hand.has_turn()
    rung = flown.dispatcher.bell._event.is_set()

    assert at_first == 1
    assert rung
    assert flown.steps() == 1


def test_a_turn_wakes_nobody_where_nothing_more_is_due(shop: Shop) -> None:
    flown = Flown(shop, waits=True)
    flown.fleet.batch_size = lambda name: 100  # type: ignore[method-assign]  # a batch that is not full
    wants(shop, "ada")
    flown.steps()

    flown.dispatcher.bell.wait(0)
    flown.hand.has_turn()

    assert not flown.dispatcher.bell._event.is_set()


@pytest.mark.parametrize("name", ["update_company", "update_deal", "tag"])
def test_what_people_share_is_changed_by_one_call_after_the_other(shop: Shop, name: str) -> None:
    flown = Flown(shop)
    wants(shop, "ada", name)
    wants(shop, "bob", name)
    wants(shop, "cas")

    flown.steps()
    at_first = flown.statuses()
    flown.hand.ends(0)
    flown.steps()

    assert at_first == [SENDING, WAITING, SENDING]
    assert flown.statuses() == [DONE, SENDING, SENDING]


def test_a_platform_that_goes_away_is_not_asked_by_all_that_waits(shop: Shop) -> None:
    flown = Flown(shop)
    people = [f"c{number}" for number in range(30)]
    flown.fleet.answers = {f"{who}@example.com": Transient("it cannot be reached") for who in people}
    for who in people:
        wants(shop, who)

    flown.steps()
    while flown.hand.under_way:
        flown.hand.ends(0)
        flown.steps()
    asked_until_the_rest = len(flown.fleet.asked)
    shop.clock.moves(seconds=6)
    tried = flown.steps()

    assert asked_until_the_rest <= AT_ONCE + FAILURES
    assert tried == 1


def test_one_that_says_slow_down_holds_the_others_and_lets_end_what_is_under_way(shop: Shop) -> None:
    flown = Flown(shop)
    flown.fleet.answers = {"ada@example.com": Transient("slow", status=429, retry_after=60)}
    for who in PEOPLE:
        wants(shop, who)
    flown.steps()

    flown.hand.ends(0)
    wants(shop, "dea")
    held = flown.steps()
    flown.hand.ends(0, 1)
    flown.steps()
    shop.clock.moves(seconds=61)

    assert held == 0
    assert flown.statuses() == [WAITING, DONE, DONE, WAITING]
    assert flown.steps() == 2


def test_after_a_death_all_that_was_under_way_is_unknown(shop: Shop) -> None:
    flown = Flown(shop)
    for who in PEOPLE:
        wants(shop, who)
    flown.steps()

    Flown(shop).dispatcher.recover()

    assert flown.statuses() == [ActionStatus.UNKNOWN] * 3


def test_who_has_lost_the_lease_writes_nothing_down_of_what_comes(shop: Shop) -> None:
    flown = Flown(shop)
    for who in PEOPLE:
        wants(shop, who)
    flown.steps()

    flown.hand.ends(0, 1, 2)
    flown.dispatcher.serve_under(Lost(shop.system.store.write))
    flown.dispatcher.finish_if_ours()
    flown.dispatcher.finish()

    assert flown.statuses() == [SENDING] * 3


def test_who_has_the_lease_still_writes_down_what_comes_at_the_end(shop: Shop) -> None:
    flown = Flown(shop)
    wants(shop, "ada")
    flown.steps()

    flown.dispatcher.serve_under(Unsure(shop.system.store.write))
    flown.hand.ends(0)
    flown.dispatcher.drain()

    assert flown.statuses() == [DONE]


def test_what_was_forgotten_is_not_heard_when_it_ends(shop: Shop) -> None:
    flown = Flown(shop)
    wants(shop, "ada")
    flown.steps()

    flown.dispatcher.forget()
    flown.dispatcher.recover()
    flown.hand.ends(0)
    flown.steps()

    assert flown.statuses() == [ActionStatus.UNKNOWN]


def test_a_claim_that_breaks_leaves_alone_what_is_under_way(shop: Shop) -> None:
    """The claim of the second is committed, and its answer lost: the look, the claim, and both again."""
    store = FaultyStore(shop.system.store, unanswered=frozenset({4}))
    flown = Flown(shop, store)
    wants(shop, "ada")
    wants(shop, "bob")

    flown.dispatcher.step()
    with pytest.raises(Exception, match="lost at the commit"):
        flown.dispatcher.step()
    flown.steps()

    assert flown.statuses() == [SENDING, ActionStatus.UNKNOWN]


def test_threads_make_the_calls_and_all_are_waited_for_in_the_end(shop: Shop) -> None:
    flown = Flown(shop)
    flown.dispatcher.spread(Threads("calls"))
    for number in range(3 * AT_ONCE):
        wants(shop, f"c{number}")

    assert until(lambda: not flown.dispatcher.step() and WAITING not in flown.statuses())
    flown.dispatcher.drain()
    flown.dispatcher.close()

    assert set(flown.statuses()) == {DONE}
    assert len(flown.fleet.asked) == len(set(flown.fleet.asked)) == 3 * AT_ONCE


def test_what_has_ended_before_the_end_is_written_down_then(shop: Shop) -> None:
    flown = Flown(shop)
    wants(shop, "ada")
    flown.steps()

    flown.hand.ends(0)
    flown.dispatcher.drain()

    assert flown.statuses() == [DONE]


def test_the_others_are_waited_for_where_the_end_of_one_cannot_be_written_down(shop: Shop) -> None:
    """While the first is written down the second ends, and a rule of ours breaks."""

    class Breaking(FaultyStore):
        breaks = 0

        def write(self, work: Callable[[Transaction], T]) -> T:
            if self.breaks:
                self.breaks -= 1
                flown.hand.ends(*range(len(flown.hand.under_way)))
                raise DecisionFailedError("", "a rule broke")
            return super().write(work)

    store = Breaking(shop.system.store)
    flown = Flown(shop, store)
    wants(shop, "ada")
    wants(shop, "bob")
    flown.steps()

    flown.hand.ends(0)
    store.breaks = 2
    flown.dispatcher.drain()

    assert flown.statuses() == [DONE] * 2


def test_a_lease_that_is_lost_before_a_call_lets_none_begin(shop: Shop) -> None:
    flown = Flown(shop)
    wants(shop, "ada")
    flown.dispatcher.serve_under(Lost(shop.system.store.write))

    with pytest.raises(LeaseLost):
        flown.dispatcher.step()

    assert not flown.hand.under_way
