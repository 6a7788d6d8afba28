"""What every part of a mapping is made of: places, compiled expressions and texts, frequencies."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeAlias

from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file of the mapping's folder, line and column from 1.

    `where` is how traces and messages name it.
    """

    file: str
    line: int
    column: int
    where: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", f"{self.file}:{self.line}")

    def __str__(self) -> str:
        return self.where


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The third answer: a value that was needed is missing; `path` names it (`contact.counters.x`)."""

    path: str


Scope: TypeAlias = "abc.Mapping[str, object]"
"""The names that an expression may use (`event`, `contact`, … or `body`, `headers`), as nested dicts."""


class Expression(Protocol):
    """A compiled expression; pure, bounded, and free of exceptions but `ExpressionFailed`."""

    text: str
    place: Place

    def __call__(self, scope: Scope, /) -> Value | CannotTell:
        """The value, or that it cannot be told."""

    def seen(self, scope: Scope) -> dict[str, Value]:
        """The values that it reads in this scope, by their paths; missing ones are None."""


class Text(Protocol):
    """A compiled text: constant, or with values in `{{ }}`."""

    text: str
    place: Place
    is_constant: bool

    def __call__(self, scope: Scope, /) -> Value:
        """The text; one that is a single `{{ … }}` keeps its type, and is None where the value is missing."""


Rendered: TypeAlias = "Text | abc.Sequence[Rendered] | abc.Mapping[str, Rendered]"
"""An action's argument: a text, or lists and dictionaries of them."""


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most `count` within `per`."""

    count: int
    per: timedelta
