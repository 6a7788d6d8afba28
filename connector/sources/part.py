"""One part of a delivery while it is read: its expressions evaluated and typed, and what was let go noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar, cast

from connector.errors import ExpressionFailed, TranslationError
from connector.mapping.terms import CannotTell, Expression
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.convert import Unreadable, convert
from connector.sources.moments import is_plausible, read_moment
from connector.sources.scope import View

_OF_TIME: Final = frozenset({Sort.TIME, Sort.DATE})
_PLAIN: Final = re.compile(r"(?:body|item)\.([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)")


_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Part:
    """What the expressions see, when it came, and `notes`: a sentence for everything that was let go.

    `shared` is what several rules read alike, by its name, each with its notes.
    """

    view: View
    received_at: datetime
    notes: list[str] = field(default_factory=list)
    shared: dict[str, tuple[object, list[str]]] = field(default_factory=dict)

    def value(self, expression: Expression | None, name: str = "") -> Value:
        """The value as it is; `name` is for the path. Raises TranslationError where the expression fails."""
        if expression is None:
            return None
        try:
            value = expression(self.view)
        except ExpressionFailed as error:
            raise TranslationError(path_of(expression, name), str(error)) from error
        return None if isinstance(value, CannotTell) else value

    def typed(self, expression: Expression, type_: Type, name: str) -> Value:
        """The value in its type. A time that is none is noted and missing; else raises TranslationError."""
        value = self.value(expression, name)
        try:
            return convert(value, type_)
        except Unreadable as error:
            if type_.sort in _OF_TIME:
                self.note(f"{name} {error}")
                return None
            raise TranslationError(path_of(expression, name), f"{name} {error}") from error

    def moment(self, *expressions: Expression | None) -> datetime:
        """The first time that is told; when it came, if none is, or none that can be meant."""
        told = next((value for one in expressions if not is_empty(value := self.value(one))), None)
        if told is None:
            return self.received_at
        moment = read_moment(told)
        if moment is not None and is_plausible(moment, self.received_at):
            return moment
        self.note("its time cannot be right" if moment else "its time cannot be read")
        return self.received_at

    def once(self, name: str, read: Callable[[Part], _Read]) -> _Read:
        """What all rules read alike under this name; the first of them reads it. Nobody may change it."""
        if name not in self.shared:
            fresh = Part(self.view, self.received_at)
            self.shared[name] = read(fresh), fresh.notes
        found, notes = self.shared[name]
        for sentence in notes:
            self.note(sentence)
        return cast("_Read", found)

    def anew(self) -> Part:
        """The same part for another rule, with nothing noted yet."""
        return Part(self.view, self.received_at, shared=self.shared)

    def note(self, sentence: str) -> None:
        """Say once what was let go."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def of_item(self, item: Value) -> Part:
        """The same part with an element of a list in view as `item`."""
        return Part({**self.view, "item": item}, self.received_at, self.notes)


def is_empty(value: Value) -> bool:
    """Whether nothing was said: a missing value or a blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


def path_of(expression: Expression | None, name: str) -> str:
    """Where in the payload an expression looks, where that is one place; else the name of what it is for."""
    found = _PLAIN.fullmatch(expression.text.strip()) if expression else None
    return found[1] if found else name


@contextmanager
def below(path: str) -> Iterator[None]:
    """Put a path before that of a TranslationError from inside."""
    try:
        yield
    except TranslationError as error:
        inner = f".{error.path}" if error.path and not error.path.startswith("[") else error.path
        raise TranslationError(path + inner, error.reason) from error
