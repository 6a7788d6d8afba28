"""Runs a few lines of Python in a process of its own: for what must not happen in the tests' own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(lines: str, *arguments: str) -> str:
    """What the lines print; they find the arguments in `sys.argv`."""
    command = [sys.executable, "-c", textwrap.dedent(lines), *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()
