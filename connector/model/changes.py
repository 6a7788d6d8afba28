"""A change at a platform, as we make it and as the platform tells of it: a property and its new value.

Both are written in one form, so that a change of ours is known when it comes back: HubSpot tells everything
as text, dates as milliseconds, several choices in an order of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Final

from connector.model.event import Event
from connector.model.values import Value

WHOLE: Final = ""
"""The property of a change of which no property is told: a person was made, or changed as a whole."""

JOINED: Final = "newsletter.confirmed"
LEFT: Final = "newsletter.unsubscribed"

_LONGEST: Final = 10_000
"""Characters of a value that are compared: as many as an event keeps."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?")
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_OBJECTS: Final = {"contact": "", "company": "company.", "deal": "deal."}
_DEAL: Final = {"name": "dealname", "stage": "dealstage"}
"""Fields of a deal whose property is called otherwise at HubSpot."""


@dataclass(frozen=True, slots=True)
class Change:
    """A property and the value that it gets, as text; None is any value.

    Properties of a contact have their own name, others stand behind `company.` or `deal.`; an event that
    tells of no property (`newsletter.unsubscribed`) is its own.
    """

    name: str
    value: str | None = None

    @property
    def digest(self) -> str:
        """What stands for the value where it is compared; empty for any. The value itself is not kept."""
        if self.value is None:
            return ""
        canonical = canonical_value(self.name, self.value)
        return blake2b(canonical.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def told_by(event: Event) -> Change | None:
    """The change that an event tells of; None where it tells of none that an action of ours could make."""
    kind, _, happened = event.name.partition(".")
    if kind in _OBJECTS and (change := event.subjects.get("change")):
        return Change(_OBJECTS[kind] + str(change.get("property")), _text(change.get("value")))
    match event.name:
        case "contact.changed":
            return Change(WHOLE)
        case "newsletter.confirmed" | "newsletter.unsubscribed":
            return Change(event.name)
        case _ if kind == "deal":
            return _of_deal(happened, event.subjects.get("deal", {}))
        case _:
            return None


def canonical_value(name: str, value: str) -> str:
    """The one form of a value: numbers without empty digits, times as milliseconds, choices in order."""
    text = unicodedata.normalize("NFC", value.strip())[:_LONGEST]
    if name == "email" or text.lower() in {"true", "false"}:
        return text.lower()
    if _NUMBER.fullmatch(text):
        return _number(text)
    if _MOMENT.fullmatch(text):
        return _milliseconds(text)
    return ";".join(sorted(filter(None, text.split(";")))) if ";" in text else text


def _of_deal(happened: str, deal: Mapping[str, Value]) -> Change:
    """A deal tells of itself where nothing tells which property it was."""
    told = {name: value for name, value in deal.items() if name != "id"}
    if happened == "created" or len(told) != 1:
        return Change(f"deal.{happened}")
    ((name, value),) = told.items()
    return Change(f"deal.{_DEAL.get(name, name)}", _text(value))


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _number(text: str) -> str:
    try:
        number = Decimal(text).normalize()
    except InvalidOperation:
        return text
    return format(number + 0, "f")


def _milliseconds(text: str) -> str:
    """A time, or the midnight UTC of a date; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return str((aware - _EPOCH) // timedelta(milliseconds=1))
