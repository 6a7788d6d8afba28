"""The examples of a mapping as an editor sees them: the fields of every subject, and actions in part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from connector.mapping.editor.arguments import Schema
from connector.mapping.editor.forms import SCALAR
from connector.model.action import ActionSpec
from connector.model.types import Sort, Type
from connector.model.vocabulary import SUBJECTS

_NUMBER: Final[Schema] = {"type": ["number", "string"], "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"}
_MOMENT: Final[Schema] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}"}


def with_subjects(given: Schema) -> Schema:
    """What is given, with every subject that an event may carry."""
    subjects = {name: _value(kind) for name, kind in SUBJECTS.items()}
    return {**given, "properties": {**given["properties"], **subjects}, "additionalProperties": False}


def with_actions(named: Schema, specs: Sequence[ActionSpec]) -> Schema:
    """An action by its name, under that of any connection; none of its arguments has to be written."""
    platforms = sorted({spec.platform for spec in specs})
    elsewhere = rf"^(?!({'|'.join(platforms)})\.)[a-z][a-z0-9_]{{0,62}}\."
    return {
        **named,
        "properties": {f"{spec.platform}.{spec.name}": _arguments(spec) for spec in specs},
        "patternProperties": {elsewhere: {"type": ["object", "null"]}},
        "additionalProperties": False,
        "minProperties": 1,
    }


def _arguments(spec: ActionSpec) -> Schema:
    fields = spec.arguments.model_fields.items()
    known: dict[str, Any] = {name: {"description": one.description or ""} for name, one in fields}
    return {"type": ["object", "null"], "properties": known, "additionalProperties": False}


def _value(kind: Type) -> Schema:
    about = {"description": kind.about} if kind.about else {}
    return {**_form(kind), **about}


def _form(kind: Type) -> Schema:
    match kind.sort:
        case Sort.RECORD:
            fields = {name: _value(one) for name, one in kind.fields.items()}
            others = _value(kind.item) if kind.item else False
            return {"type": "object", "properties": fields, "additionalProperties": others}
        case Sort.LIST:
            item = _value(kind.item or Type(Sort.TEXT))
            return {"anyOf": [{"type": "array", "items": item}, item]}
        case Sort.NUMBER:
            return dict(_NUMBER)
        case Sort.TIME:
            return dict(_MOMENT)
        case _:
            return {"type": list(SCALAR)}
