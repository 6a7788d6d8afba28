"""What a person asks of the process that watches the folder, and alone may write the database.

It stands for a moment in the file `.loods-request` in the folder: `loods publish` and `loods rollback` leave
it there beside a running `loods run` on SQLite, which does it and takes the file away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from connector.mapping.mapping import PLANS, Plan

REQUEST: Final = ".loods-request"
_LONGEST: Final = 65_536


@dataclass(frozen=True, slots=True)
class Request:
    """This version is to be live, signed so. An older one is brought back only where `is_rollback`.

    `waiting` says by trigger what becomes of runs that wait in it under another text, `expected` by rule how
    many runs were shown to the person who asks.
    """

    version: str
    who: str
    why: str
    is_rollback: bool = False
    waiting: Mapping[str, Plan] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)


def leave_request(folder: Path, request: Request) -> None:
    """Ask; what was asked before and not taken up is forgotten. Raises OSError."""
    half = folder / f"{REQUEST}.{os.getpid()}"
    half.write_text(json.dumps(asdict(request)), encoding="utf-8")
    half.replace(folder / REQUEST)


def request_in(folder: Path) -> Request | None:
    """What is asked; None where nothing is, or it cannot be read."""
    try:
        with (folder / REQUEST).open("rb") as file:
            said = json.loads(file.read(_LONGEST))
        return Request(
            version=str(said["version"]),
            who=str(said["who"]),
            why=str(said["why"]),
            is_rollback=said["is_rollback"] is True,
            waiting=_plans(said.get("waiting", {})),
            expected={str(rule): int(runs) for rule, runs in said.get("expected", {}).items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def drop_request(folder: Path) -> None:
    """It is done with. Raises OSError."""
    (folder / REQUEST).unlink(missing_ok=True)


def _plans(said: Any) -> dict[str, Plan]:
    """By trigger. Raises KeyError for what is no plan."""
    return {str(trigger): PLANS[plan] for trigger, plan in said.items()}
