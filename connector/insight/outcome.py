"""What became of a contact under a draft mapping, beside what did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.model.decision import Answer


@dataclass(frozen=True, slots=True)
class Window:
    """What counts: from `since` until `until`, where the simulated clock stops."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """One action: the draft would make it, it was made, or both. `rule` is that of the trace."""

    at: datetime
    rule: str
    action: str
    by_draft: bool
    by_live: bool

    @property
    def differs(self) -> bool:
        """Whether only one of the two makes it."""
        return self.by_draft != self.by_live


@dataclass(frozen=True, slots=True)
class Outcome:
    """One contact's part in the window: its events, actions by time, and what the draft refused, by rule.

    `contact` is the address in use, or our id where none is known or the person was erased. `left_out` counts
    events of connections to which the draft does not listen.
    """

    contact: str
    events: int
    compared: tuple[Compared, ...]
    refused: Mapping[tuple[str, Answer], int]
    left_out: Mapping[str, int]

    @property
    def differences(self) -> tuple[Compared, ...]:
        """The actions that only one of the two makes."""
        return tuple(one for one in self.compared if one.differs)
