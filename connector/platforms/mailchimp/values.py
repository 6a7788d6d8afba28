"""Mailchimp's forms of our values, for merge fields and for the properties of events.

The forms are those of Mailchimp's guide to merge fields (marketing/docs/merge-fields).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from pydantic import AwareDatetime

PlainValue = bool | int | Decimal | AwareDatetime | date | str | tuple[str, ...]
FieldValue = PlainValue | Mapping[str, str]
"""An address is a mapping with addr1, city, state, zip, and perhaps addr2 and country."""

LONGEST_TEXT = 255
DAY = re.compile(r"(?:\d{4}|-)-(?P<month>\d{2})-(?P<day>\d{2})")
"""A date in ISO 8601, also one without a year: 1980-05-17, --05-17."""


def may_be_a_day(value: FieldValue) -> bool:
    """Whether the form of the value depends on the kind of its field."""
    return isinstance(value, date) or (isinstance(value, str) and DAY.fullmatch(value) is not None)


def as_field(value: FieldValue, kind: str | None) -> str | dict[str, str]:
    """The value as a merge field of this kind takes it; `kind` is None where it does not matter.

    A birthday is MM/DD and a date YYYY-MM-DD. Mailchimp keeps 255 bytes of a text; it is cut here, so that no
    character is cut in two.
    """
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime) and kind in {"date", "birthday"}:
        value = value.date()
    text = as_text(value)
    if kind == "birthday" and (day := DAY.fullmatch(text)):
        return f"{day['month']}/{day['day']}"
    return text.encode()[:LONGEST_TEXT].decode(errors="ignore")


def as_text(value: PlainValue) -> str:
    """The value as plain text; times are in UTC, to the second."""
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)


def moment(at: datetime) -> str:
    """An aware time in UTC, to the second: Mailchimp keeps no more of it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def read_moment(text: object) -> datetime | None:
    """The aware time that Mailchimp wrote, to the second; None where it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at.replace(microsecond=0) if at.tzinfo else None
