"""The threads of one process: they wake, stop in order, and survive what a step raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from connector.mapping.accounts import Connection
from connector.runtime.bell import Bell
from connector.runtime.crew import Crew
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.live import Live
from connector.runtime.processor import Processor
from connector.runtime.service import Service
from connector.runtime.worker import Worker
from connector.store import outbox
from connector.store.database import Store, Transaction
from tests.patience import PATIENCE, until
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_poison import Knowing
from tests.runtime.test_way_of_an_event import TOPIC, order


class Counting:
    """A stepper that counts its steps, and raises in those that it is told to."""

    def __init__(self, raises_in: frozenset[int] = frozenset()) -> None:
        self.bell = Bell()
        self.steps = 0
        self.stepped = threading.Event()
        self._raises_in = raises_in

    def step(self) -> int:
        self.steps += 1
        self.stepped.set()
        if self.steps in self._raises_in:
            raise RuntimeError("a step broke")
        return 0


class Endless(FaultyStore):
    """A real store in which there is always something more to let go of."""

    def __init__(self, real: Store) -> None:
        super().__init__(real)
        self.wrote = threading.Event()

    def write(self, work: Callable[[Transaction], Any]) -> Any:
        self.wrote.set()
        return super().write(work) or 1


def test_a_bell_wakes_a_worker_that_would_wait_for_long() -> None:
    stepper = Counting()
    worker = Worker("test", stepper, lambda: 600.0)
    worker.start()
    assert stepper.stepped.wait(PATIENCE)
    stepper.stepped.clear()

    stepper.bell.ring()

    assert stepper.stepped.wait(PATIENCE)
    worker.ask_to_stop()
    assert worker.join(PATIENCE)


def test_a_worker_goes_on_after_a_step_that_raised(caplog: pytest.LogCaptureFixture) -> None:
    stepper = Counting(raises_in=frozenset({1}))
    worker = Worker("test", stepper, lambda: 0.0)

    worker.start()
    assert until(lambda: stepper.steps >= 3)

    worker.ask_to_stop()
    assert worker.join(PATIENCE)
    assert "a step broke" in caplog.text


def test_a_worker_goes_on_when_it_cannot_be_told_how_long_to_wait(caplog: pytest.LogCaptureFixture) -> None:
    stepper = Counting()

    def wait() -> float:
        if stepper.steps == 1:
            raise RuntimeError("a query broke")
        return 0.0

    def rung() -> bool:
        stepper.bell.ring()
        return stepper.steps >= 2

    worker = Worker("test", stepper, wait)
    worker.start()
    assert until(rung)

    worker.ask_to_stop()
    assert worker.join(PATIENCE)
    assert "a query broke" in caplog.text


def test_a_worker_that_has_ended_is_not_well() -> None:
    worker = Worker("test", Counting(), lambda: 0.0)
    worker.start()
    was_well = worker.is_well

    worker.ask_to_stop()
    worker.join(PATIENCE)

    assert was_well
    assert not worker.is_well


def test_a_worker_whose_every_step_fails_is_not_well(caplog: pytest.LogCaptureFixture) -> None:
    stepper = Counting(raises_in=frozenset(range(1, 1000)))
    worker = Worker("test", stepper, lambda: 0.0, silent_for=0.2)
    worker.start()
    assert stepper.stepped.wait(PATIENCE)

    assert until(lambda: not worker.is_well)

    worker.ask_to_stop()
    assert worker.join(PATIENCE)
    assert "a step broke" in caplog.text


def test_stopping_waits_for_no_long_retention(shop: Shop) -> None:
    """There is always one more row to let go of, as in a large backlog."""
    store = Endless(shop.system.store)
    nobody = Crew(Live(shop.system.mapping), lambda _: None, shop.system.crew.duties)
    service = Service(store, shop.system.processor, nobody, shop.clock)
    service.start()
    keeper = threading.Thread(target=service.retain)
    keeper.start()
    assert store.wrote.wait(PATIENCE)

    is_clean = service.stop(PATIENCE)
    keeper.join(PATIENCE)

    assert is_clean
    assert not keeper.is_alive()


class Keeping(FaultyStore):
    """A real store whose writes wait while another process keeps its turn."""

    def __init__(self, real: Store) -> None:
        super().__init__(real)
        self.turn = threading.Event()
        self.turn.set()
        self.wrote = threading.Event()

    def write(self, work: Callable[[Transaction], Any]) -> Any:
        assert self.turn.wait(PATIENCE)
        outcome = super().write(work)
        self.wrote.set()
        return outcome


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_stopping_does_not_wait_for_a_turn_that_is_kept(shop: Shop) -> None:
    store, live = Keeping(shop.system.store), Live(shop.system.mapping)
    processor = Processor(store, live, shop.clock, lambda _: None, lambda: None)
    nobody = Crew(live, lambda _: None, shop.system.crew.duties)
    service = Service(store, processor, nobody, shop.clock)
    service.start()
    store.wrote.clear()
    assert store.wrote.wait(PATIENCE)
    time.sleep(0.2)
    store.turn.clear()
    store.wrote.clear()

    began = time.monotonic()
    is_clean = service.stop(0.5)
    took = time.monotonic() - began
    store.turn.set()

    assert store.wrote.wait(PATIENCE)
    assert not is_clean
    assert took < PATIENCE / 2


class Hanging(Knowing):
    """A platform that says who we are only when the test lets it."""

    account_name = "hubspot:1"

    def __init__(self) -> None:
        super().__init__("4711")
        self.asked = threading.Event()
        self.answers = threading.Event()

    def account(self) -> str:
        self.asked.set()
        assert self.answers.wait(PATIENCE)
        return super().account()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_stops_hands_its_accounts_over_while_a_question_to_a_platform_still_runs(shop: Shop) -> None:
    system, platform = shop.system, Hanging()
    platform.answers.set()
    crew = _crew_of(shop, {"hubspot": platform})
    service = Service(system.store, system.processor, crew, shop.clock)
    service.start()
    assert until(lambda: _have_begun(crew, 1))
    platform.answers.clear()
    platform.asked.clear()
    _pause(shop, "hubspot")
    _asks_now(service)
    assert platform.asked.wait(PATIENCE)

    stopping = threading.Thread(target=service.stop, args=(PATIENCE,))
    stopping.start()
    assert until(system.store.lease(platform.account_name).hold)
    still_asking = stopping.is_alive()
    platform.answers.set()
    stopping.join(PATIENCE)

    assert still_asking
    assert not stopping.is_alive()


class Breaking(Knowing):
    """A platform whose SDK breaks where it is asked who we are."""

    def account(self) -> str:
        raise RuntimeError("the SDK broke")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_platform_that_breaks_keeps_no_other_from_being_asked_again(shop: Shop) -> None:
    system = shop.system
    crew = _crew_of(shop, {"hubspot": Breaking("1"), "mailchimp": Knowing("1")})
    service = Service(system.store, system.processor, crew, shop.clock)
    service.start()
    assert until(lambda: _have_begun(crew, 2))
    _pause(shop, "hubspot", "mailchimp")

    _asks_now(service)
    assert until(lambda: "mailchimp" not in _paused(shop))

    assert list(_paused(shop)) == ["hubspot"]
    assert service.stop(PATIENCE)


def _crew_of(shop: Shop, platforms: dict[str, Knowing]) -> Crew:
    """Dispatchers on these platforms, and no other."""
    live = Live(shop.system.mapping)

    def make(connection: Connection) -> Dispatcher | None:
        platform = platforms.get(connection.name)
        if platform is None:
            return None
        return Dispatcher(connection.name, platform, shop.system.store, live, shop.clock)

    return Crew(live, make, shop.system.crew.duties)


def _paused(shop: Shop) -> Collection[str]:
    with shop.system.store.reading() as tx:
        return outbox.paused(tx).keys()


def _have_begun(crew: Crew, count: int) -> bool:
    """Whether so many dispatchers have begun: until then each may still let its connection go on."""
    return sum(one.post._times > 0 for one in list(crew._members.values())) == count


def _pause(shop: Shop, *names: str) -> None:
    for name in names:
        shop.system.store.write(partial(outbox.pause, connection=name, now=shop.clock(), words="who?"))


def _asks_now(service: Service) -> None:
    """The round in which paused platforms are asked comes now, and not after five minutes."""
    for job in service._scheduler.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))  # noqa: TID251 - the scheduler's own clock


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_only_one_process_at_a_time_lets_go_of_what_is_old(shop: Shop) -> None:
    shop.posts("webshop", order(), {TOPIC: "order.updated"})
    shop.turns()
    shop.clock.moves(days=40)
    service, elsewhere = shop.system.service, shop.system.store.lease("retention")
    assert elsewhere.hold()

    service.retain()
    before = len(shop.deliveries())
    elsewhere.give_up()
    service.retain()

    assert (before, len(shop.deliveries())) == (1, 0)
