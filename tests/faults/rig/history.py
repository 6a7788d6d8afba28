"""What senders and faults did, line by line: written to a file, and kept for the checker.

Counted as Jepsen counts: `ok` was acknowledged, `fail` certainly not taken, `info` nobody knows.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

Said: TypeAlias = Literal["invoke", "ok", "fail", "info", "fault", "up"]

ANSWERS: Final = frozenset({"ok", "fail", "info"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `post` names what was posted (`webshop:7`), `told` the status or what went wrong.

    `at` is in seconds since the epoch. A line of a fault names no post; `up` says that a process answers.
    """

    said: Said
    post: str = ""
    told: str = ""
    at: float = 0.0

    @property
    def connection(self) -> str:
        """To which connection it was posted."""
        return self.post.partition(":")[0]


class History:
    """Lines in the order in which they were said; any thread may say one."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._lines: list[Line] = []

    def say(self, said: Said, post: str = "", told: str = "") -> Line:
        """Add a line, as of now."""
        line = Line(said, post, told, time.time())
        with self._lock:
            self._lines.append(line)
            self._file.write(json.dumps(asdict(line)) + "\n")
            self._file.flush()
        return line

    @property
    def lines(self) -> tuple[Line, ...]:
        """All that was said so far."""
        with self._lock:
            return tuple(self._lines)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read(file: Path) -> Iterator[Line]:
    """The lines of a file that a history wrote."""
    for text in file.read_text("utf-8").splitlines():
        yield Line(**json.loads(text))
