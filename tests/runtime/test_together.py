"""Consecutive changes of one contact are one call, and each of them is settled by its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connector.errors import DispatchError, Rejected, Transient, Unknown
from connector.model.action import Action, Cause, Kind
from connector.platforms.base import Call, Done, Outcome
from connector.runtime.dispatcher import Dispatcher
from connector.store import outbox, stops
from connector.store.outbox import ActionStatus, Queued
from connector.store.schema import echoes
from connector.store.stops import Stop
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_poison import Several

EVA = "eva@example.com"
SETTLE = 3
"""The write of a dispatcher's first step that settles."""


class Listening(Several):
    """A platform that writes down with what it was asked, and answers by the arguments."""

    def __init__(self, answer: Callable[[Mapping[str, Any]], Outcome] = lambda asked: Done()) -> None:
        super().__init__("4711")
        self.asked: list[Mapping[str, Any]] = []
        self._answer = answer

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.asked += [one.action.arguments for one in calls]
        return [self._answer(one.action.arguments) for one in calls]


def wants(
    shop: Shop, *wishes: Mapping[str, Any], name: str = "update_contact", rule: str = "enter:a"
) -> None:
    """Actions of Eva are decided, at HubSpot, in this order."""
    shop.says("page.viewed", EVA)
    shop.system.processor.step()
    eva, now = shop.contact(EVA), shop.clock()
    known = len(shop.actions())
    actions = [
        Action(
            f"key-{known + number}", "hubspot", name, eva.id, one, Kind.INTERNAL, Cause(rule, 1, "", ""), now
        )
        for number, one in enumerate(wishes)
    ]
    shop.system.store.write(lambda tx: outbox.add(tx, actions, now))


def updates(shop: Shop, *fields: Mapping[str, Any], rule: str = "enter:a") -> None:
    wants(shop, *({"fields": one} for one in fields), rule=rule)


def dispatcher(shop: Shop, platform: Listening, store: FaultyStore | None = None) -> Dispatcher:
    return Dispatcher("hubspot", platform, store or shop.system.store, shop.system.live, shop.clock)


def statuses(shop: Shop) -> list[ActionStatus]:
    return [one.status for one in shop.actions()]


def outcomes(shop: Shop) -> list[list[str]]:
    """Of each action what came of its attempts."""
    return [[one.outcome for one in shop.attempts(each)] for each in shop.actions()]


def test_updates_of_one_contact_are_one_call_whose_later_values_count(shop: Shop) -> None:
    updates(shop, {"city": "Delft", "zip": "2611"}, {"city": "Leiden"}, {"firstname": "Eva"})
    platform = Listening()

    assert dispatcher(shop, platform).step() == 3

    assert platform.asked == [{"fields": {"city": "Leiden", "zip": "2611", "firstname": "Eva"}}]
    assert outcomes(shop) == [["done"], ["done"], ["done"]]


def test_hubspot_has_in_the_end_what_was_asked_for_last(shop: Shop) -> None:
    updates(shop, {"city": "Delft", "zip": "2611"}, {"city": "Leiden"})

    shop.turns()

    [eva] = shop.sandbox.state()["hubspot"]["contacts"].values()
    assert (eva["properties"]["city"], eva["properties"]["zip"]) == ("Leiden", "2611")
    assert statuses(shop) == [ActionStatus.DONE] * 2


def test_tags_are_added_and_removed_as_the_last_word_says(shop: Shop) -> None:
    wants(shop, {"add": ["a", "b"]}, {"remove": ["b"], "add": ["c"]}, {"add": ["b"]}, name="tag")
    platform = Listening()

    dispatcher(shop, platform).step()

    assert platform.asked == [{"add": ["a", "c", "b"], "remove": []}]


def test_what_stands_between_is_not_passed_by(shop: Shop) -> None:
    updates(shop, {"city": "Delft"})
    wants(shop, {"add": ["a"]}, name="tag")
    updates(shop, {"city": "Leiden"}, {"city": "Gouda"})
    platform = Listening()
    one = dispatcher(shop, platform)

    taken = [one.step() for _ in range(4)]

    assert taken == [1, 1, 2, 0]
    assert platform.asked == [{"fields": {"city": "Delft"}}, {"add": ["a"]}, {"fields": {"city": "Gouda"}}]


def test_what_is_stopped_stays_and_the_others_go(shop: Shop) -> None:
    updates(shop, {"city": "Delft"})
    updates(shop, {"zip": "2611"}, rule="trigger:held")
    updates(shop, {"city": "Leiden"})
    held = Stop("trigger:held", shop.clock(), "eva", "too many")
    shop.system.store.write(lambda tx: stops.stop(tx, held))
    platform = Listening()

    dispatcher(shop, platform).step()

    assert platform.asked == [{"fields": {"city": "Leiden"}}]
    assert statuses(shop) == [ActionStatus.DONE, ActionStatus.WAITING, ActionStatus.DONE]


def test_of_a_run_that_is_refused_only_the_bad_one_dies(shop: Shop) -> None:
    def picky(asked: Mapping[str, Any]) -> Outcome:
        return Rejected("there is no such property") if "typo" in asked["fields"] else Done()

    updates(shop, {"city": "Delft"}, {"typo": "1"}, {"city": "Leiden"})
    platform = Listening(picky)
    one = dispatcher(shop, platform)

    taken = [one.step() for _ in range(5)]

    assert taken == [3, 1, 1, 1, 0]
    assert outcomes(shop) == [["apart", "done"], ["apart", "rejected"], ["apart", "done"]]
    assert statuses(shop) == [ActionStatus.DONE, ActionStatus.DEAD, ActionStatus.DONE]
    assert [one.failures for one in shop.actions()] == [0, 1, 0]


def test_only_what_is_refused_alone_is_told_as_refused_for_good(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    updates(shop, {"typo": "1"}, {"typo": "2"})
    one = dispatcher(shop, Listening(lambda asked: Rejected("there is no such property")))

    one.step()
    told_of_both = list(caplog.messages)
    one.step()

    assert told_of_both == []
    assert [f"action {shop.actions()[0].id} for good" in said for said in caplog.messages] == [True]


def test_what_does_not_fit_its_model_is_refused_alone(shop: Shop) -> None:
    wants(shop, {"fields": {"city": "Delft"}}, {"felds": {"city": "Gouda"}}, {"fields": {"zip": "2611"}})
    platform = Listening()
    one = dispatcher(shop, platform)

    taken = [one.step() for _ in range(4)]

    assert taken == [1, 1, 1, 0]
    assert platform.asked[0] == {"fields": {"city": "Delft"}}


@pytest.mark.parametrize(
    ("failure", "after", "recorded"),
    [
        (Transient("busy"), ActionStatus.WAITING, "transient"),
        (Unknown("no answer came"), ActionStatus.WAITING, "unknown"),
    ],
)
def test_a_run_that_failed_waits_and_goes_together_once_more(
    shop: Shop, failure: DispatchError, after: ActionStatus, recorded: str
) -> None:
    answers: Iterator[Outcome] = iter([failure, Done()])
    updates(shop, {"city": "Delft"}, {"city": "Leiden"})
    platform = Listening(lambda asked: next(answers))
    one = dispatcher(shop, platform)

    one.step()
    assert statuses(shop) == [after] * 2
    shop.clock.at += timedelta(hours=1)
    one.step()

    assert outcomes(shop) == [[recorded, "done"]] * 2
    assert platform.asked == [{"fields": {"city": "Leiden"}}] * 2


def test_a_run_in_hand_at_a_death_is_unknown_and_repeated_in_order(shop: Shop) -> None:
    updates(shop, {"city": "Delft"}, {"city": "Leiden"})
    first = dispatcher(shop, Listening(), FaultyStore(shop.system.store, undone=frozenset(range(SETTLE, 9))))
    with pytest.raises(Exception, match="the disk is full"):
        first.step()
    assert statuses(shop) == [ActionStatus.SENDING] * 2
    platform = Listening()
    second = dispatcher(shop, platform)

    second.recover()
    assert statuses(shop) == [ActionStatus.UNKNOWN] * 2
    for _ in range(8):
        shop.clock.at += timedelta(hours=1)
        second.step()

    assert statuses(shop) == [ActionStatus.DONE] * 2
    assert platform.asked[-1] == {"fields": {"city": "Leiden"}}
    assert outcomes(shop) == [["unknown", "unknown", "done"]] * 2


def test_only_what_the_call_writes_is_expected_to_come_back(shop: Shop) -> None:
    updates(shop, {"city": "Delft"}, {"city": "Leiden"})

    shop.turns()

    head: Queued = shop.actions()[0]
    with shop.system.store.reading() as tx:
        rows = tx.execute(select(echoes.c.action_id).where(echoes.c.name == "city")).scalars().all()
    assert rows == [head.id]
