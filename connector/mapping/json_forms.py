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

SCALAR: Final = ("string", "number", "boolean")
"""The types that an editor gives to what is a text here."""

NAME_PATTERN: Final = "^[a-z][a-z0-9_]{0,62}$"
WITH_HYPHENS_PATTERN: Final = "^[a-z][a-z0-9_-]{0,62}$"
_VARIABLE: Final = r"^\$[A-Za-z_][A-Za-z0-9_]{0,126}$"


def form(title: str, **schema: Any) -> WithJsonSchema:
    """A scalar with a name for its form."""
    return WithJsonSchema({"title": title, "type": list(SCALAR), **schema})


def one_of(title: str, words: Iterable[str]) -> WithJsonSchema:
    """One of some words, of which there are too many to list in the reference."""
    return WithJsonSchema({"title": title, "enum": list(words)})


TEXT: Final = form("text")
EXPRESSION: Final = form("expression")
NAME: Final = form("name", type="string", pattern=NAME_PATTERN)
NAME_WITH_HYPHENS: Final = form("name", type="string", pattern=WITH_HYPHENS_PATTERN)
DURATION: Final = form("duration", type="string", pattern=f"^{LENGTH_PATTERN}$")
FREQUENCY: Final = form("frequency", type="string", pattern=f"^{FREQUENCY_PATTERN}$")
SETTING: Final = form("text or $NAME", pattern=rf"^(?!\$)|{_VARIABLE}")
SECRET: Final = form("$NAME", type="string", pattern=_VARIABLE)


class OneOrMore(BeforeValidator):
    """A list that may be written as its only element."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}
