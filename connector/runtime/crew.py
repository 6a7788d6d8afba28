"""The dispatchers of one process: one for each connection that acts, as the live mapping has them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connector.mapping.accounts import Connection, Setting
from connector.mapping.mapping import Mapping
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.live import Live
from connector.runtime.worker import Worker


@dataclass(frozen=True, slots=True)
class _Member:
    """A dispatcher at work, and what it was made of."""

    ingredients: tuple[object, ...]
    dispatcher: Dispatcher
    worker: Worker


class Newcomer:
    """A dispatcher that joins while others work: it begins when those before it have ended their last calls.

    Two at once would send one contact's actions out of order, and take what is under way for lost. What came
    of those last calls and could not be written down then is written down first.
    """

    def __init__(self, dispatcher: Dispatcher, before: Sequence[_Member]) -> None:
        self.bell = dispatcher.bell
        self._dispatcher = dispatcher
        self._before = before
        self._has_begun = False

    def step(self) -> int:
        """Look whether it is our turn, then do the dispatcher's step."""
        if not self._has_begun:
            if not all(one.worker.join(0.0) for one in self._before):
                return 0
            for one in self._before:
                one.dispatcher.finish()
            self._dispatcher.recover()
            self._before = ()
            self._has_begun = True
        return self._dispatcher.step()


class Crew:
    """Keeps the dispatchers those of the live mapping; one whose connection has not changed goes on.

    `make` gives a connection's dispatcher, None where it does not act or lacks a setting.
    """

    def __init__(self, live: Live, make: Callable[[Connection], Dispatcher | None]) -> None:
        self._live = live
        self._make = make
        self._lock = threading.Lock()
        self._members: dict[str, _Member] = {}
        self._gone: list[_Member] = []
        self._is_running = False
        self._is_dismissed = False
        self.follow(live.mapping)

    @property
    def dispatchers(self) -> tuple[Dispatcher, ...]:
        """Those at work."""
        return tuple(one.dispatcher for one in list(self._members.values()))

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Their threads."""
        return tuple(one.worker for one in list(self._members.values()))

    def ring(self) -> None:
        """There is something to dispatch."""
        for dispatcher in self.dispatchers:
            dispatcher.bell.ring()

    def start(self) -> None:
        """Take up what a process before us left, then work."""
        with self._lock:
            for dispatcher in self.dispatchers:
                dispatcher.recover()
            for worker in self.workers:
                worker.start()
            self._is_running = True

    def follow(self, mapping: Mapping) -> None:
        """Make this mapping live, with the dispatchers of its connections.

        Where one of them cannot be made, this raises and all stays as it was.
        """
        with self._lock:
            if self._is_dismissed:
                return
            members = {name: one for name in mapping.connections if (one := self._member(mapping, name))}
            self._live.swap(mapping)
            if self._is_running:
                self._change(members)
            self._members = members

    def tidy(self) -> None:
        """Write down what came of the last calls of those that are gone, and let go of their platforms.

        Raises StoreError where the database cannot serve; what is left is done the next time.
        """
        with self._lock:
            for one in [one for one in self._gone if one.worker.join(0.0)]:
                one.dispatcher.finish()
                one.dispatcher.close()
                self._gone.remove(one)

    def dismissed(self) -> tuple[Worker, ...]:
        """All threads, also of those that were replaced; nobody joins any more."""
        with self._lock:
            self._is_dismissed = True
            return tuple(one.worker for one in (*self._members.values(), *self._gone))

    def close(self) -> None:
        """Give up the platforms' connections."""
        for one in (*self._members.values(), *self._gone):
            one.dispatcher.close()

    def _change(self, members: dict[str, _Member]) -> None:
        """Start those that are new, and let those that are gone end their step: `tidy` closes them."""
        before = list(self._members.values())
        for one in members.values():
            if one not in before:
                one.worker.start()
        leaving = [one for one in before if one not in members.values()]
        for one in leaving:
            one.worker.ask_to_stop()
        self._gone += leaving

    def _member(self, mapping: Mapping, name: str) -> _Member | None:
        connection = mapping.connections[name]
        ingredients = _ingredients(connection)
        present = self._members.get(name)
        if present is not None and present.ingredients == ingredients:
            return present
        dispatcher = self._make(connection)
        return _Member(ingredients, dispatcher, self._worker(dispatcher, present)) if dispatcher else None

    def _worker(self, dispatcher: Dispatcher, present: _Member | None) -> Worker:
        name = f"dispatcher {dispatcher.connection}"
        if not self._is_running:
            return Worker(name, dispatcher, dispatcher.seconds_to_wait)
        others = (*self._gone, *((present,) if present else ()))
        before = [one for one in others if one.dispatcher.connection == dispatcher.connection]
        return Worker(name, Newcomer(dispatcher, before), dispatcher.seconds_to_wait)


def _ingredients(connection: Connection) -> tuple[object, ...]:
    """What a dispatcher is made of; not the place in the file, which moves with every line above it."""
    settings: dict[str, Setting] = dict(connection.settings)
    return connection.platform, settings, connection.secrets
