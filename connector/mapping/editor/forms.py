"""How each declared type looks to an editor: the JSON Schema of what may be written in its place.

An editor reads YAML by its own types, so `1234567`, `true` and `12:30` may come as texts, numbers or truth
values; the loader takes all of them as text, and so do these forms. The title is the form's name in the
reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BeforeValidator, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema

from connector.mapping.durations import FREQUENCY_PATTERN, LENGTH_PATTERN
from connector.mapping.quantities import (
    DATE_PATTERN,
    DAYS_PATTERN,
    NUMBER_PATTERN,
    RANGE_PATTERN,
    SHARE_PATTERN,
)
from connector.model.vocabulary import EVENTS

SCALAR: Final = ("string", "number", "boolean")
"""The types that an editor gives to what is a text here."""

NAME_PATTERN: Final = "^[a-z][a-z0-9_]{0,62}$"
WITH_HYPHENS_PATTERN: Final = "^[a-z][a-z0-9_-]{0,62}$"
_VARIABLE: Final = r"^\$[A-Za-z_][A-Za-z0-9_]{0,126}$"


def form(title: str, **schema: Any) -> WithJsonSchema:
    """A scalar with a name for its form."""
    return WithJsonSchema({"title": title, "type": list(SCALAR), **schema})


def patterned(title: str, pattern: str, remedy: str) -> WithJsonSchema:
    """A text of a pattern; `remedy` is what an editor says where it does not fit (VS Code's own keyword)."""
    return form(title, type="string", pattern=pattern, patternErrorMessage=remedy)


def one_of(title: str, words: Iterable[str]) -> WithJsonSchema:
    """One of some words, of which there are too many to list in the reference."""
    return WithJsonSchema({"title": title, "enum": list(words)})


TEXT: Final = form("text")
EXPRESSION: Final = form("expression")
NAME: Final = patterned("name", NAME_PATTERN, "write small letters, digits and _, with a letter first")
NAME_WITH_HYPHENS: Final = patterned(
    "name", WITH_HYPHENS_PATTERN, "write small letters, digits, _ and -, with a letter first"
)
DURATION: Final = patterned("duration", f"^{LENGTH_PATTERN}$", 'write it as "30m", "4h", "3d" or "2w"')
FREQUENCY: Final = patterned("frequency", f"^{FREQUENCY_PATTERN}$", 'write it as "3 per 7d" or "1 per day"')
NUMBER: Final = form("number", pattern=f"^{NUMBER_PATTERN}$")
SHARE: Final = patterned("percentage", f"^{SHARE_PATTERN}$", 'write it as "10%"')
YES_NO: Final = WithJsonSchema({"title": "yes or no", "enum": ["yes", "no", True, False]})
DATE: Final = patterned("date", f"^{DATE_PATTERN}$", 'write it as "2027-03-06"')
DAYS: Final = patterned("days", f"^{DAYS_PATTERN}$", "write the first and the last day, as in mon-fri")
CLOCK_RANGE: Final = patterned("hours", f"^{RANGE_PATTERN}$", 'write it as "09:00-20:00"')
EVENT: Final[dict[str, Any]] = {
    "title": "event",
    "anyOf": [{"enum": list(EVENTS)}, {"type": "string", "pattern": r"^custom\."}],
}
SETTING: Final = form("text or $NAME", pattern=rf"^(?!\$)|{_VARIABLE}")
SECRET: Final = patterned(
    "$NAME", _VARIABLE, "the name of an environment variable is wanted here, never the secret itself"
)


class OneOrMore(BeforeValidator):
    """A list that may be written as its only element."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}
