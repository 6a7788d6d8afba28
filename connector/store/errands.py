"""What a person asks of a process that writes a SQLite file alone: a file each, beside the database.

A stop must work while `loods run` has the right to write. What is asked stays until it is done, also over the
end of that process, and is done in the order in which it was asked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from connector.model.ids import new_id

_LONGEST: Final = 8 * 1_048_576
"""Bytes of what is asked: a record of an import may have a MiB, and is written with escapes."""
_ENDING: Final = ".json"


class Errands:
    """The folder `<database>.errands`, for us alone; made when something is first asked."""

    def __init__(self, database: Path) -> None:
        self._folder = database.with_name(database.name + ".errands")

    def leave(self, what: Mapping[str, Any], now: datetime) -> str:
        """Ask for something; the name under which it waits. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        name = new_id(now) + _ENDING
        half = self._folder / f"{name}.half"
        with half.open("w", encoding="utf-8") as file:
            json.dump(what, file)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._folder / name)
        return name

    def waits(self, name: str) -> bool:
        """Whether it is not done yet."""
        return (self._folder / name).exists()

    def first(self) -> tuple[str, Mapping[str, Any] | None] | None:
        """The name of what was asked first, and what it is, None where it cannot be read.

        None where all is done.
        """
        if not self._folder.exists():
            return None
        names = sorted(one.name for one in self._folder.iterdir() if one.name.endswith(_ENDING))
        return (names[0], self._read(names[0])) if names else None

    def done(self, name: str) -> None:
        """It is done."""
        (self._folder / name).unlink(missing_ok=True)

    def _read(self, name: str) -> Mapping[str, Any] | None:
        try:
            with (self._folder / name).open("rb") as file:
                said = json.loads(file.read(_LONGEST))
        except (OSError, ValueError, RecursionError):
            return None
        return said if isinstance(said, dict) else None
