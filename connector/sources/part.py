"""One part of a delivery while it is read: its expressions evaluated and typed, and what was let go noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connector.errors import ExpressionFailed, TranslationError
from connector.mapping.terms import Expression
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.sources.convert import Unreadable, convert
from connector.sources.moments import is_plausible, read_moment
from connector.sources.scope import View, value_in

_PLAIN: Final = re.compile(r"(?:body|item)\.([A-Za-z_]\w*(?:\.\w+|\[\d+\])*)")


@dataclass(frozen=True, slots=True)
class Part:
    """What the expressions see, when it came, and `notes`: a sentence for everything that was let go."""

    view: View
    received_at: datetime
    notes: list[str] = field(default_factory=list)

    def value(self, expression: Expression | None, name: str = "") -> Value:
        """The value as it is; `name` is for the path. Raises TranslationError where the expression fails."""
        try:
            return value_in(expression, self.view)
        except ExpressionFailed as error:
            raise TranslationError(path_of(expression, name), str(error)) from error

    def typed(self, expression: Expression, type_: Type, name: str) -> Value:
        """The value in its type. A time that is none is noted and missing; else raises TranslationError."""
        value = self.value(expression, name)
        try:
            return convert(value, type_)
        except Unreadable as error:
            if type_.sort in {Sort.TIME, Sort.DATE}:
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
