"""The parts of the mapping language in JSON Schema, as pydantic makes it of their declarations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonRef, models_json_schema
from pydantic_core import core_schema

from connector.mapping.durations import as_written
from connector.mapping.dutch import DUTCH
from connector.mapping.editor.arguments import Schema
from connector.mapping.schema.connections import GroupPart
from connector.mapping.schema.defaults import DefaultsPart
from connector.mapping.schema.examples import ExamplePart
from connector.mapping.schema.sources import SourcePart
from connector.mapping.schema.top import AMONG, NAMED


def part_schemas() -> dict[str, Schema]:
    """The schema of every part of the language, by its name, as far as it depends on nothing but itself."""
    among = (model for given in AMONG.values() for model in given.values())
    parts = (*NAMED.values(), *among, GroupPart, DefaultsPart, SourcePart, ExamplePart)
    models = [(model, "validation") for model in parts]
    _, made = models_json_schema(models, schema_generator=_Generator)  # type: ignore[arg-type]  # str is no Literal
    return {name: part for name, part in made["$defs"].items() if "title" not in part}


def part_name(model: str) -> str:
    """The name of a part by that of its model: `WorkingDaysPart` is `working_days`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.removesuffix("Part")).lower()


class _Generator(GenerateJsonSchema):
    """Pydantic's schema without what only programs need: titles of keys, nulls, defaults that are nothing."""

    def normalize_name(self, name: str) -> str:
        return part_name(super().normalize_name(name))

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        return self.generate_inner(schema["schema"])

    def encode_default(self, dft: Any) -> Any:
        return as_written(dft) if isinstance(dft, timedelta) else super().encode_default(dft)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        made = super().default_schema(schema)
        return {key: one for key, one in made.items() if key != "default" or one}

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        made = super().model_schema(schema)
        fields: Mapping[str, FieldInfo] = schema["cls"].model_fields
        for name, field in fields.items():
            key = field.alias or name
            about = in_both(field.description or "", f"{part_name(schema['cls'].__name__)}.{key}")
            made["properties"][key] = {**made["properties"][key], "description": about}
        return {key: one for key, one in made.items() if key != "title"}

    def dict_schema(self, schema: core_schema.DictSchema) -> Schema:
        keys = self.generate_inner(schema["keys_schema"])
        values = self.generate_inner(schema["values_schema"])
        if "$ref" in keys:
            keys = self.get_schema_from_definitions(JsonRef(keys["$ref"])) or {}
        if words := keys.get("enum"):
            chosen = {str(word): values for word in words}
            return {"type": "object", "properties": chosen, "additionalProperties": False}
        if "pattern" in keys:
            return named(values, keys["pattern"])
        return {"type": "object", "additionalProperties": values}


def in_both(english: str, key: str) -> str:
    """The meaning in English, with the Dutch summary below."""
    dutch = [f"NL: {DUTCH[key]}"] if key in DUTCH else []
    return "\n\n".join([" ".join(english.split()), *dutch])


def named(values: Schema, pattern: str) -> Schema:
    """A table of values under names that fit the pattern."""
    return {"type": "object", "patternProperties": {pattern: values}, "additionalProperties": False}
