"""What a look at a live account, or at this machine, found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; `UNKNOWN` is what nobody can tell, or not now."""

    ERROR = "error"
    WARNING = "warning"
    UNKNOWN = "unknown"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, with the place in the mapping that names it, and the remedy.

    `about` is the connection; empty for what is of this machine. `line` and `column` count from 1; 0 means
    that no file names it. `code` is stable: `L110` stays what it is over releases.
    """

    severity: Severity
    code: str
    about: str
    message: str
    remedy: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """The place as messages name it; empty where there is none."""
        return f"{self.file}:{self.line}" if self.line else self.file
