"""Mailchimp's forms of our values, for merge fields and for the properties of events.

The forms are those of Mailchimp's guide to merge fields (marketing/docs/merge-fields).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from pydantic import AwareDatetime

PlainValue = bool | int | Decimal | AwareDatetime | date | str | tuple[str, ...]
FieldValue = PlainValue | Mapping[str, str]
"""An address is a mapping with addr1, city, state, zip, and perhaps addr2 and country."""

LONGEST_TEXT = 255
DAY = re.compile(r"(?:\d{4}|-)-(?P<month>\d{2})-(?P<day>\d{2})")
"""A date in ISO 8601, also one without a year: 1980-05-17, --05-17."""
FORMS: Final = {
    "birthday": (re.compile(r"\d{2}/\d{2}"), "a day, as in 05/17"),
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{2}/\d{2}/\d{4}"), "a date, as in 2026-05-17"),
    "number": (re.compile(r"-?\d+(\.\d+)?"), "a number"),
}
"""What a text has to look like in a field of this kind."""
ADDRESS_PARTS: Final = ("addr1", "city", "state", "zip")


def depends_on_kind(value: FieldValue) -> bool:
    """Whether the form of the value depends on the kind of its field."""
    return isinstance(value, date | Mapping) or (isinstance(value, str) and DAY.fullmatch(value) is not None)


def as_field(value: FieldValue, kind: str | None) -> str | dict[str, str]:
    """The value as a merge field of this kind takes it; `kind` is None where it is not known.

    A birthday is MM/DD and a date YYYY-MM-DD; an empty text clears. Raises ValueError, in words that follow
    the field's name, for what Mailchimp refuses, and for a text that it would cut: it keeps 255 bytes.
    """
    if isinstance(value, Mapping) or (kind == "address" and value != ""):
        return _address(value, kind)
    if isinstance(value, datetime) and kind in {"date", "birthday"}:
        value = value.date()
    text = as_text(value)
    if kind == "birthday" and (day := DAY.fullmatch(text)):
        return f"{day['month']}/{day['day']}"
    if kind in FORMS and text and not FORMS[kind][0].fullmatch(text):
        raise ValueError(f"takes {FORMS[kind][1]}, not {text[:40]!r}")
    if (length := len(text.encode(errors="replace"))) > LONGEST_TEXT:
        raise ValueError(f"takes at most {LONGEST_TEXT} bytes, and this has {length}")
    return text


def fitting(value: FieldValue) -> FieldValue:
    """The value, where a field of some kind takes it. Raises ValueError as `as_field` does."""
    as_field(value, None)
    return value


def _address(value: FieldValue, kind: str | None) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ValueError(f"takes an address with {', '.join(ADDRESS_PARTS)}")  # noqa: TRY004 - it is for a person
    if kind not in {"address", None}:
        raise ValueError(f"is of the kind {kind} and takes no address")
    if lacking := [part for part in ADDRESS_PARTS if not value.get(part)]:
        raise ValueError(f"takes an address, and this has no {', '.join(lacking)}")
    return dict(value)


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
