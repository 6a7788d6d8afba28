"""How the memory of a process is shared among its threads."""

from __future__ import annotations

import ctypes
from typing import Final

_MOST_ARENAS: Final = -8
"""The number of this setting, M_ARENA_MAX, in glibc's `malloc.h` (mallopt(3))."""

_ARENAS: Final = 2


def share_memory() -> bool:
    """Let all threads take memory from two places; whether this system's library can be told so.

    By itself glibc gives threads up to eight places a processor (mallopt(3)), each of which keeps what it had
    at its largest: a process that began and ended the threads of forty databases grew by 22 MB, with two
    places by 6. Python lets one thread at a time go on anyway, so they wait for each other little. A thread
    that has a place keeps it, so this comes before most of them begin.
    """
    try:
        told = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(told(_MOST_ARENAS, _ARENAS))
