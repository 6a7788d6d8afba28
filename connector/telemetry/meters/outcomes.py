"""What came of actions at their platforms, each in one word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.errors import Rejected, Unauthorized, Unknown
from connector.platforms.base import Done, Outcome

DONE: Final = "done"


def outcome_of(outcome: Outcome) -> str:
    """One word for what came of an action at its platform."""
    match outcome:
        case Done():
            return DONE
        case Rejected():
            return "rejected"
        case Unauthorized():
            return "unauthorized"
        case Unknown():
            return "unknown"
        case _:
            return "again"


def outcome_of_call(outcomes: Sequence[str]) -> str:
    """One word for a whole call: the first that is not done."""
    return next((one for one in outcomes if one != DONE), DONE)
