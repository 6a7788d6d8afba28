"""Places between two side effects at which a test lets the program die, break or wait. A leaf.

`LOODS_FAILPOINT=claimed-before-call:kill@3` kills the process when it comes to this place for the third time;
`:raise` raises instead, `:sleep=5` waits so many seconds. Each happens once. By default nothing is armed,
and a place then costs a look at one global.
"""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass
from typing import Final, Literal

NAMES: Final = frozenset(
    {
        "aged-after-commit",
        "aged-before-commit",
        "called-before-settle",
        "claimed-before-call",
        "claimed-before-commit",
        "copied-before-check",
        "copied-before-named",
        "copied-page",
        "copy-has-two-names",
        "database-set-aside",
        "decided-after-commit",
        "decided-before-commit",
        "interrupted-after-commit",
        "lease-taken",
        "looked-after-commit",
        "looked-before-commit",
        "looking-after-commit",
        "mapping-swapped",
        "month-dropped-after-commit",
        "month-dropped-before-commit",
        "noted-before-stored",
        "published-before-commit",
        "received-after-commit",
        "received-before-commit",
        "recovered-after-commit",
        "recovered-before-commit",
        "repeated-after-commit",
        "restored-before-synced",
        "restoring-before-aside",
        "restoring-before-prepared",
        "saved-before-outbox",
        "settled-after-commit",
        "settled-before-commit",
        "sweep-page",
        "taken-after-commit",
        "taken-before-commit",
        "unknown-after-look",
        "unknown-before-look",
    }
)
"""Every place; each is reached in one line of the program."""

_FORM: Final = re.compile(r"([a-z-]+):(kill|raise|sleep=([0-9]+(?:\.[0-9]+)?))(?:@([1-9][0-9]*))?")


class FailpointReached(RuntimeError):
    """What `raise` raises."""


@dataclass(frozen=True, slots=True)
class Failpoint:
    """What is to happen at a place when it is reached for the `at`-th time."""

    name: str
    does: Literal["kill", "raise", "sleep"]
    seconds: float = 0.0
    at: int = 1


class _Armed:
    """Counts how often its place is reached."""

    def __init__(self, failpoint: Failpoint) -> None:
        self._failpoint = failpoint
        self._left = failpoint.at
        self._lock = threading.Lock()

    def reach(self, name: str) -> None:
        if name != self._failpoint.name:
            return
        with self._lock:
            self._left -= 1
            is_now = self._left == 0
        if is_now:
            self._happen()

    def _happen(self) -> None:
        match self._failpoint.does:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "raise":
                raise FailpointReached(self._failpoint.name)
            case "sleep":
                time.sleep(self._failpoint.seconds)


_armed: _Armed | None = None


def reach(name: str) -> None:
    """The program is at this place."""
    if _armed is not None:
        _armed.reach(name)


def arm(failpoint: Failpoint | None) -> None:
    """From now on this happens, and nothing else; None disarms."""
    global _armed  # noqa: PLW0603 - one look at a global is all that a place may cost
    _armed = None if failpoint is None else _Armed(failpoint)


def parse(text: str) -> Failpoint:
    """`name:kill`, `name:raise` or `name:sleep=SECONDS`, with `@N` where it is not the first time.

    Raises ValueError with what would be right.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            f"it must be name:kill, name:raise or name:sleep=SECONDS, with @N or not, got {text!r}"
        )
    name, does, seconds, at = found.groups()
    if name not in NAMES:
        raise ValueError(f"there is no place {name!r}")
    if does == "kill":
        return Failpoint(name, "kill", at=int(at or 1))
    if does == "raise":
        return Failpoint(name, "raise", at=int(at or 1))
    return Failpoint(name, "sleep", float(seconds), int(at or 1))
