"""Values that only rules have: clock times, moments, whole numbers, modes, and what a wait is ended by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import PlainValidator, SkipValidation

from connector.mapping.durations import MOMENT_PATTERN, Moment, parse_clock, parse_moment
from connector.mapping.editor.forms import form, patterned
from connector.mapping.nodes import Written
from connector.mapping.quantities import SHARE_PATTERN, parse_share
from connector.mapping.rules import Mode
from connector.mapping.scalars import did_you_mean, read_text, refuse

MOST: Final = 1_000_000
"""The largest whole number that is taken: what is more is a slip of the pen."""

_PLAIN_MODES: Final[Mapping[str, Mode]] = {
    "live": Mode("live"),
    "shadow": Mode("shadow"),
    "paused": Mode("paused"),
}


def _reading(parse: Callable[[str], object]) -> Callable[[object], object]:
    def read(value: object) -> object:
        written = read_text(value)
        try:
            return parse(written)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            refuse("M123", message, hint)

    return read


def _whole(value: object) -> int:
    written = read_text(value)
    digits = written.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits) <= MOST):
        refuse("M123", f'"{written[:40]}" is no whole number', f"write one up to {MOST}, such as 10")
    return int(written)


def _count(value: object) -> int:
    number = _whole(value)
    if number < 1:
        refuse("M123", f'"{number}" is out of range', "write at least 1")
    return number


def _mode(value: object) -> Mode:
    written = read_text(value)
    word, _, share = written.partition(" ")
    if word == "canary":
        return Mode("canary", _canary_share(share))
    if share or word not in _PLAIN_MODES:
        refuse(
            "M124", f'"{written[:60]}" is none of the choices', did_you_mean(word, (*_PLAIN_MODES, "canary"))
        )
    return _PLAIN_MODES[word]


def _canary_share(written: str) -> Decimal:
    try:
        share = parse_share(written)
    except ValueError:
        refuse("M123", "the share of the contacts is missing or unreadable", 'write it as "canary 10%"')
    if share == 0:
        refuse("M123", "for a canary of 0% nobody gets anything", 'write it as "canary 10%", or "shadow"')
    return share


Clock: TypeAlias = Annotated[
    time,
    PlainValidator(_reading(parse_clock)),
    patterned("time of day", "^[0-9]{1,2}:[0-9]{2}$", 'write it as "09:00"'),
]
MomentText: TypeAlias = Annotated[
    SkipValidation[Moment],
    PlainValidator(_reading(parse_moment)),
    patterned("moment", f"^{MOMENT_PATTERN}$", 'write it as "4h", "2 working days" or "next monday 10:00"'),
]
Whole: TypeAlias = Annotated[int, PlainValidator(_whole), form("whole number", pattern="^-?[0-9]{1,7}$")]
Count: TypeAlias = Annotated[int, PlainValidator(_count), form("whole number", pattern="^[0-9]{1,7}$")]
ModeText: TypeAlias = Annotated[
    Mode,
    PlainValidator(_mode),
    patterned("mode", f"^(live|shadow|paused|canary {SHARE_PATTERN})$", 'write it as "canary 10%"'),
]
Ending: TypeAlias = Annotated[Written, PlainValidator(read_text), form("event or expression")]
"""An event or a condition; which of the two, its builder finds out."""

Until: TypeAlias = Annotated[Written, PlainValidator(read_text), form("moment, event or expression")]
"""A moment, an event or a condition; which of them, its builder finds out."""
