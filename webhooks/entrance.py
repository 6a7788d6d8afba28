"""Where connections come in: the sockets at which a server listens.

The server of asyncio begins connections in tasks that it does not wait for: what was accepted by its
end, and not begun, is cut off with the loop. This one knows each from the moment it was accepted.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Final

log = logging.getLogger(__name__)

_AT_ONCE: Final = 16
"""Connections that are accepted before others have their turn."""

_BACKLOG: Final = 1024
"""Connections that the system keeps for us until we take them."""

_PAUSE_SECONDS: Final = 1.0
"""How long nobody is let in where the system gives us no more files."""


class Entrance:
    """Accepts at `listening`, sockets that are bound, and gives each connection a protocol that `make` made.

    It closes the sockets at its end. To be opened and closed within the event loop that is to have them.
    """

    def __init__(self, listening: Sequence[socket.socket], make: Callable[[], asyncio.Protocol]) -> None:
        self._listening = tuple(listening)
        self._make = make
        self._coming: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.port: int = self._listening[0].getsockname()[1]
        for one in self._listening:
            one.listen(_BACKLOG)
            one.setblocking(False)

    def open(self) -> None:
        """Let everybody in who waits, and who comes."""
        self._loop = asyncio.get_running_loop()
        for one in self._listening:
            self._loop.add_reader(one, self._let_in, one)

    async def close(self) -> None:
        """Let nobody in any more; at the return, whoever was accepted is with a protocol.

        Connections that the system has already accepted for us would be cut off with the socket. A flood of
        new ones must not keep us: what goes beyond the queue is cut off, or left to who else has the socket.
        """
        self._is_closed = True
        for one in self._listening:
            self._loop.remove_reader(one)
            self._let_in(one, _BACKLOG)
            one.close()
        if self._coming:
            await asyncio.wait(self._coming)

    def _let_in(self, listening: socket.socket, most: int = _AT_ONCE) -> None:
        for _ in range(most):
            try:
                accepted = _accepted(listening)
            except OSError as error:
                self._rest(listening, error)
                return
            if accepted is None:
                return
            coming = self._loop.create_task(self._begin(accepted))
            self._coming.add(coming)
            coming.add_done_callback(self._coming.discard)

    async def _begin(self, accepted: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._make, accepted)
        except OSError:
            accepted.close()

    def _rest(self, listening: socket.socket, error: OSError) -> None:
        """Who waits stays in the queue: asked at once again, the system would only refuse again."""
        log.error("no connection can be accepted: %s", error.strerror or error)
        self._loop.remove_reader(listening)
        self._loop.call_later(_PAUSE_SECONDS, self._go_on, listening)

    def _go_on(self, listening: socket.socket) -> None:
        if not self._is_closed:
            self._loop.add_reader(listening, self._let_in, listening)


def _accepted(listening: socket.socket) -> socket.socket | None:
    """Who is next in the queue, None where nobody is. Raises OSError where the system cannot give us any."""
    try:
        return listening.accept()[0]
    except (BlockingIOError, InterruptedError, ConnectionAbortedError):
        return None
