"""The mapping language as a JSON Schema (draft 2020-12), for editors to complete and explain every key.

It is made of the declarations that the loader itself uses, with their meaning in English and in Dutch. An
editor sees one file at a time, so names that stand elsewhere and what is inside expressions are left to
`loods check`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from connector.mapping.editor.arguments import Schema, any_of, arguments_schema
from connector.mapping.editor.examples import with_actions, with_subjects
from connector.mapping.editor.forms import NAME_PATTERN, SCALAR, WITH_HYPHENS_PATTERN
from connector.mapping.editor.parts import in_both, named, part_name, part_schemas
from connector.mapping.own_state import OWN_SPECS
from connector.mapping.part import Part
from connector.mapping.schema.connections import ConnectionPart, GroupPart
from connector.mapping.schema.defaults import DefaultsPart
from connector.mapping.schema.examples import ExamplePart
from connector.mapping.schema.sources import SourcePart
from connector.mapping.schema.top import ABOUT, AMONG, NAMED
from connector.mapping.schema.triggers import TriggerPart
from connector.model.action import ActionSpec

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_MAY_HAVE_HYPHENS: Final = frozenset({"triggers", "sources"})
_OWN_FILES: Final = {"trigger": TriggerPart, "source": SourcePart}
"""Keys that give a name to the rest of their file, with what that is."""


def json_schema(specs: Sequence[ActionSpec], sources: Iterable[str]) -> Schema:
    """The schema of one file. `specs` are the actions of platforms, `sources` the shipped ones by name."""
    parts = part_schemas()
    parts["step"] = _step(parts["step"], specs)
    parts["given"] = with_subjects(parts["given"])
    parts["named_action"] = with_actions(parts["named_action"], specs)
    parts["connection"] = _connection(parts["connection"], specs, sources)
    parts["group"] = {**parts["group"], "additionalProperties": {"type": "string", "pattern": NAME_PATTERN}}
    actions = {f"{spec.platform}.{spec.name}": _action(spec) for spec in (*specs, *OWN_SPECS)}
    common = _common()
    whole = {
        "$schema": DIALECT,
        "description": "A file of a Loods mapping.",
        "type": "object",
        "if": {"required": ["trigger"]},
        "then": _file("trigger", parts, common),
        "else": {
            "if": {"required": ["source"]},
            "then": _file("source", parts, common),
            "else": {"properties": common, "additionalProperties": False},
        },
        "$defs": {**dict(sorted(parts.items())), **actions},
    }
    return _with_shared(whole)


def _common() -> dict[str, Schema]:
    """The keys that any file may have."""
    listed = {
        **{sort: _named(sort) for sort in NAMED},
        "connections": named(_connection_or_group(), NAME_PATTERN),
        "segments": named({"title": "expression", "type": list(SCALAR)}, NAME_PATTERN),
        "defaults": _part(DefaultsPart),
        "examples": {"anyOf": [{"type": "array", "items": _part(ExamplePart)}, _part(ExamplePart)]},
        **{key: {"title": "name", "type": "string", "pattern": WITH_HYPHENS_PATTERN} for key in _OWN_FILES},
    }
    return {key: {**listed[key], "description": in_both(about, key)} for key, about in ABOUT.items()}


def _named(sort: str) -> Schema:
    """Parts of a sort under names of their own, and among them those whose name is given."""
    given = {name: _part(model) for name, model in AMONG.get(sort, {}).items()}
    if not given:
        return named(_part(NAMED[sort]), _pattern(sort))
    others = f"^(?!({'|'.join(given)})$){_pattern(sort).removeprefix('^')}"
    return {**named(_part(NAMED[sort]), others), "properties": given}


def _pattern(sort: str) -> str:
    return WITH_HYPHENS_PATTERN if sort in _MAY_HAVE_HYPHENS else NAME_PATTERN


def _part(model: type[Part]) -> Schema:
    return {"$ref": f"#/$defs/{part_name(model.__name__)}"}


def _file(owner: str, parts: Mapping[str, Schema], common: Mapping[str, Schema]) -> Schema:
    """A file whose key `owner` gives a name to the rest of it."""
    rest = parts[part_name(_OWN_FILES[owner].__name__)]
    own = {key: one for key, one in common.items() if key not in _OWN_FILES or key == owner}
    return {
        "properties": {**own, **rest["properties"]},
        "required": [owner, *rest["required"]],
        "additionalProperties": False,
    }


def _connection_or_group() -> Schema:
    return {"if": {"required": ["choose"]}, "then": _part(GroupPart), "else": _part(ConnectionPart)}


def _connection(part: Schema, specs: Sequence[ActionSpec], sources: Iterable[str]) -> Schema:
    """A connection, with the platforms that there are, and the shipped sources to choose from."""
    platforms = sorted({spec.platform for spec in specs})
    source = {"anyOf": [{"enum": sorted(sources)}, {"type": "string", "pattern": WITH_HYPHENS_PATTERN}]}
    keys = part["properties"]
    about = {key: {"description": keys[key]["description"]} for key in ("platform", "source")}
    chosen = {"platform": {"enum": platforms, **about["platform"]}, "source": {**source, **about["source"]}}
    return {**part, "properties": {**keys, **chosen}}


def _step(part: Schema, specs: Sequence[ActionSpec]) -> Schema:
    """A step, with every action under its platform's name, and under that of any other connection."""
    platforms = sorted({spec.platform for spec in specs})
    actions: dict[str, list[Schema]] = {}
    for spec in specs:
        actions.setdefault(spec.name, []).append(_ref_to(spec))
    elsewhere = rf"^(?!({'|'.join(platforms)})\.)[a-z][a-z0-9_]{{0,62}}\."
    return {
        **part,
        "properties": {
            **part["properties"],
            **{f"{spec.platform}.{spec.name}": _ref_to(spec) for spec in (*specs, *OWN_SPECS)},
        },
        "patternProperties": {f"{elsewhere}{name}$": any_of(some) for name, some in actions.items()},
        "additionalProperties": False,
        "minProperties": 1,
    }


def _ref_to(spec: ActionSpec) -> Schema:
    return {"$ref": f"#/$defs/{spec.platform}.{spec.name}"}


def _action(spec: ActionSpec) -> Schema:
    arguments = arguments_schema(spec)
    about = in_both(arguments["description"], f"{spec.platform}.{spec.name}")
    return {**arguments, "description": about}


def _with_shared(whole: Schema) -> Schema:
    """The schema with the list of events, which stands in many places, written once."""
    shared: dict[str, Schema] = {}

    def walk(node: Any) -> Any:
        match node:
            case [*several]:
                return [walk(one) for one in several]
            case {"title": "event", "anyOf": words, **rest}:
                shared["event_name"] = {"anyOf": words}
                return {"$ref": "#/$defs/event_name", **rest}
            case {**keys}:
                return {key: walk(one) for key, one in keys.items()}
        return node

    walked = walk(whole)
    return {**walked, "$defs": {**walked["$defs"], **shared}}
