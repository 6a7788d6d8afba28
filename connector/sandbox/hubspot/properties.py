"""HubSpot's properties and the values that they take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from connector.sandbox.exchange import Json, instant
from connector.sandbox.hubspot.refusals import Invalid

Given: TypeAlias = Mapping[str, str | int | float | bool | None]
"""Values as they come in a body; HubSpot keeps them all as text."""

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a kind of record. An enumeration without options takes any value."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    options: tuple[str, ...] = ()
    is_unique: bool = False
    is_read_only: bool = False
    is_custom: bool = False
    group: str = "contactinformation"

    def refusal(self, value: str) -> Invalid | None:
        """Why HubSpot does not take this value, or None; an empty one clears and is always taken."""
        if self.is_read_only:
            return Invalid(self.name, "READ_ONLY_VALUE", f'"{self.name}" is a read only property')
        if not value:
            return None
        if self.name == "email" and not _EMAIL.fullmatch(value):
            return Invalid("email", "INVALID_EMAIL", f"Email address {value} is invalid")
        return self._by_type(value)

    def _by_type(self, value: str) -> Invalid | None:
        match self.type:
            case "enumeration":
                return self._by_options(value)
            case "number" if not _NUMBER.fullmatch(value):
                return Invalid(self.name, "INVALID_NUMBER", f"{value} was not a valid number.")
            case "bool" if value not in {"true", "false"}:
                return self._not_allowed(value, ("true", "false"))
            case "date" if not _is_moment(value, midnight=True):
                return Invalid(self.name, "INVALID_DATE", f"{value} is not a date at midnight UTC.")
            case "datetime" if not _is_moment(value, midnight=False):
                return Invalid(self.name, "INVALID_LONG", f"{value} was not a valid long.")
        return None

    def _by_options(self, value: str) -> Invalid | None:
        chosen = value.split(";") if self.field_type == "checkbox" else [value]
        odd = [one for one in chosen if one and self.options and one not in self.options]
        return self._not_allowed(odd[0], self.options) if odd else None

    def _not_allowed(self, value: str, options: Iterable[str]) -> Invalid:
        allowed = ", ".join(options)
        return Invalid(
            self.name, "INVALID_OPTION", f"{value} was not one of the allowed options: [{allowed}]"
        )

    def shown(self) -> Json:
        """The property as the API shows it."""
        options = [
            {"label": o, "value": o, "displayOrder": n, "hidden": False} for n, o in enumerate(self.options)
        ]
        return {
            "name": self.name,
            "label": self.label,
            "description": "",
            "groupName": self.group,
            "type": self.type,
            "fieldType": self.field_type,
            "options": options,
            "hasUniqueValue": self.is_unique,
            "hubspotDefined": not self.is_custom,
            "hidden": False,
            "archived": False,
            "modificationMetadata": {"readOnlyValue": self.is_read_only},
        }


def seeded(seed: Json) -> Property:
    """A property as the seed file writes it."""
    return Property(
        seed["name"],
        seed["label"],
        seed["type"],
        seed["fieldType"],
        tuple(seed.get("options", ())),
        seed.get("hasUniqueValue", False),
        seed.get("isReadOnly", False),
    )


def as_text(values: Given) -> dict[str, str]:
    """Values as HubSpot keeps them: text, null as the empty one, the e-mail address in lower case."""
    texts = {name: _text(value) for name, value in values.items()}
    return {name: text.strip().lower() if name == "email" else text for name, text in texts.items()}


def refusals(values: Mapping[str, str], known: Mapping[str, Property]) -> list[Invalid]:
    """What HubSpot has against these values, in their order."""
    found = (_refusal(name, value, known.get(name)) for name, value in values.items())
    return [one for one in found if one]


def _refusal(name: str, value: str, prop: Property | None) -> Invalid | None:
    if prop is None:
        return Invalid(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    return prop.refusal(value)


def _text(value: str | float | bool | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _is_moment(value: str, *, midnight: bool) -> bool:
    """Whether a value is milliseconds since 1970 or ISO 8601; `midnight` asks for a whole day in UTC."""
    if re.fullmatch(r"-?\d+", value):
        return not midnight or int(value) % _DAY_MS == 0
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return not midnight or instant(moment).endswith("T00:00:00.000Z") or len(value) == len("2026-11-22")
