"""What happened in a run, seen from outside: what was acknowledged, what platforms were asked and did."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """One line: in which step, when by the clock of the run, what, and about what."""

    step: int
    at: datetime
    what: str
    facts: Table[str, Any]

    def __str__(self) -> str:
        told = " ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.step:4} {self.at:%m-%d %H:%M:%S} {self.what:9} {told}".rstrip()


@dataclass(slots=True)
class History:
    """The lines in their order; `step` is the number of the step that is being taken."""

    clock: Callable[[], datetime]
    lines: list[Said] = field(default_factory=list)
    step: int = 0

    def says(self, what: str, **facts: Any) -> None:
        """Add a line."""
        self.lines.append(Said(self.step, self.clock(), what, facts))

    def digest(self) -> str:
        """The same for the same history, to the letter."""
        return hashlib.sha256("\n".join(map(str, self.lines)).encode()).hexdigest()

    def tail(self, count: int = 25) -> str:
        """The last lines, for a reader."""
        return "\n".join(map(str, self.lines[-count:]))
