"""Ports for servers that other processes start by their number."""

from __future__ import annotations

import os
import socket
from random import SystemRandom
from typing import Final

FIRST: Final = 15_000
LAST: Final = 32_000
"""Below the ports that systems give to whoever connects (from 32,768 on Linux): none of these takes one."""

WORKERS: Final = 16
_given: Final[set[int]] = set()


def free_port() -> int:
    """A port of this machine that nobody listens on, nor is likely to until it is used.

    None is given twice, and those of one of xdist's workers are never those of another.
    """
    while True:
        port = SystemRandom().randrange(FIRST + _worker(), LAST, WORKERS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port


def _worker() -> int:
    """Which of xdist's workers this is."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")  # noqa: TID251 - xdist's own setting
    return int(name.removeprefix("gw")) % WORKERS
