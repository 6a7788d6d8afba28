"""What one step has brought, as promises are asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from tests.simulation.history import Said
from tests.simulation.seen import Seen
from tests.simulation.state import State

_NOT_WELL: Final = frozenset({"broke", "died"})


@dataclass(slots=True)
class Step:
    """The state before and after it, the lines that it added to the history, and all that was before it.

    `seen` has the lines and the events of this step only once it `passes`.
    """

    at: datetime
    before: State
    now: State
    lines: list[Said]
    seen: Seen
    new_actions: list[Row[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.new_actions = [row for key, row in self.now.actions.items() if key not in self.before.actions]

    def said(self, what: str) -> Iterator[Said]:
        """The lines of this kind."""
        return (one for one in self.lines if one.what == what)

    @property
    def went_well(self) -> bool:
        """Whether nothing broke or died in it."""
        return not any(one.what in _NOT_WELL for one in self.lines)

    @property
    def is_idle(self) -> bool:
        """Whether it ended with nothing left to do at that moment."""
        return bool(self.lines) and self.lines[-1].what == "idle"

    def passes(self) -> None:
        """From now on it belongs to what was before."""
        for line in self.lines:
            self.seen.hears(line)
        for row in self.now.events:
            self.seen.learns(row)
        if any(self.said("starts")):
            self.seen.recovers(row.key for row in self.now.actions.values() if row.status == "unknown")
