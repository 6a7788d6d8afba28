"""The only clock of the program."""

from __future__ import annotations

from datetime import UTC, datetime


def clock() -> datetime:
    """Now, aware, in UTC: the only clock of the program."""
    return datetime.now(UTC)  # noqa: TID251 - the one place
