"""What all parts of the schema share: unknown keys are named, places are kept, complaints become problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from connector.errors import Problem
from connector.mapping.nodes import Table, Tree, Written, node_at
from connector.mapping.scalars import NOT_BUILT, did_you_mean, not_built
from connector.mapping.terms import Place

P = TypeVar("P", bound="Part")

_TABLE: Final = ("keys with values are wanted", "as in {key: value}")
_LIST: Final = ("a list is wanted", 'as in [a, b], or each on a line of its own that begins with "- "')
_SHAPES: Final = {
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "dict_type": _TABLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
}


class Part(BaseModel):
    """A table of keys in a mapping. `later` are keys that the language has and this version does not.

    `meant` are words that other tools have for a key, each with what to write here.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, use_attribute_docstrings=True
    )
    later: ClassVar[frozenset[str]] = frozenset()
    meant: ClassVar[Mapping[str, str]] = {}
    _written: Table = PrivateAttr()

    @property
    def place(self) -> Place:
        """Where the table begins."""
        return self._written.place

    def place_of(self, key: str) -> Place:
        """Where the key stands."""
        return self._written.place_of(key)

    def place_of_value(self, key: str) -> Place:
        """Where the value of the key begins."""
        return self._written[key].place

    @classmethod
    def keys(cls) -> frozenset[str]:
        """Every key that may be written."""
        return frozenset(one.alias or name for name, one in cls.model_fields.items())

    @model_validator(mode="wrap")
    @classmethod
    def _remember(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        table = cls.long_form(value)
        if not isinstance(table, Table):
            return handler(table)
        part = handler(cls._known(table, [] if info.context is None else info.context))
        part.remember(table)
        return part

    @classmethod
    def long_form(cls, value: Any) -> Any:
        """The table that a shorter form stands for; parts that have one say so here."""
        return value

    def remember(self, table: Table) -> None:
        """Keep the table that this part was read from, for its places."""
        self._written = table

    @classmethod
    def _known(cls, table: Table, problems: list[Problem]) -> dict[str, Tree]:
        """The table less its unknown keys, which become problems; pydantic would not know what is meant."""
        if cls.model_config["extra"] == "allow":
            problems.extend(_unbuilt(table, cls.later))
            foreign = table.keys() & cls.meant.keys()
            problems.extend(_unknown(table, frozenset(table.keys() - foreign), cls.meant))
            return {key: node for key, node in table.items() if key not in cls.later}
        known = cls.keys()
        problems.extend(_unbuilt(table, cls.later) or _unknown(table, known, cls.meant))
        return {key: node for key, node in table.items() if key in known}


def read_part(model: type[P], tree: Tree, problems: list[Problem]) -> P | None:
    """The part that the tree holds, or None; what is wrong with it is added to `problems`."""
    try:
        return model.model_validate(tree, context=problems)
    except ValidationError as error:
        refused = {(one.line, one.column) for one in problems if one.code == NOT_BUILT}
        found = error.errors(include_url=False, include_input=False)
        problems.extend(_problem(one, tree) for one in found if not _is_replaced(one, tree, refused))
        return None


def read_rest(model: type[P], tree: Tree) -> P | None:
    """What is left of a part without the keys that have problems, so that the rest is checked too."""
    if not isinstance(tree, Table):
        return None
    problems: list[Problem] = []
    try:
        return model.model_validate(tree, context=problems)
    except ValidationError as error:
        wrong = {one["loc"][0] for one in error.errors() if one["loc"]}
    rest = Table(tree.place)
    for key, node in tree.items():
        if key not in wrong:
            rest.add(tree.keys_written[key], node)
    return read_part(model, rest, problems)


def problem_at(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """A problem at a place."""
    return Problem(place.file, place.line, place.column, code, message, hint)


def unknown_key(place: Place, key: str, known: Iterable[str]) -> Problem:
    """The problem of a key that does not exist, with the nearest that does."""
    hint = did_you_mean(key, known) or f"known: {', '.join(sorted(known))}"
    return problem_at(place, "M120", f'there is no key "{key[:60]}" here', hint)


def _unbuilt(table: Table, later: frozenset[str]) -> list[Problem]:
    return [problem_at(table.place_of(key), *not_built(key)) for key in table if key in later]


def _unknown(table: Table, known: frozenset[str], meant: Mapping[str, str]) -> list[Problem]:
    return [_foreign(table, key, meant.get(key), known) for key in table if key not in known]


def _foreign(table: Table, key: str, meant: str | None, known: frozenset[str]) -> Problem:
    problem = unknown_key(table.place_of(key), key, known)
    return problem if meant is None else replace(problem, hint=meant)


def _is_replaced(error: ErrorDetails, tree: Tree, refused: set[tuple[int, int]]) -> bool:
    """Whether a key is only missing because the table has one in its place that is not built yet."""
    node = node_at(tree, error["loc"])
    if error["type"] != "missing" or not isinstance(node, Table):
        return False
    return any((place.line, place.column) in refused for place in map(node.place_of, node))


def _problem(error: ErrorDetails, tree: Tree) -> Problem:
    path, context = error["loc"], error.get("ctx", {})
    node, place, about = _meant(path, tree)
    match error["type"]:
        case "refused":
            return problem_at(place, context["code"], about + context["message"], context["hint"])
        case "missing":
            return problem_at(place, "M121", f"{about}missing, and needed")
        case "literal_error" | "enum":
            known = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            word = str(node)[:60]
            return problem_at(
                place, "M124", f'{about}"{word}" is none of the choices', did_you_mean(word, known)
            )
    if isinstance(node, Written) and node.is_nothing:
        return problem_at(place, "M127", f"{about}there is no value", "write one, or leave the key out")
    message, hint = _SHAPES.get(error["type"], (error["msg"], ""))
    return problem_at(place, "M122" if hint else "M123", about + message, hint)


def _meant(path: tuple[int | str, ...], tree: Tree) -> tuple[Tree, Place, str]:
    """What a complaint about `path` is about, where that stands, and its key to begin a sentence with."""
    if path[-1:] == ("[key]",):
        table, key = node_at(tree, path[:-2]), str(path[-2])
        place = table.place_of(key) if isinstance(table, Table) else table.place
        return Written(key, place), place, ""
    node = node_at(tree, path)
    words = [step for step in path if isinstance(step, str) and not step.startswith("_")]
    return node, node.place, f'"{words[-1]}": ' if words else ""
