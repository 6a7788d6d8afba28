"""A clock that nobody sets, and that goes on while the machine sleeps."""

from __future__ import annotations

import time


def uptime() -> float:
    """Seconds of that clock; only differences mean something.

    Linux' CLOCK_BOOTTIME also counts while a virtual machine is suspended (man clock_gettime); the monotonic
    clock of Python, which stands still then on Linux, is taken where there is none.
    """
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
