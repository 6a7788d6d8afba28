"""What becomes of actions when the database, a platform or a rule fails around a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest
from sqlalchemy import select

from connector.errors import Rejected, Transient, Unknown
from connector.platforms.base import UNTRIED, Call, Done, Outcome
from connector.platforms.hubspot.adapter import HubSpot
from connector.runtime.backoff import GIVE_UP_AFTER
from connector.runtime.breaker import FAILURES
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.noting import AT_A_TIME
from connector.store import outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus, Queued
from connector.store.schema import results
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_observing import Ear
from tests.runtime.test_poison import Knowing

T = TypeVar("T")

LOOK, CLAIM, SETTLE = 1, 2, 3
"""The writes of a dispatcher's first step."""


class Answering(Knowing):
    """A platform that gives the same answer to every call."""

    def __init__(self, answer: Outcome) -> None:
        super().__init__("4711")
        self._answer = answer

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        return [self._answer for _ in calls]


class Mixed(Answering):
    """A platform that takes several actions in one call, and answers each with what is next in a row."""

    def __init__(self, *answers: Outcome) -> None:
        super().__init__(answers[0])
        self._answers = answers

    def batch_size(self, name: str) -> int:
        return len(self._answers)

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        return self._answers[: len(calls)]


class Keeping(Answering):
    """The same, which remembers about whom it was asked."""

    def __init__(self, answer: Outcome) -> None:
        super().__init__(answer)
        self.asked: list[str | None] = []

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.asked += [one.addressee.email for one in calls]
        return super().dispatch(name, calls)


class Overtaken(Answering):
    """A platform where the action is found, while a person gives it up."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(Done("task-1"))
        self._shop = shop

    def look_up(self, call: Call) -> Done | None:
        """Found, too late."""
        shop = self._shop
        shop.system.store.write(lambda tx: outbox.discard(tx, task(shop).id, shop.clock()))
        return Done("task-1", platform_id="4711")


class Repeating(FaultyStore):
    """A store that has to take every transaction twice, as PostgreSQL may ask for it."""

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Rolled back, and taken again."""
        with pytest.raises(RolledBack):
            super().write(lambda tx: self._roll_back(work(tx)))
        return super().write(work)

    def _roll_back(self, outcome: object) -> None:
        raise RolledBack


class RolledBack(Exception):
    """A transaction has to be taken again."""


def dispatcher(shop: Shop, store: FaultyStore) -> Dispatcher:
    """One for HubSpot beside the shop's own, which is left alone."""
    system = shop.system
    platform = HubSpot("pat-eu1-test", base_url=shop.sandbox.hubspot_url, owner="sales@example.com")
    return Dispatcher("hubspot", platform, store, system.live, shop.clock)


def wants_a_call(shop: Shop, email: str = "eva@example.com") -> None:
    """An event whose only action is a task at HubSpot."""
    shop.says("cart.updated", email, cart={"id": f"c-{email}", "total": "600"})
    shop.system.processor.step()


def task(shop: Shop) -> Queued:
    [found] = [one for one in shop.actions() if one.action.name == "create_task"]
    return found


def outcomes(shop: Shop, action: Queued) -> list[str]:
    return [one.outcome for one in shop.attempts(action)]


def step(one: Dispatcher) -> bool:
    """Whether a step went well."""
    try:
        one.step()
    except Exception:
        return False
    return True


@pytest.mark.parametrize("answer", [Transient("busy"), Unknown("no answer came")])
def test_an_attempt_whose_end_is_written_down_twice_counts_once(shop: Shop, answer: Outcome) -> None:
    """The commit went through, but its answer was lost: so nobody knows that it is written."""
    store = FaultyStore(shop.system.store, unanswered=frozenset({SETTLE}))
    one = Dispatcher("hubspot", Answering(answer), store, shop.system.live, shop.clock)
    wants_a_call(shop)

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    assert task(shop).failures == 1
    assert len(outcomes(shop, task(shop))) == 1


def test_what_came_of_one_call_is_written_down_for_each_of_its_actions_once(shop: Shop) -> None:
    answers = Done("task-1"), Rejected("no such owner"), Transient("busy"), Done("task-2", platform_id="5")
    store = FaultyStore(shop.system.store, unanswered=frozenset({SETTLE}))
    one = Dispatcher("hubspot", Mixed(*answers), store, shop.system.live, shop.clock)
    for number in range(4):
        wants_a_call(shop, f"eva{number}@example.com")

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    tasks = [each for each in shop.actions() if each.action.name == "create_task"]
    assert [outcomes(shop, each) for each in tasks] == [["done"], ["rejected"], ["transient"], ["done"]]
    assert [each.reference for each in tasks] == ["task-1", None, None, "task-2"]
    assert [each.failures for each in tasks] == [0, 1, 1, 0]
    assert shop.contact("eva3@example.com").id_at("contact", "hubspot") == "5"
    with shop.system.store.reading() as tx:
        assert tx.execute(select(results.c.last)).scalars().all() == [".x."]


def test_what_a_person_gave_up_while_it_was_looked_up_stays_so(shop: Shop) -> None:
    wants_a_call(shop)
    ear, platform = Ear(), Overtaken(shop)
    first = Dispatcher(
        "hubspot", Answering(Unknown("no answer")), shop.system.store, shop.system.live, shop.clock
    )
    first.step()
    shop.clock.moves(minutes=1)
    one = Dispatcher("hubspot", platform, shop.system.store, shop.system.live, shop.clock, observer=ear)

    one.step()

    assert task(shop).words == "discarded by a person"
    assert outcomes(shop, task(shop)) == ["unknown"]
    assert ear.ends == []
    assert shop.contact("eva@example.com").id_at("contact", "hubspot") is None


def test_a_platform_that_answers_when_it_is_looked_up_serves(shop: Shop) -> None:
    """An action that it always breaks upon holds up no other."""
    wants_a_call(shop)
    platform = Keeping(Unknown("internal error", status=500))
    one = Dispatcher("hubspot", platform, shop.system.store, shop.system.live, shop.clock)
    one.step()
    for _ in range(2 * (FAILURES - 1)):
        shop.clock.moves(hours=1)
        one.step()

    wants_a_call(shop, "bob@example.com")
    one.step()

    assert platform.asked == ["eva@example.com"] * FAILURES + ["bob@example.com"]


def test_a_clock_that_is_set_back_prolongs_no_wait_that_a_platform_asked_for(shop: Shop) -> None:
    wants_a_call(shop)
    platform = Keeping(Transient("slow down", status=429, retry_after=600.0))
    one = Dispatcher("hubspot", platform, shop.system.store, shop.system.live, shop.clock)
    one.step()

    shop.clock.moves(hours=-24)
    wants_a_call(shop, "bob@example.com")
    one.step()

    assert platform.asked == ["eva@example.com", "bob@example.com"]


def test_an_end_that_is_written_down_in_a_transaction_that_is_repeated_is_told_once(shop: Shop) -> None:
    wants_a_call(shop)
    ear, store = Ear(), Repeating(shop.system.store)
    one = Dispatcher("hubspot", Answering(Done("task-1")), store, shop.system.live, shop.clock, observer=ear)

    one.step()

    assert ear.ends == [("hubspot", False)]


def test_an_answer_that_could_not_be_written_down_is_written_at_the_next_step(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, undone=frozenset({SETTLE})))

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert outcomes(shop, task(shop)) == ["done"]
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1


def test_an_answer_whose_commit_was_lost_is_written_down_once(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, unanswered=frozenset({SETTLE})))

    went_well = [step(one), step(one)]

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert outcomes(shop, task(shop)) == ["done"]


def test_a_claim_whose_commit_was_lost_is_looked_at_and_holds_nobody_up(shop: Shop) -> None:
    wants_a_call(shop)
    one = dispatcher(shop, FaultyStore(shop.system.store, unanswered=frozenset({CLAIM})))

    went_well = [step(one), step(one)]
    for _ in range(4):
        shop.clock.moves(seconds=60)
        one.step()

    assert went_well == [False, True]
    assert task(shop).status is ActionStatus.DONE
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1


TASKS = {"method": "POST", "path": "/crm/v3/objects/tasks"}
LOOKING = {"method": "GET", "path": "/crm/v4/objects"}


def lost_answer(shop: Shop) -> None:
    """A task whose answer is lost before it was made; its outcome can be looked up from now on."""
    shop.sandbox.script(TASKS, [{"drop": True}])
    wants_a_call(shop)
    shop.turns()
    shop.clock.moves(seconds=16)


def test_an_outage_over_a_change_of_the_mapping_is_told_once_and_so_is_its_end(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "sorry"}}], times=2)
    wants_a_call(shop)
    shop.turns()

    shop.system.crew.follow(replace(shop.system.mapping))
    for _ in range(2):
        shop.clock.moves(hours=1)
        shop.turns()

    told = [one.partition(" (")[0] for one in caplog.messages if one.startswith("hubspot ")]
    assert told == ["hubspot fails", "hubspot works again"]


def test_a_platform_that_always_breaks_is_left_alone_for_longer_each_time_and_in_the_end(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 500, "body": {"message": "sorry"}}], times=None)
    wants_a_call(shop)
    shop.turns()

    hours = 0
    while task(shop).status is not ActionStatus.DEAD and hours < 60:
        shop.clock.moves(hours=1)
        hours += 1
        shop.turns()

    assert task(shop).status is ActionStatus.DEAD
    assert "given up" in task(shop).words
    assert len(shop.calls("/objects/tasks")) <= 2 * GIVE_UP_AFTER


def test_a_token_that_is_revoked_when_an_outcome_is_looked_up_pauses_the_connection(shop: Shop) -> None:
    lost_answer(shop)
    shop.sandbox.script(LOOKING, [{"status": 401, "body": {"message": "token expired"}}])
    shop.turns()
    with shop.system.store.reading() as tx:
        paused = outbox.paused(tx)
    before = task(shop)

    [hubspot] = [one for one in shop.system.dispatchers if one.connection == "hubspot"]
    hubspot.probe()
    for _ in range(2):
        shop.turns()
        shop.clock.moves(seconds=40)

    assert "token expired" in paused["hubspot"][1]
    assert (before.status, before.failures) == (ActionStatus.UNKNOWN, 1)
    assert task(shop).status is ActionStatus.DONE


def test_what_can_never_be_looked_up_is_given_up_and_the_log_names_it(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    lost_answer(shop)
    shop.sandbox.script(
        LOOKING, [{"status": 400, "body": {"message": "what is eva@example.com?"}}], times=None
    )

    for _ in range(GIVE_UP_AFTER):
        shop.turns()
        shop.clock.moves(hours=6)

    given_up = [one for one in caplog.messages if "given up" in one]
    assert task(shop).status is ActionStatus.DEAD
    assert task(shop).words.startswith("its outcome could not be looked up: ")
    assert given_up == [f"hubspot: action {task(shop).id} is given up; see `loods actions`"]
    assert "eva" not in caplog.text


def test_a_platform_that_is_busy_when_an_outcome_is_looked_up_is_left_alone_as_long_as_it_asks(
    shop: Shop,
) -> None:
    lost_answer(shop)
    busy = {"status": 429, "headers": {"Retry-After": "600"}, "body": {"message": "slow down"}}
    shop.sandbox.script(LOOKING, [busy])
    shop.turns()
    calls = len(shop.sandbox.state()["calls"])
    shop.says("order.paid", "bob@example.com", order={"id": "o-1"})

    shop.clock.moves(seconds=599)
    shop.turns()
    hubspot = [one for one in shop.sandbox.state()["calls"][calls:] if one["path"].startswith("/crm")]

    assert hubspot == []
    shop.clock.moves(seconds=60)
    shop.turns()
    assert shop.actions()[0].words == "looked: it had not happened"


def test_a_platform_that_is_busy_and_does_not_say_for_how_long_is_left_alone_for_a_while(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 429, "body": {"message": "slow down"}}], times=None)
    for number in range(5):
        shop.says("cart.updated", f"p{number}@example.com", cart={"id": f"c-{number}", "total": "600"})

    shop.turns()

    assert len(shop.calls("/objects/tasks")) == 1


def test_marketing_does_not_leave_while_a_complaint_is_open_that_came_after_its_decision(shop: Shop) -> None:
    shop.says("newsletter.confirmed", "eva@example.com")
    shop.system.processor.step()
    shop.clock.moves(seconds=1)
    shop.says("complaint.received", "eva@example.com", complaint={"id": "t-1"})

    shop.turns()

    [welcome] = [one for one in shop.actions() if one.action.name == "send_event"]
    assert outcomes(shop, welcome) == ["held_back"]
    assert "complaint" in welcome.words
    assert shop.sandbox.state()["mailchimp"]["events"] == []


def test_nothing_leaves_about_somebody_who_was_erased_after_its_decision(shop: Shop) -> None:
    shop.says("order.paid", "eva@example.com", order={"id": "o-1"})
    shop.system.processor.step()
    shop.clock.moves(seconds=1)
    shop.says("contact.erased", "eva@example.com")

    shop.turns()

    assert {one.status for one in shop.actions()} == {ActionStatus.DEAD}
    assert {outcome for one in shop.actions() for outcome in outcomes(shop, one)} == {"held_back"}
    assert shop.sandbox.state()["calls"] == []


def test_an_action_that_the_token_may_not_do_holds_up_no_other(shop: Shop) -> None:
    lacking = {"status": 403, "body": {"category": "MISSING_SCOPES", "message": "lacks tasks.write"}}
    shop.sandbox.script(TASKS, [lacking], times=None)
    wants_a_call(shop)
    shop.clock.moves(seconds=1)
    shop.says("newsletter.confirmed", "bob@example.com")
    shop.says("order.paid", "bob@example.com", order={"id": "o-1"})

    shop.turns()

    done = {one.action.name for one in shop.actions() if one.status is ActionStatus.DONE}
    waiting = [one for one in shop.actions() if one.status is ActionStatus.WAITING]
    assert "update_contact" in done
    assert {one.action.name for one in waiting} == {"create_task"}
    assert all("lacks tasks.write" in one.words for one in waiting)


def test_a_platform_that_is_down_is_left_alone_while_much_waits(shop: Shop) -> None:
    shop.sandbox.script(TASKS, [{"status": 503, "body": {"message": "sorry"}}], times=None)
    for number in range(FAILURES + 3):
        wants_a_call(shop, f"reader{number}@example.com")
        shop.turns()
        shop.clock.moves(seconds=0.1)

    asked = [one for one in shop.sandbox.state()["calls"] if one["path"].startswith(TASKS["path"])]
    assert len(asked) == FAILURES


def test_more_than_is_claimed_at_a_time_leaves_in_one_call(shop: Shop) -> None:
    count = AT_A_TIME + 5
    for number in range(count):
        shop.says("cart.updated", f"reader{number}@example.com", cart={"id": f"c-{number}", "total": "600"})
    while shop.system.processor.step():
        pass
    platform = Mixed(*[Done(f"task-{number}") for number in range(count)])
    one = Dispatcher("hubspot", platform, shop.system.store, shop.system.live, shop.clock)

    assert one.step() == count
    assert {each.status for each in shop.actions()} == {ActionStatus.DONE}


def test_what_there_was_no_time_to_try_waits_without_a_failure(shop: Shop) -> None:
    wants_a_call(shop)
    untried = Answering(Transient("there was no time left to try it", code=UNTRIED))

    Dispatcher("hubspot", untried, shop.system.store, shop.system.live, shop.clock).step()

    [waiting] = shop.actions()
    assert (waiting.status, waiting.failures) == (ActionStatus.WAITING, 0)
    shop.turns()
    assert shop.actions()[0].status is ActionStatus.DONE
