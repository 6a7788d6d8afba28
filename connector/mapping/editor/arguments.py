"""The arguments of actions as an administrator may write them, in JSON Schema.

The models of the platforms describe values that are ready. In a mapping every scalar may also be a text with
values in it (`{{ order.total }}`), and an editor may take a text for a number; so what the models ask for is
loosened by exactly that.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from connector.mapping.durations import MOMENT_PATTERN
from connector.mapping.editor.forms import EVENT, SCALAR
from connector.model.action import UNTIL, ActionSpec

Schema: TypeAlias = dict[str, Any]

CLOSED_BY: Final = "an event, or a list of events, by which it closes itself"
"""What `until` of an action means."""

_TEMPLATE: Final[Schema] = {"type": "string", "pattern": r"\{\{"}
_ANYTHING: Final[Schema] = {"title": "text", "type": list(SCALAR)}
_MOMENT: Final[Schema] = {
    "title": "moment",
    "type": "string",
    "pattern": rf"^{MOMENT_PATTERN}$|\{{\{{",
    "patternErrorMessage": 'write it as "2h", "2 working days", "18:00" or "next monday 10:00"',
}
_SPELLED: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$|\{\{"}
_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def arguments_schema(spec: ActionSpec) -> Schema:
    """What may stand below the action; the model's docstring is its description."""
    model = spec.arguments.model_json_schema()
    properties = {
        name: _MOMENT | _kept(one) if name in spec.moments else _loose(one)
        for name, one in model["properties"].items()
    }
    if spec.can_close:
        several = {"type": "array", "items": EVENT}
        properties[UNTIL] = {"anyOf": [EVENT, several], "description": CLOSED_BY}
    required = {"required": model["required"]} if "required" in model else {}
    about = " ".join((spec.arguments.__doc__ or "").split())
    table = {"description": about, "properties": properties, **required, "additionalProperties": False}
    return {**table, "type": "object" if required else ["object", "null"]}


def _loose(schema: Schema) -> Schema:
    """The schema of one value, with the texts that may stand for it."""
    return {**_form(schema), **_kept(schema)}


def _kept(schema: Schema) -> Schema:
    return {key: schema[key] for key in ("description", "default") if schema.get(key)}


def _form(schema: Schema) -> Schema:
    found: Schema = {}
    match schema:
        case {"anyOf": [*forms]}:
            found = any_of([_form(one) for one in forms if one.get("type") != "null"])
        case {"enum": [*words]}:
            found = any_of([{"enum": words}, _TEMPLATE])
        case {"type": "integer" | "number" as kind}:
            bounds = {key: one for key, one in schema.items() if key in _BOUNDS}
            found = any_of([{"type": kind, **bounds}, _SPELLED])
        case {"type": "array", "items": element}:
            found = any_of([{"type": "array", "items": _form(element)}, _TEMPLATE])
        case {"type": "object"}:
            found = _table(schema)
        case {"type": "string", "pattern": pattern} if "format" not in schema:
            found = any_of([{"title": "text", "type": "string", "pattern": pattern}, _TEMPLATE])
        case {"type": "string" | "boolean"}:
            found = dict(_ANYTHING)
    return found


def _table(schema: Schema) -> Schema:
    """Names with values; whatever the names have to be, they never hold values themselves."""
    values = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    most = {"minProperties": schema["minProperties"]} if "minProperties" in schema else {}
    return {"type": "object", "additionalProperties": _form(values) if values else {}, **most}


def any_of(forms: list[Schema]) -> Schema:
    """One of several forms, each once; a text of any kind makes the narrower texts superfluous."""
    flat = [inner for one in forms for inner in one.get("anyOf", [one])]
    if _ANYTHING in flat:
        flat = [one for one in flat if one.get("type") in ("array", "object") or one == _ANYTHING]
    once = [one for place, one in enumerate(flat) if one not in flat[:place]]
    return once[0] if len(once) == 1 else {"anyOf": once}
