"""Deliveries on their way to the disk: those that come about the same time go together.

To hand each over by itself, and to be told of each, takes two threads that wake each other as long as it
takes to store it. So behind a group the next one gathers for a moment, and for longer while a few are on
their way; and each is told in one go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol, TypeAlias

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from webhooks.forgetting import forget_calls

Receive: TypeAlias = Callable[[Sequence[Delivery]], Future[list[Received]]]
"""Stores deliveries, all or none."""

MOST_UNDER_WAY: Final = 3
"""Groups that are handed over and not told of: one is written, and the next is there when it is."""

GATHERS_FOR: Final = 0.005
"""Seconds from a group of several until the next one goes. A commit, and the way to it and back, takes as
much processor time as to receive three; at 1,500 deliveries a second there was one for every two."""

ENOUGH: Final = 16
"""Deliveries that wait for no others: what they share costs little by then."""

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of bodies in a group, of which there are several in one commit."""


class Timer(Protocol):
    """Something that will be called."""

    def cancel(self) -> object:
        """Do not."""


class Loop(Protocol):
    """What a tray needs of an event loop."""

    def time(self) -> float:
        """Seconds from any beginning."""

    def call_soon(self, callback: Callable[[], object]) -> object:
        """Call it after what has come by now."""

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call it in so many seconds."""

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> object:
        """The same from any thread. Raises RuntimeError where the loop has ended."""


class Share:
    """What becomes of one delivery: a future without locks, for one thread alone.

    `outcome` is None as long as it is not known.
    """

    __slots__ = ("__weakref__", "_told", "delivery", "group", "outcome")

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.group: Group | None = None
        self.outcome: list[Received] | BaseException | None = None
        self._told: list[Callable[[Share], object]] = []

    def add_done_callback(self, told: Callable[[Share], object], /) -> None:
        """Tell of it as soon as it is known."""
        if self.outcome is None:
            self._told.append(told)
        else:
            told(self)

    def result(self, timeout: float | None = None, /) -> list[Received]:
        """What became of it. Raises why it was not stored, and TimeoutError where that is not known."""
        if self.outcome is None:
            raise TimeoutError
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def cancel(self) -> bool:
        """Give it up; once it is on its way with others, that is as soon as all of them are."""
        if self.group is not None:
            return self.group.give_up()
        self.tell(CancelledError())
        return True

    def tell(self, outcome: list[Received] | BaseException) -> None:
        """It is known now."""
        self.outcome = outcome
        told, self._told = self._told, []
        for one in told:
            one(self)


@dataclass(slots=True)
class Group:
    """Shares that are on their way together."""

    shares: Sequence[Share]
    stored: Future[list[Received]] = field(default_factory=Future)
    given_up: int = 0

    def give_up(self) -> bool:
        """One of them is; whether none will be stored."""
        self.given_up += 1
        return self.given_up == len(self.shares) and self.stored.cancel()


class Tray:
    """Takes deliveries in the thread of `loop`, and tells of them there."""

    def __init__(self, receive: Receive, loop: Loop) -> None:
        self._receive = receive
        self._loop = loop
        self._waiting: deque[Share] = deque()
        self._under_way = 0
        self._is_due = False
        self._timer: Timer | None = None
        self._went_at = 0.0
        self._went_alone = True

    def put(self, delivery: Delivery) -> Share:
        """Hand it over with the next group. Who has given up, at the front, goes: he fills the memory."""
        while self._waiting and self._waiting[0].outcome is not None:
            self._waiting.popleft()
        share = Share(delivery)
        self._waiting.append(share)
        self._plan()
        return share

    def _plan(self) -> None:
        """Hand over what waits as soon as it may go, with what comes until then."""
        if self._is_due or not self._waiting or self._under_way >= MOST_UNDER_WAY:
            return
        if self._may_go():
            self._is_due = True
            self._loop.call_soon(self._hand_over)
        elif self._timer is None:
            wait = self._went_at + GATHERS_FOR - self._loop.time()
            self._timer = self._loop.call_later(wait, self._hand_over)

    def _may_go(self) -> bool:
        """Who comes alone behind one who came alone waits for nobody."""
        if len(self._waiting) >= ENOUGH or (self._went_alone and not self._under_way):
            return True
        return self._loop.time() - self._went_at >= GATHERS_FOR

    def _hand_over(self) -> None:
        self._is_due = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._under_way < MOST_UNDER_WAY and (shares := self._next()):
            self._went_at, self._went_alone = self._loop.time(), len(shares) == 1
            self._send(shares)

    def _next(self) -> list[Share]:
        """Those that wait, as far as they fit into one group, without those that were given up."""
        shares, size = list[Share](), 0
        while self._waiting and (not shares or size + len(self._waiting[0].delivery.body) <= _LARGEST):
            share = self._waiting.popleft()
            if share.outcome is None:
                shares.append(share)
                size += len(share.delivery.body)
        return shares

    def _send(self, shares: Sequence[Share]) -> None:
        group = Group(shares)
        for share in shares:
            share.group = group
        try:
            group.stored = self._receive([share.delivery for share in shares])
        except Exception as error:
            group.stored.set_exception(error)
        self._under_way += 1
        group.stored.add_done_callback(partial(self._came_back, group))

    def _came_back(self, group: Group, _: object) -> None:
        """From any thread. Once the loop has ended, nobody waits."""
        try:
            self._loop.call_soon_threadsafe(partial(self._tell, group))
        except RuntimeError:
            return

    def _tell(self, group: Group) -> None:
        """A group and its future know each other: with its shares, all bodies would stay until garbage is
        searched for, and 600 of 900 KiB each were in memory."""
        self._under_way -= 1
        shares, group.shares = group.shares, ()
        error = CancelledError() if group.stored.cancelled() else group.stored.exception()
        if error is None:
            for share, received in zip(shares, group.stored.result(), strict=True):
                share.tell([received])
        elif len(shares) == 1 or isinstance(error, (StoreError, CancelledError)):
            for share in shares:
                share.tell(error)
        else:
            forget_calls(error)
            for share in shares:
                self._send([share])
        self._plan()
