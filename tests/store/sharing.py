"""Processes that share a SQLite file, as tests see them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from connector.store.database import Place, Store

Opens: TypeAlias = Callable[[Place], Store]


def is_taken(place: Path) -> bool:
    """Whether somebody has the lock of this file."""
    handle = os.open(place, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
