"""What a process does of the whole."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """All of it in one process; or, beside others, the receiver or what comes behind."""

    WHOLE = "run"
    WEB = "web"
    WORK = "work"

    @property
    def works(self) -> bool:
        """Whether it processes and dispatches."""
        return self is not Role.WEB
