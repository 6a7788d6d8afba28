"""Tables of the keys of the mapping language, one a part, as Markdown."""

from __future__ import annotations

from typing import Any, Final

from connector.mapping.dutch import DUTCH
from connector.mapping.editor.arguments import Schema
from connector.mapping.editor.parts import part_schemas
from connector.mapping.schema.top import ABOUT

_HEAD: Final = "| key | form | meaning | default | in het Nederlands |\n|---|---|---|---|---|"


def top_level() -> str:
    """The keys that a file may begin with."""
    rows = (f"| `{key}` | {about} | {DUTCH[key]} |" for key, about in ABOUT.items())
    return "\n".join(["| key | holds | in het Nederlands |", "|---|---|---|", *rows])


def keys_of(part: str) -> str:
    """The keys of a part, each with what may be written, what it means, and what holds without it."""
    schema = part_schemas()[part]
    table: Schema = next((one for one in schema.get("anyOf", []) if "properties" in one), schema)
    needed = table.get("required", [])
    rows = (_row(part, key, one, key in needed) for key, one in table["properties"].items())
    return "\n".join([_HEAD, *rows])


def _row(part: str, key: str, schema: Schema, is_needed: bool) -> str:
    about = schema["description"].split("\n")[0].replace("|", "\\|")
    default = "required" if is_needed else _code(schema["default"]) if "default" in schema else ""
    return f"| `{key}` | {_form(schema)} | {about} | {default} | {DUTCH[f'{part}.{key}']} |"


def _code(value: Any) -> str:
    return f"`{value}`"


def _form(schema: Schema) -> str:
    """What may be written, in a few words."""
    match schema:
        case {"$ref": ref}:
            name = ref.rsplit("/", 1)[-1]
            found = f"[{name}](#{name})"
        case {"title": title}:
            found = title.replace("$NAME", "`$NAME`")
        case {"enum": [*words]}:
            found = ", ".join(map(_code, words))
        case {"const": word}:
            found = _code(word)
        case {"anyOf": [one, {"type": "array"}]}:
            found = f"{_form(one)}; or a list"
        case {"anyOf": [*forms]} | {"oneOf": [*forms]}:
            found = " or ".join(map(_form, forms))
        case {"type": "array", "items": element}:
            found = f"list of {_form(element)}"
        case _:
            found = f"by name: {_form(_value(schema))}"
    return str(found)


def _value(table: Schema) -> Schema:
    """What stands under each name of a table."""
    named = table.get("patternProperties") or table.get("properties") or {"": table["additionalProperties"]}
    value: Schema = next(iter(named.values()))
    return value
