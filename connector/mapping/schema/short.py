"""Tables of which one key may be written alone, in place of the table."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

from connector.mapping.nodes import Table, Written
from connector.mapping.part import Part


class ShortPart(Part):
    """A table for which the value of the key `short_for` may stand."""

    short_for: ClassVar[str]

    @classmethod
    def long_form(cls, value: Any) -> Any:
        """The table with the value that was written."""
        if not isinstance(value, Written) or value.is_nothing:
            return value
        table = Table(value.place)
        table.add(Written(cls.short_for, value.place), value)
        return table

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        table = handler(schema)
        return {"anyOf": [handler.resolve_ref_schema(table)["properties"][cls.short_for], table]}
