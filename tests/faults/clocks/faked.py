"""A clock of its own for a process, which can be set while it runs; its monotonic clock goes on as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LIBRARY: Final = "libfaketimeMT.so.1"
_PLACES: Final = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/local/lib/faketime", "/lib64/faketime")


class Clock:
    """Shows true time until it is set. Who is started with `environment` goes by it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.is_set(0)
        self.environment: Mapping[str, str] = {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def is_set(self, seconds: float) -> None:
        """From now on so many seconds ahead of true time, or behind it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+.3f}\n", encoding="ascii")
        new.rename(self._file)


def lacking() -> str:
    """Why no clock can be set here; nothing where it can."""
    return "" if _library() else "no libfaketime (Debian package libfaketime)"


def _library() -> Path | None:
    found = (one for place in _PLACES for one in Path("/").glob(f"{place[1:]}/{_LIBRARY}"))
    return next(found, None)
