"""The dispatchers of one process: one for each connection that acts, as the live mapping has them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from connector.mapping.accounts import Connection, Setting
from connector.mapping.mapping import Mapping
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duties
from connector.runtime.live import Live
from connector.runtime.post import Post
from connector.runtime.threads import Threads
from connector.runtime.worker import SILENT_FOR, Worker
from connector.store.lease import Lease


@dataclass(frozen=True, slots=True)
class _Member:
    """A dispatcher at work, and what it was made of."""

    ingredients: tuple[object, ...]
    dispatcher: Dispatcher
    post: Post
    worker: Worker


class Crew:
    """Keeps the dispatchers those of the live mapping; one whose connection has not changed goes on.

    `make` gives a connection's dispatcher, None where it does not act or lacks a setting. Each works while
    this process has the duty to serve its account.
    """

    def __init__(self, live: Live, make: Callable[[Connection], Dispatcher | None], duties: Duties) -> None:
        self.duties = duties
        self._live = live
        self._make = make
        self._lock = threading.Lock()
        self._leaving = threading.Lock()
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

    @property
    def serving(self) -> tuple[Dispatcher, ...]:
        """Those that work in this process, not in another."""
        return tuple(one.dispatcher for one in list(self._members.values()) if one.post.is_served)

    @property
    def leases(self) -> dict[str, Lease]:
        """The connections that are served in this process, each with the lease on its account."""
        duties = {name: one.post.duty for name, one in list(self._members.items())}
        return {name: duty.lease for name, duty in duties.items() if duty and duty.lease.is_ours}

    @property
    def refused(self) -> dict[str, str]:
        """The connections of which nobody knows yet which account it is, with the platform's words."""
        return {name: one.post.refused for name, one in list(self._members.items()) if one.post.refused}

    def ring(self) -> None:
        """There is something to dispatch."""
        for dispatcher in self.dispatchers:
            dispatcher.bell.ring()

    def start(self) -> None:
        """Take up what a process before us left, then work."""
        with self._lock:
            for one in self._members.values():
                _begin(one)
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
                one.dispatcher.finish_if_ours()
                one.dispatcher.close()
                self._gone.remove(one)
                self._leave(one)

    def dismissed(self) -> tuple[Worker, ...]:
        """All threads, also of those that were replaced; nobody joins any more."""
        with self._lock:
            self._is_dismissed = True
            return tuple(one.worker for one in (*self._members.values(), *self._gone))

    def hand_over(self) -> None:
        """Once dismissed: let another process serve at once what no thread of ours works on any more."""
        for one in (*self._members.values(), *self._gone):
            if one.worker.join(0.0):
                self._leave(one)

    def close(self) -> None:
        """Give up the platforms' connections."""
        for one in (*self._members.values(), *self._gone):
            one.dispatcher.close()

    def _leave(self, one: _Member) -> None:
        """Its thread has ended, and serves its connection no more."""
        with self._leaving:
            duty, one.post.duty = one.post.duty, None
        if duty is not None:
            self.duties.leave(duty, one.dispatcher.connection)

    def _change(self, members: dict[str, _Member]) -> None:
        """Start those that are new, and let those that are gone end their step: `tidy` closes them."""
        before = list(self._members.values())
        for one in members.values():
            if one not in before:
                _begin(one)
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
        if dispatcher is None:
            return None
        post = self._post(connection, dispatcher, present)
        silent_for = SILENT_FOR + dispatcher.deadline
        worker = Worker(f"dispatcher {name}", post, post.seconds_to_wait, silent_for, post.drain)
        return _Member(ingredients, dispatcher, post, worker)

    def _post(self, connection: Connection, dispatcher: Dispatcher, present: _Member | None) -> Post:
        others = (*self._gone, *((present,) if present and self._is_running else ()))
        before = [
            (one.dispatcher, one.worker) for one in others if one.dispatcher.connection == connection.name
        ]
        find = partial(self.duties.of, connection, dispatcher.account)
        return Post(dispatcher, find, before)


def _begin(one: _Member) -> None:
    """Its thread steps, and others make its calls."""
    one.dispatcher.spread(Threads(f"calls of {one.dispatcher.connection}"))
    one.worker.start()


def _ingredients(connection: Connection) -> tuple[object, ...]:
    """What a dispatcher is made of; not the place in the file, which moves with every line above it."""
    settings: dict[str, Setting] = dict(connection.settings)
    return connection.platform, settings, connection.secrets
