"""How much memory this process has, and whether it goes on growing."""

from __future__ import annotations

import ctypes
import gc
import resource
from collections.abc import Sequence
from pathlib import Path
from statistics import median


def resident() -> int:
    """Bytes in memory, once everything that is free was given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def growth(samples: Sequence[int]) -> int:
    """Bytes by which the last fifth of them lies above the second, by their medians.

    The first fifth is warm-up. Medians, because bodies of a megabyte come and go: single samples differ by
    some 30 MB without any trend (seen over 30,000 requests).
    """
    fifth = len(samples) // 5
    if not fifth:
        return 0
    return max(0, int(median(samples[-fifth:]) - median(samples[fifth : 2 * fifth])))
