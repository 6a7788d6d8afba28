"""The sockets on which a process listens: its own, or those that systemd holds for it."""

from __future__ import annotations

import resource
import socket
from collections.abc import Mapping
from typing import Final

from connector.errors import SettingsError

_FIRST_INHERITED: Final = 3
"""Descriptors that are handed over begin here (systemd's manual, sd_listen_fds)."""

_OTHER_FILES: Final = 200
"""Descriptors that the rest of a process needs: the database, platforms, mapping files."""


def connections_that_fit(wanted: int) -> int:
    """How many connections may be open, after the limit of open files was raised as far as that goes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    raised = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    return max(1, raised - _OTHER_FILES)


def bound(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """A socket of our own at this address; 0 takes a free port.

    One that `is_shared` with others of our user (SO_REUSEPORT) does not listen yet. Raises SettingsError
    where the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
        if not is_shared:
            made.listen()
    except OSError as error:
        made.close()
        raise SettingsError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; HOST and PORT say where"
        ) from error
    return made


def inherited(environment: Mapping[str, str], process: int) -> list[socket.socket]:
    """The listening sockets that systemd handed over to this process; none where it did not.

    They stay open while one process ends and the next begins, so no sender is turned away in between.
    """
    if environment.get("LISTEN_PID") != str(process):
        return []
    count = environment.get("LISTEN_FDS", "0")
    if not count.isdecimal():
        raise SettingsError(f"LISTEN_FDS must be a number, got {count!r}")
    return [socket.socket(fileno=_FIRST_INHERITED + one) for one in range(int(count))]
