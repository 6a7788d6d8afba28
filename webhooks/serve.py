"""The server of a single process: one thread with an event loop, with limits of its own and an orderly end.

docs/receiving.md tells what was measured beside it, and why it is none of those. What it refuses by itself
gets the same kind of document as every other refusal, and is counted with them where it names a connection.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from email.utils import formatdate
from functools import partial
from typing import Final
from uuid import uuid4

from connector.errors import Unavailable
from webhooks.connection import Wire
from webhooks.entrance import Entrance
from webhooks.front import Front
from webhooks.handover import Handover
from webhooks.listen import connections_that_fit
from webhooks.message import Waiting
from webhooks.patience import Patience, come_again
from webhooks.problem import problem
from webhooks.refusals import broken

GRACE_SECONDS: Final = 5.0
"""How long a stopping server waits for the requests that it has."""

PARTING_SECONDS: Final = 0.5
"""How long a stopping server still takes requests on the connections that it has, to say that they end."""

PARTING_AT_EASE_SECONDS: Final = 4.0
"""The same of those that it has, where another has the address: most are told with an answer that they end,
and hardly any is ended just as a request comes on it."""

MOST_CONNECTIONS: Final = 4000
"""At the same time; one that rests makes room for one that comes."""

MOST_TURNED_AWAY: Final = 100
"""Connections that may be open beyond those, for as long as it takes to tell them so."""

_TURN_SECONDS: Final = 0.25
"""How often the server looks for what lasts too long."""


class Server:
    """Serves `front` on the addresses of `listening`, sockets that are bound; it closes them at its end.

    `port` is that of the first. At most `most` connections are open at once, fewer where the system allows
    fewer files. Who follows is answered by `handover`, where the address can be handed over.
    """

    def __init__(
        self,
        front: Front,
        listening: Sequence[socket.socket],
        patience: Patience | None = None,
        most: int = MOST_CONNECTIONS,
        handover: Handover | None = None,
    ) -> None:
        self._most = connections_that_fit(most)
        self.patience = patience or Patience()
        self._front = front
        self._entrance = Entrance(listening, partial(Wire, self))
        self._handover = handover
        self.port = self._entrance.port
        self.date = formatdate(usegmt=True)
        self.is_ending = False
        self.refuses = front.refuses
        self.take = front.take
        self.cut_off = front.cut_off
        self.hold = front.hold
        self.now = time.monotonic
        self._wires: dict[Wire, None] = {}
        self._resting: dict[Wire, None] = {}
        self._post: deque[tuple[Wire, Waiting]] = deque()
        self._is_ringing = False
        self._stop: Future[None] = Future()

    def run(self) -> None:
        """Serve until `stop`; then finish what has begun, within GRACE_SECONDS, and let go of the address."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """Make `run` return soon. From any thread or signal handler, any number of times."""
        if not self._stop.done():
            self._stop.set_result(None)

    def watch(self, wire: Wire, waiting: Waiting) -> None:
        """Tell the connection when the answer is known."""
        waiting.done.add_done_callback(lambda _: self._mail(wire, waiting))

    def joined(self, wire: Wire) -> None:
        """A connection has begun."""
        resting = self._resting_longest() if len(self._wires) >= self._most else None
        self._wires[wire] = None
        if resting is not None:
            self.stirs(resting)
            resting.end()
        if resting is not None or len(self._wires) <= self._most:
            self.rests(wire)
        elif len(self._wires) > self._most + MOST_TURNED_AWAY:
            wire.abort()
        else:
            full = Unavailable("Too many connections are open.", retry_after=come_again())
            wire.turn_away(problem(full, uuid4().hex))

    def _resting_longest(self) -> Wire | None:
        """Not one of those that are busy is looked at, however many they are."""
        return next((one for one in self._resting if one.is_resting), None)

    def rests(self, wire: Wire) -> None:
        """Nothing of it is to be read, done or written. Who has rested longest stands first."""
        if wire in self._wires:
            self._resting.setdefault(wire)

    def stirs(self, wire: Wire) -> None:
        """Something of it is."""
        self._resting.pop(wire, None)

    def left(self, wire: Wire) -> None:
        """It has ended."""
        self._wires.pop(wire, None)
        self._resting.pop(wire, None)

    def _mail(self, wire: Wire, waiting: Waiting) -> None:
        """From any thread. The loop is woken once for all that comes until it looks."""
        self._post.append((wire, waiting))
        if not self._is_ringing:
            self._is_ringing = True
            try:
                self._loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:
                return

    def _deliver(self) -> None:
        self._is_ringing = False
        while self._post:
            wire, waiting = self._post.popleft()
            waiting.settle()
            self._do(wire, partial(wire.on_done, waiting))

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._front.gather(self._loop)
        self._entrance.open()
        if self._handover is not None:
            self._loop.add_reader(self._handover.asked_at, self._handover.answer)
        looking = asyncio.create_task(self._look_around())
        await asyncio.wrap_future(self._stop)
        await self._entrance.close()
        if self._handover is not None:
            self._loop.remove_reader(self._handover.asked_at)
            self._handover.asked_at.close()
        await self._part()
        looking.cancel()

    async def _look_around(self) -> None:
        """End what lasts too long, again and again."""
        while True:
            self.date = formatdate(usegmt=True)
            now = self.now()
            for wire in tuple(self._wires):
                self._do(wire, partial(wire.check, now))
            await asyncio.sleep(_TURN_SECONDS)

    def _do(self, wire: Wire, step: Callable[[], object]) -> None:
        """What breaks with one connection is written down, and keeps nobody from the others."""
        try:
            step()
        except Exception as error:
            broken(error)
            wire.abort()

    async def _part(self) -> None:
        """Answer what has begun, and say on every connection that it ends."""
        self.is_ending = True
        begun, is_given = self.now(), self._handover is not None and self._handover.is_given
        parting = PARTING_AT_EASE_SECONDS if is_given else PARTING_SECONDS
        while self._wires and self.now() - begun < GRACE_SECONDS:
            for wire in tuple(self._wires):
                if not wire.is_busy and self.now() - begun > parting:
                    wire.end()
            await asyncio.sleep(0.01)
        while self._wires:
            for wire in tuple(self._wires):
                wire.abort()
            await asyncio.sleep(0.01)
