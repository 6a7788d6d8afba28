"""Dispatchers that come and go with their connections."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import StoreError
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping
from connector.platforms.base import Call, Outcome
from connector.runtime.crew import Crew
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duties
from connector.runtime.live import Live
from connector.runtime.service import Service
from connector.runtime.worker import SILENT_FOR
from connector.store import outbox
from connector.store.database import Store, Transaction
from connector.store.outbox import ActionStatus
from tests.patience import PATIENCE
from tests.runtime.faulty import FaultyStore
from tests.runtime.shop import Shop
from tests.runtime.test_dispatcher import outcomes, task, wants_a_call
from tests.runtime.test_poison import Knowing


class Slow(Knowing):
    """A platform whose answer comes when the test lets it; it knows when it is closed."""

    def __init__(self) -> None:
        super().__init__("4711")
        self.called = threading.Event()
        self.answers = threading.Event()
        self.closed = threading.Event()

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        self.called.set()
        assert self.answers.wait(PATIENCE)
        return super().dispatch(name, calls)

    def close(self) -> None:
        self.closed.set()


class Noticed(FaultyStore):
    """A store that tells when a write has failed."""

    def __init__(self, real: Store, undone: frozenset[int]) -> None:
        super().__init__(real, undone)
        self.failed = threading.Event()

    def write(self, work: Callable[[Transaction], Any]) -> Any:
        try:
            return super().write(work)
        except StoreError:
            self.failed.set()
            raise


class Crewed:
    """A crew of one dispatcher, for HubSpot, on slow platforms."""

    def __init__(self, shop: Shop, store: Store | None = None) -> None:
        self.platforms: list[Slow] = []
        self._shop = shop
        self._store = store or shop.system.store
        self.live = Live(shop.system.mapping)
        self.crew = Crew(self.live, self._make, Duties(self._store, lambda one: one.name))

    def _make(self, connection: Connection) -> Dispatcher | None:
        if connection.name != "hubspot":
            return None
        self.platforms.append(Slow())
        return Dispatcher("hubspot", self.platforms[-1], self._store, self.live, self._shop.clock)

    def owned_by(self, owner: str) -> Mapping:
        """The mapping in which HubSpot has another owner."""
        mapping = self.live.mapping
        old = mapping.connections["hubspot"]
        hubspot = replace(old, settings={**old.settings, "owner": owner})
        return replace(mapping, connections={**mapping.connections, "hubspot": hubspot})

    def ends(self) -> None:
        """Let everything answer, and stop."""
        for platform in self.platforms:
            platform.answers.set()
        workers = self.crew.dismissed()
        for worker in workers:
            worker.ask_to_stop()
        assert all(worker.join(PATIENCE) for worker in workers)
        self.crew.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_successor_begins_when_the_last_call_before_it_has_ended(shop: Shop) -> None:
    crewed = Crewed(shop)
    wants_a_call(shop)
    crewed.crew.start()
    first = crewed.platforms[0]
    assert first.called.wait(PATIENCE)

    crewed.crew.follow(crewed.owned_by("eva@example.com"))
    crewed.crew.follow(crewed.owned_by("bob@example.com"))
    crewed.crew.ring()
    during = task(shop).status
    last = crewed.platforms[-1]
    was_alone = not last.called.wait(0.2)
    first.answers.set()
    wants_another(shop, crewed)

    assert last.called.wait(PATIENCE)
    crewed.ends()
    assert was_alone
    assert during is ActionStatus.SENDING
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
    assert outcomes(shop, shop.actions()[0]) == ["done"]
    assert [one.closed.is_set() for one in crewed.platforms] == [True, True, True]


RECOVERY, STEP = 3, 3
"""How many writes a dispatcher makes at its start, and in a step with a call; the last one settles it."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_successor_writes_down_what_came_of_the_last_call_before_it(shop: Shop) -> None:
    store = Noticed(shop.system.store, undone=frozenset({RECOVERY + STEP}))
    crewed = Crewed(shop, store)
    wants_a_call(shop)
    crewed.platforms[0].answers.set()
    crewed.crew.start()
    assert store.failed.wait(PATIENCE)

    crewed.crew.follow(crewed.owned_by("eva@example.com"))
    crewed.platforms[-1].answers.set()
    wants_another(shop, crewed)

    assert crewed.platforms[-1].called.wait(PATIENCE)
    crewed.ends()
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
    assert outcomes(shop, shop.actions()[0]) == ["done"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_came_of_the_last_call_of_a_connection_that_is_removed_is_written_down(shop: Shop) -> None:
    store = Noticed(shop.system.store, undone=frozenset({RECOVERY + STEP}))
    crewed = Crewed(shop, store)
    wants_a_call(shop)
    crewed.platforms[0].answers.set()
    crewed.crew.start()
    assert store.failed.wait(PATIENCE)
    [worker] = crewed.crew.workers

    crewed.crew.follow(replace(crewed.live.mapping, connections={}))
    assert worker.join(PATIENCE)
    crewed.crew.tidy()

    assert task(shop).status is ActionStatus.DONE
    assert crewed.platforms[0].closed.is_set()
    crewed.ends()


def test_what_was_under_way_by_a_connection_that_is_gone_is_shown_as_unknown(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    wants_a_call(shop)
    now = shop.clock()
    shop.system.store.write(lambda tx: outbox.claim(tx, "hubspot", now, 1))
    live = Live(replace(shop.system.mapping, connections={}))
    system = shop.system
    crew = Crew(live, lambda _: None, system.crew.duties)
    service = Service(system.store, system.processor, crew, shop.clock)

    service.start()
    assert service.stop()

    [unknown] = [one for one in shop.actions() if one.status is ActionStatus.UNKNOWN]
    assert "hubspot is not in the mapping any more" in unknown.words
    assert outcomes(shop, unknown) == ["unknown"]
    assert "the outcome of 1 actions is unknown" in caplog.text


def wants_another(shop: Shop, crewed: Crewed) -> None:
    """Another action of the same kind."""
    shop.says("cart.updated", "bob@example.com", cart={"id": "c-2", "total": "700"})
    shop.system.processor.step()
    crewed.crew.ring()


def test_a_connection_that_stays_as_it_was_keeps_its_dispatcher(shop: Shop) -> None:
    crewed = Crewed(shop)
    place = replace(shop.system.mapping.connections["hubspot"].place, line=99)
    moved = replace(shop.system.mapping.connections["hubspot"], place=place)
    mapping = replace(shop.system.mapping, connections={**shop.system.mapping.connections, "hubspot": moved})

    crewed.crew.follow(mapping)

    assert len(crewed.platforms) == 1
    assert crewed.live.mapping is mapping


def test_who_waits_for_a_call_as_long_as_it_may_take_is_not_stuck(shop: Shop) -> None:
    """Mailchimp is given a hundred seconds for a batch."""
    crewed = Crewed(shop)

    [worker] = crewed.crew.workers

    assert worker.silent_for >= SILENT_FOR + crewed.platforms[0].deadline


def test_nobody_joins_a_crew_that_was_dismissed(shop: Shop) -> None:
    crewed = Crewed(shop)
    crewed.crew.dismissed()

    crewed.crew.follow(crewed.owned_by("eva@example.com"))

    assert len(crewed.platforms) == 1
