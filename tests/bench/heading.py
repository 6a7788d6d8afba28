"""What stands above every figure: when it was measured, of which commit, on which machine, by which seed."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from email.utils import formatdate
from functools import cache
from pathlib import Path


def heading(what: str, seed: int | None = None) -> None:
    """Print it."""
    said = f"{what}\n{formatdate(time.time(), usegmt=True)}, commit {commit()}"
    sys.stdout.write(f"{said}{'' if seed is None else f', seed {seed}'}\n{machine()}\n\n")
    sys.stdout.flush()


def commit() -> str:
    """The commit that is checked out, with a plus where files differ from it."""
    here = Path(__file__).parent
    try:
        named = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=here, capture_output=True, text=True, check=True
        ).stdout.strip()
        differs = subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=here, check=False).returncode
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{named}{'+' if differs else ''}"


def machine() -> str:
    """Processors, memory, system and Python with its speed; and how busy it was already."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    speed = f"{turns() / 1e6:.1f} million turns/s"
    return f"{os.cpu_count()} processors, {memory:.0f} GiB, {system} ({speed}); load {os.getloadavg()[0]:.1f}"


@cache
def turns() -> float:
    """How often a second this Python counts in a dictionary: what was compiled without its optimizations is
    slower by a third and more, as is a machine whose neighbours are busy."""
    counted = dict.fromkeys(range(100), 0)
    began = time.process_time()
    for number in range(1_000_000):
        counted[number % 100] += number
    return 1_000_000 / (time.process_time() - began)
