"""A dispatcher at its post: it works while this process serves the account, and after those before it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from connector.errors import DispatchError, LeaseLost
from connector.failpoints import reach
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duty
from connector.runtime.worker import Worker

log = logging.getLogger(__name__)

ASK_EVERY: Final = 0.5
"""Seconds between two looks whether the account has become free."""

ASK_AGAIN: Final = 10.0
"""Seconds after which a platform is asked again which account this is."""


class Post:
    """Steps a dispatcher where it may. One thread calls `step`.

    Two dispatchers at once would send one contact's actions out of order, and take what is under way for
    lost. So it begins when those `before` it have ended their last calls, and what came of those is written
    down; and when no other process serves the account any more. Whoever comes after another process looks
    first at what that one had under way.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        find: Callable[[], Duty],
        before: Sequence[tuple[Dispatcher, Worker]] = (),
    ) -> None:
        self.bell = dispatcher.bell
        self.duty: Duty | None = None
        self._dispatcher = dispatcher
        self._find = find
        self._before = before
        self._times = 0
        self._has_to_look = False
        self._ask_at = 0.0
        self._refused = ""

    @property
    def is_served(self) -> bool:
        """Whether the dispatcher works here, not in another process, or not yet."""
        return self.duty is not None and self.duty.lease.is_ours

    @property
    def refused(self) -> str:
        """Why nobody knows yet which account this is, in the platform's words; empty where it is known."""
        return self._refused

    def step(self) -> int:
        """Look whether it is our turn, then do the dispatcher's step."""
        if not self._is_turn():
            return 0
        duty = self.duty = self.duty or self._found()
        try:
            if duty is None or not duty.lease.hold():
                return 0
            if duty.lease.times != self._times:
                self._take_over(duty)
            return self._dispatcher.step()
        except LeaseLost as lost:
            log.warning("%s: %s", self._dispatcher.connection, lost)
            return 0

    def drain(self) -> None:
        """No step follows: let the calls that are under way end, and write down what came of them."""
        self._dispatcher.drain()

    def seconds_to_wait(self) -> float:
        """How long nothing is due here, or until the next look whether it is our turn."""
        return self._dispatcher.seconds_to_wait() if self.is_served and not self._before else ASK_EVERY

    def _is_turn(self) -> bool:
        if not all(worker.join(0.0) for _, worker in self._before):
            return False
        for dispatcher, _ in self._before:
            dispatcher.finish_if_ours()
        self._before = ()
        return True

    def _found(self) -> Duty | None:
        if time.monotonic() < self._ask_at:
            return None
        try:
            duty = self._find()
        except DispatchError as error:
            if error.words != self._refused:
                log.warning(
                    "%s: which account it is cannot be told yet: %s", self._dispatcher.connection, error.words
                )
            self._refused, self._ask_at = error.words, time.monotonic() + ASK_AGAIN
            return None
        self._refused = ""
        return duty

    def _take_over(self, duty: Duty) -> None:
        """Begin, or go on after the lease was lost; if somebody else served meanwhile, as after a death.

        That is kept in mind until all of it is done: once we have entered, nobody could tell any more.
        """
        times, name = duty.lease.times, self._dispatcher.connection
        reach("lease-taken")
        self._dispatcher.serve_under(duty.lease)
        self._has_to_look = self._has_to_look or not self._times or duty.was_elsewhere(name)
        if self._has_to_look:
            self._dispatcher.forget()
            duty.enter(name)
            self._dispatcher.recover()
        self._times, self._has_to_look = times, False
