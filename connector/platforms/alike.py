"""Whether a platform shows what was written: in its own writing, which is not always ours."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def is_alike(wanted: Any, found: Any) -> bool:
    """The same number, or the same letters and digits: platforms write dates, telephone numbers and choices
    anew. Of a mapping each part that was written.
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            is_alike(one, found.get(name)) for name, one in wanted.items()
        )
    ours, theirs = _text(wanted), _text(found)
    numbers = _number(ours), _number(theirs)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return _plain(ours) == _plain(theirs) or _is_same_day(ours, theirs)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).strip()


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _plain(text: str) -> list[str]:
    """Its letters and digits; of choices in any order."""
    parts = ("".join(sign for sign in part.casefold() if sign.isalnum()) for part in text.split(";"))
    return sorted(filter(None, parts)) or [text]


def _is_same_day(ours: str, theirs: str) -> bool:
    """A date is written as its midnight, and may be shown without; a time with or without a fraction."""
    return bool(theirs) and ours.removesuffix(".000Z") in {f"{theirs}T00:00:00", theirs.removesuffix("Z")}
