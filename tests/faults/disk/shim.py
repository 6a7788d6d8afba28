"""Calls that fail on command, in a process that knows nothing of it: a library in C, loaded before others."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_name("shim.c")
_ORDERS: Final = struct.Struct("5i")
FOR_EVER: Final = -1


class Calls(IntEnum):
    """Which calls fail."""

    NONE = 0
    SYNC = 1
    WRITE = 2
    BOTH = 3


class Shim:
    """Built in `folder`; lets calls fail on files whose path has `path` in it, in whom has `environment`."""

    def __init__(self, folder: Path, path: str) -> None:
        library = folder / "shim.so"
        command = ["gcc", "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True, capture_output=True)
        orders = folder / "orders"
        orders.write_bytes(bytes(_ORDERS.size))
        with orders.open("r+b") as file:
            self._orders = mmap.mmap(file.fileno(), _ORDERS.size)
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(library),
            "FAULTY_CALLS": str(orders),
            "FAULTY_PATH": path,
        }

    def fails(self, calls: Calls, error: int, *, after: int = 0, times: int = FOR_EVER) -> None:
        """From now on: `after` more calls go well, then so many fail with this errno."""
        self._orders[:] = _ORDERS.pack(Calls.NONE, error, after, times, 0)
        self._orders[:4] = struct.pack("i", calls)

    def is_sound(self) -> None:
        """Nothing fails any more; what has failed stays counted."""
        self._orders[:4] = struct.pack("i", Calls.NONE)

    @property
    def failed(self) -> int:
        """How many calls have failed since it was told to."""
        found: int = _ORDERS.unpack(self._orders[:])[4]
        return found


def lacking() -> str:
    """Why no call can be made to fail here; nothing where it can."""
    return "" if shutil.which("gcc") else "no gcc: the library that lets calls fail cannot be built"
