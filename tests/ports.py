"""Ports for servers that other processes start by their number."""

from __future__ import annotations

import socket
from random import SystemRandom
from typing import Final

FIRST: Final = 15_000
LAST: Final = 32_000
"""Below the ports that systems give to whoever connects (from 32,768 on Linux): none of these takes one."""


def free_port() -> int:
    """A port of this machine that nobody listens on, nor is likely to until it is used."""
    while True:
        port = SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
