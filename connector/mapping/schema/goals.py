"""The keys of `goals`: what the company wants to reach."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import PlainValidator

from connector.mapping.editor.forms import form
from connector.mapping.part import Part
from connector.mapping.quantities import NUMBER_PATTERN, SHARE_PATTERN, parse_number, parse_share
from connector.mapping.scalars import Day, Text, reading


class Aimed(NamedTuple):
    """How far a measure is to come: a share (0 to 1) or a number, at least or at most."""

    value: Decimal
    is_share: bool
    is_most: bool


def _target(text: str) -> Aimed:
    words = text.strip()
    amount = words.removeprefix("at most ").strip()
    is_share = amount.endswith("%")
    value = parse_share(amount) if is_share else parse_number(amount)
    if value < 0:
        raise ValueError(f'"{amount[:40]}" is less than nothing; write it as "25%", "100" or "at most 5%"')
    return Aimed(value, is_share, amount != words)


Target: TypeAlias = Annotated[
    Aimed,
    PlainValidator(reading(_target)),
    form("percentage or number", pattern=f"^(at most )?({SHARE_PATTERN}|{NUMBER_PATTERN})$"),
]


class GoalPart(Part):
    """What the company wants to reach; a trigger serves it by `goal: {for: NAME, …}`."""

    measure: Text
    """What is measured: an event, `second purchase` (`3rd purchase`, …) or `stage care`, each also with
    `within 90d`."""
    target: Target
    """How far it is to come: a share of the contacts in percent, or their number; `at most 5%` where less is
    better."""
    by: Day | None = None
    """Until when, as in `2027-06-30`."""
