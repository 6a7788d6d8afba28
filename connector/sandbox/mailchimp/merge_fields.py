"""Mailchimp's merge fields: what values they take, and the calls that list and create them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from connector.sandbox.exchange import Body, Json
from connector.sandbox.mailchimp.problems import Fault, invalid_merge_fields

_LONGEST_TEXT = 255
_PATTERNS = {
    "number": (r"-?\d+(\.\d+)?", "Please enter a number"),
    "birthday": (r"(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])", "Please enter a date in the format MM/DD"),
    "date": (r"\d{4}-\d{2}-\d{2}(T.*)?|\d{2}/\d{2}/\d{4}", "Please enter a date"),
    "url": (r"https?://\S+", "Please enter a valid URL"),
    "imageurl": (r"https?://\S+", "Please enter a valid URL"),
}
_ADDRESS_PARTS = ("addr1", "city", "state", "zip")


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field of an audience."""

    id: int
    tag: str
    name: str
    type: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()

    def kept(self, value: Any) -> Any:
        """The value as it is stored: a text is cut to 255 bytes."""
        if not isinstance(value, str) or self.type != "text":
            return value
        return value.encode()[:_LONGEST_TEXT].decode(errors="ignore")

    def fault(self, value: Any) -> Fault | None:
        """Why it cannot be stored; an empty text clears and is always taken."""
        if value == "":
            return None
        message = self._address_fault(value) if self.type == "address" else self._text_fault(value)
        return (self.tag, message) if message else None

    def _address_fault(self, value: Any) -> str:
        if isinstance(value, dict) and all(value.get(part) for part in _ADDRESS_PARTS):
            return ""
        return "Please enter a complete address"

    def _text_fault(self, value: Any) -> str:
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return "Please enter a value"
        if self.choices:
            return "" if value in self.choices else "Please select one of the choices"
        pattern, message = _PATTERNS.get(self.type, (".*", ""))
        return "" if re.fullmatch(pattern, str(value), re.DOTALL) else message

    def shown(self, audience: str) -> Json:
        """The field as the API shows it."""
        return {
            "merge_id": self.id,
            "tag": self.tag,
            "name": self.name,
            "type": self.type,
            "required": self.is_required,
            "default_value": "",
            "public": False,
            "display_order": self.id,
            "options": {"choices": list(self.choices)} if self.choices else {},
            "list_id": audience,
        }


class MergeFieldBody(Body):
    """A new field."""

    name: str
    type: str
    tag: str = ""
    required: bool = False
    options: dict[str, Any] = Field(default_factory=dict)

    def made(self, number: int) -> MergeField:
        """The field that this asks for; without a tag Mailchimp makes one."""
        choices = self.options.get("choices")
        options = tuple(map(str, choices)) if isinstance(choices, list) else ()
        return MergeField(number, self.tag or f"MMERGE{number}", self.name, self.type, self.required, options)


def checked(given: Mapping[str, Any], known: Mapping[str, MergeField]) -> dict[str, Any]:
    """The values to store; unknown tags are left out, as Mailchimp does. Refuses invalid ones."""
    mine = {tag.upper(): value for tag, value in given.items() if tag.upper() in known}
    if faults := [fault for tag, value in mine.items() if (fault := known[tag].fault(value))]:
        raise invalid_merge_fields(faults)
    return {tag: known[tag].kept(value) for tag, value in mine.items()}


def check_required(values: Mapping[str, Any], known: Mapping[str, MergeField]) -> None:
    """Refuse a member who lacks a required field."""
    lacking = [tag for tag, field in known.items() if field.is_required and values.get(tag, "") == ""]
    if lacking:
        raise invalid_merge_fields([(tag, "Please enter a value") for tag in lacking])
