"""The socket of an address, handed over by a process that has it to the next, with all who wait at it.

A listening socket that several have is one queue: whoever waits in it is answered as long as one of them goes
on. Of several sockets at one address (SO_REUSEPORT) each has a queue of its own, which is cut off with it.

It is asked for at a name in the abstract namespace of Unix sockets. That belongs to the network, as addresses
do, and a name is gone with the last process that has its socket (unix(7)): none is ever left behind by one
that was killed. The socket of the name is handed over as well, so all who share an address can answer.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from webhooks.listen import bound

log = logging.getLogger(__name__)

_PATIENCE: Final = 5.0
"""Seconds in which the socket is handed over, unless whoever is asked stands still."""

_PAUSE: Final = 0.01
"""Seconds until who has just begun, or ended, at the name has done so."""

_CREDENTIALS: Final = struct.Struct("iII")
"""Process, user and group (SO_PEERCRED, unix(7))."""


@dataclass(slots=True)
class Handover:
    """Gives `address`, and `asked_at` with it, to every process of the same `user` that asks.

    `is_given` once one has them, so that the address outlives us.
    """

    address: socket.socket
    asked_at: socket.socket
    user: int
    is_given: bool = False

    def answer(self) -> None:
        """Answer one that asks, unless somebody else who has the address has done so."""
        with suppress(OSError), self.asked_at.accept()[0] as asking:
            if _user_of(asking) == self.user:
                socket.send_fds(asking, [b"1"], [self.address.fileno(), self.asked_at.fileno()])
                self.is_given = True


def shared(host: str, port: int, patience: float = _PATIENCE) -> tuple[socket.socket, Handover | None]:
    """The socket of this address, which others of our user may have too, and what hands it over to the next.

    Where those who are there hand over nothing it is a second one: beside a release that cannot, or a process
    that does not answer, and on other systems than Linux. Raises SettingsError as `bound` does.
    """
    own = bound(host, port, is_shared=True)
    if sys.platform != "linux":
        return own, None
    user = os.geteuid()
    name, until = _name(own, user), time.monotonic() + patience
    while (left := until - time.monotonic()) > 0:
        with suppress(OSError):
            taken = taken_over(name, user, left)
            own.close()
            return taken.address, taken
        with suppress(OSError):
            return own, Handover(own, _opened(name), user)
        time.sleep(_PAUSE)
    log.warning(
        "no process hands over %s port %s: who waits at one of them is cut off at its end", host, port
    )
    return own, None


def taken_over(name: str, user: int, patience: float) -> Handover:
    """What is handed over at this name by a process of this user. Raises OSError where nobody does so."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(patience)
        asking.connect(name)
        if _user_of(asking) != user:
            raise PermissionError("the name is another user's")
        handed = [socket.socket(fileno=one) for one in socket.recv_fds(asking, 1, 2)[1]]
    for one in handed:
        one.set_inheritable(False)
    match handed:
        case [address, asked_at]:
            return Handover(address, asked_at, user)
        case _:
            raise ConnectionError("nothing was handed over")


def _opened(name: str) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(name)
        made.listen()
    except OSError:
        made.close()
        raise
    made.setblocking(False)
    return made


def _name(at: socket.socket, user: int) -> str:
    host, port = at.getsockname()[:2]
    return f"\0loods {user} {host} {port}"


def _user_of(peer: socket.socket) -> int:
    """Whose the process at the other end is, as the system knows it."""
    said = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    user: int = _CREDENTIALS.unpack(said)[1]
    return user
