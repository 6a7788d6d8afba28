"""What an answer tells of the limits of an account."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from connector.platforms.door.window import Limit
from connector.platforms.transport import Answer


@dataclass(frozen=True, slots=True)
class Told:
    """What is None was not told. `wait` is in seconds, for all calls, or for those of the kind `held`."""

    limit: Limit | None = None
    left: int | None = None
    day: int | None = None
    left_today: int | None = None
    wait: float = 0.0
    held: str = ""


KindsOf: TypeAlias = Callable[[str, str], Sequence[str]]
"""Which limits a call counts for, by its method and its target; its own kind last."""

Reading: TypeAlias = Callable[[Answer], Told]
"""What an answer tells."""


def number(answer: Answer, header: str) -> int | None:
    """The whole number of a header (lower-case); None where it has none that can be a limit."""
    said = answer.headers.get(header, "").strip()
    return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else None
