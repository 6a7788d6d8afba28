"""How long the tests wait for what certainly comes: so long that only a broken program is too late."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 60.0
"""Seconds. Nothing of ours takes one of them; a machine on which others work may take many."""


def until(is_so: Callable[[], bool], seconds: float = PATIENCE, pause: float = 0.01) -> bool:
    """Whether it comes true; asked again after so many seconds each time."""
    ends = time.monotonic() + seconds
    while not (is_it := is_so()) and time.monotonic() < ends:
        time.sleep(pause)
    return is_it
