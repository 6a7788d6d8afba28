"""HubSpot's forms of our values: everything it takes is text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from pydantic import AwareDatetime

FieldValue = bool | int | Decimal | AwareDatetime | date | str | tuple[str, ...]


def as_text(value: FieldValue) -> str:
    """The value as a HubSpot property takes it; dates are midnight UTC, several choices stand between `;`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00.000Z"
    return joined(value) if isinstance(value, tuple) else str(value)


def as_texts(values: Mapping[str, FieldValue | None]) -> dict[str, str]:
    """The values by name; what is missing is left out."""
    return {name: as_text(value) for name, value in values.items() if value is not None}


def moment(at: datetime) -> str:
    """An aware time in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_moment(text: object) -> datetime | None:
    """The aware time that HubSpot wrote, to the millisecond; None where it is none."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return to_milliseconds(at) if at.tzinfo else None


def to_milliseconds(at: datetime) -> datetime:
    """HubSpot keeps no more of a time than its milliseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def joined(choices: Iterable[str]) -> str:
    """Several choices of a multi-checkbox property."""
    return ";".join(choices)


def choices(text: object) -> list[str]:
    """The choices that a multi-checkbox property holds, in its order."""
    return [part for part in text.split(";") if part] if isinstance(text, str) else []
