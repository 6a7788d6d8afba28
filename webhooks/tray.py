"""Deliveries on their way to the disk: those that come about the same time go together.

To hand each over by itself, and to be told of each, takes two threads that wake each other as long as it
takes to store it. So while a few groups are on their way the next one gathers, and each is told in one go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol, TypeAlias

from connector.errors import StoreError
from connector.model.delivery import Delivery
from connector.store.inbox import Received

Receive: TypeAlias = Callable[[Sequence[Delivery]], Future[list[Received]]]
"""Stores deliveries, all or none."""

MOST_UNDER_WAY: Final = 3
"""Groups that are handed over and not told of: one is written, and the next is there when it is."""

_LARGEST: Final = 4 * 1024 * 1024
"""Bytes of bodies in a group, of which there are several in one commit."""


class Loop(Protocol):
    """What a tray needs of an event loop."""

    def call_soon(self, callback: Callable[[], object]) -> object:
        """Call it after what has come by now."""

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> object:
        """The same from any thread. Raises RuntimeError where the loop has ended."""


class Share(Future[list[Received]]):
    """What becomes of one delivery."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__()
        self.delivery = delivery
        self.group: Group | None = None

    def cancel(self) -> bool:
        """Give it up; once it is on its way with others, that is as soon as all of them are."""
        return super().cancel() if self.group is None else self.group.give_up()

    def drop(self) -> None:
        """It was given up."""
        super().cancel()


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

    def put(self, delivery: Delivery) -> Future[list[Received]]:
        """Hand it over with the next group. Who has given up, at the front, goes: he fills the memory."""
        while self._waiting and self._waiting[0].cancelled():
            self._waiting.popleft()
        share = Share(delivery)
        self._waiting.append(share)
        if not self._is_due and self._under_way < MOST_UNDER_WAY:
            self._is_due = True
            self._loop.call_soon(self._hand_over)
        return share

    def _hand_over(self) -> None:
        self._is_due = False
        while self._under_way < MOST_UNDER_WAY and (shares := self._next()):
            self._send(shares)

    def _next(self) -> list[Share]:
        """Those that wait, as far as they fit into one group, without those that were given up."""
        shares, size = list[Share](), 0
        while self._waiting and (not shares or size + len(self._waiting[0].delivery.body) <= _LARGEST):
            share = self._waiting.popleft()
            if not share.cancelled():
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
        self._under_way -= 1
        error = None if group.stored.cancelled() else group.stored.exception()
        if group.stored.cancelled():
            for share in group.shares:
                share.drop()
        elif error is None:
            for share, received in zip(group.shares, group.stored.result(), strict=True):
                share.set_result([received])
        elif isinstance(error, StoreError) or len(group.shares) == 1:
            for share in group.shares:
                share.set_exception(error)
        else:
            for share in group.shares:
                self._send([share])
        self._hand_over()
