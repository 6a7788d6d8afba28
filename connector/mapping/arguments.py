"""Whether what is written below an action fits it: the names always, the values where they are constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from connector.errors import Problem
from connector.mapping.durations import parse_moment
from connector.mapping.expressions.kinds import NOUNS
from connector.mapping.nodes import Items, Table, Tree, Written, node_at
from connector.mapping.part import problem_at
from connector.mapping.scalars import did_you_mean
from connector.mapping.terms import Place, Rendered
from connector.model.action import ActionSpec
from connector.model.types import Sort

_WANTED: Final[Mapping[str, str]] = {
    "bool_parsing": "yes or no is wanted",
    "decimal_parsing": "a number is wanted",
    "dict_type": "keys with values are wanted",
    "int_from_float": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "int_type": "a whole number is wanted",
    "mapping_type": "keys with values are wanted",
    "model_type": "keys with values are wanted",
    "string_pattern_mismatch": "this has not the form that is wanted",
    "string_too_short": "a text is wanted, and this is empty",
    "string_type": "a text is wanted",
    "too_short": "at least one is wanted",
    "tuple_type": "a list is wanted",
}
"""Pydantic's kinds of misfits in an administrator's words; the others it puts well itself."""

_WHOLE: Final = frozenset({Sort.RECORD, Sort.LIST})
_PLAIN: Final[Mapping[object, str]] = {str: "a text", int: "a whole number", Decimal: "a number"}
_NEVER: Final[Mapping[str, frozenset[Sort]]] = {
    "a text": _WHOLE,
    "a whole number": _WHOLE | {Sort.YES_NO, Sort.DATE, Sort.TIME, Sort.STAGE},
    "a number": _WHOLE | {Sort.YES_NO, Sort.DATE, Sort.TIME, Sort.STAGE},
    "a moment": _WHOLE | {Sort.YES_NO, Sort.NUMBER, Sort.STAGE},
}
"""What each sort of argument can never be made of."""

_BESIDE: Final = frozenset({"if", "name", "verify", "wait"})
"""What stands beside an action, where it has no such argument itself."""

FIELDS: Final = "fields"
"""The argument that holds properties of the platform."""

_SOME_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands for a moment when the values are tried on the action's model."""


def check_arguments(spec: ActionSpec, table: Table, place: Place) -> Iterator[Problem]:
    """What is wrong with the arguments of an action whose name stands at `place`."""
    yield from check_names(spec, table)
    yield from _moments(spec, table)
    yield from _values(spec, table, place, _names(spec))


def check_names(spec: ActionSpec, table: Table) -> Iterator[Problem]:
    """The arguments that an action does not have."""
    known = _names(spec)
    for key in table:
        if key not in known:
            message = f'{spec.platform}.{spec.name} has no "{key[:60]}"'
            yield problem_at(table.place_of(key), "M136", message, _instead_of(key, known))


def _instead_of(key: str, known: list[str]) -> str:
    """What to do with an argument that the action does not have."""
    if key in _BESIDE:
        return f'"{key}" stands beside the action, in the same column'
    hint = did_you_mean(key, known)
    if FIELDS in known:
        return "; ".join(filter(None, [hint, f"properties stand below {FIELDS}:"]))
    return hint


def check_sorts(spec: ActionSpec, rendered: Mapping[str, Rendered], table: Table) -> Iterator[Problem]:
    """The arguments that are one value, `{{ … }}`, of a sort that can never be what is wanted there."""
    for name, one in spec.arguments.model_fields.items():
        key = one.alias or name
        sort = getattr(getattr(rendered.get(key), "type", None), "sort", None)
        wanted = "a moment" if key in spec.moments else _wanted(one.annotation)
        if sort in _NEVER.get(wanted, frozenset()):
            message = f"{spec.platform}.{spec.name}, {key}: {wanted} is wanted, and this is {NOUNS[sort]}"
            hint = "name one of its values; a list is joined, as in | join(', ')"
            if sort not in _WHOLE:
                hint = f"name a value that is {wanted}"
            yield problem_at(table[key].place, "M137", message, hint)


def _wanted(annotation: object) -> str:
    """The sort of a plain argument, as far as that is one."""
    kinds = {annotation, *get_args(annotation)} - {type(None)}
    return next((said for kind, said in _PLAIN.items() if kinds in ({kind}, {kind, annotation})), "")


def is_template(written: Written) -> bool:
    """Whether the text has values in it, so that it cannot be checked before they are known."""
    return "{{" in written


def _names(spec: ActionSpec) -> list[str]:
    return [one.alias or name for name, one in spec.arguments.model_fields.items()]


def _moments(spec: ActionSpec, table: Table) -> Iterator[Problem]:
    for name in sorted(spec.moments & table.keys()):
        node = table[name]
        if not isinstance(node, Written) or is_template(node):
            continue
        try:
            parse_moment(node)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            yield problem_at(node.place, "M123", f'"{name}": {message}', hint)


def _values(spec: ActionSpec, table: Table, place: Place, known: list[str]) -> Iterator[Problem]:
    values = {name: plain(node) for name, node in table.items() if name in known}
    moments = dict.fromkeys(spec.moments & values.keys(), _SOME_MOMENT)
    try:
        spec.arguments.model_validate({**values, **moments})
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            yield from _misfit(spec, one, table, place)


def _misfit(spec: ActionSpec, error: ErrorDetails, table: Table, place: Place) -> Iterator[Problem]:
    node = node_at(table, error["loc"])
    if error["type"] != "missing" and any(one.is_nothing or is_template(one) for one in _texts(node)):
        return
    name = ".".join(str(step) for step in error["loc"])
    at = place if node is table else node.place
    if error["type"] == "missing":
        yield problem_at(
            at, "M121", f'{spec.platform}.{spec.name} needs "{name}"', "write it below the action"
        )
    else:
        said, hint = _said(error, node)
        what = f"{spec.platform}.{spec.name}{f', {name}' if name else ''}"
        yield problem_at(at, "M137", f"{what}: {said}", hint)


def _said(error: ErrorDetails, node: Tree) -> tuple[str, str]:
    """What is wrong with a value, and what to write."""
    if error["type"] == "literal_error":
        choices = str(error.get("ctx", {}).get("expected", ""))
        return f'"{node}" is none of the choices'[:100], f"write {choices.replace(chr(39), '')}"
    if "@" in str(error.get("ctx", {}).get("pattern", "")):
        return "this is no e-mail address", "as in sales@example.com"
    hint = f"as in [{node}]" if error["type"] == "tuple_type" and isinstance(node, Written) else ""
    if error["type"] == "string_too_short" and node:
        return error["msg"], hint
    return _WANTED.get(error["type"]) or error["msg"].removeprefix("Value error, "), hint


def plain(node: Tree) -> Any:
    """The texts, lists and dictionaries of a tree, without their places."""
    match node:
        case Written():
            return str(node)
        case Items():
            return [plain(one) for one in node]
        case _:
            return {key: plain(one) for key, one in node.items()}


def _texts(node: Tree) -> Iterator[Written]:
    match node:
        case Written():
            yield node
        case Items():
            for one in node:
                yield from _texts(one)
        case _:
            for one in node.values():
                yield from _texts(one)
