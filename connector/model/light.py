"""Classes of values that are made by the dozen for every event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def light(cls: type[_T]) -> type[_T]: ...


@overload
def light(*, order: bool = False, slots: bool = True) -> Callable[[type[_T]], type[_T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def light(
    cls: type[_T] | None = None, *, order: bool = False, slots: bool = True
) -> type[_T] | Callable[[type[_T]], type[_T]]:
    """A dataclass that is frozen for the type checker only, and so made in a third of the time.

    A frozen dataclass sets each field through `object.__setattr__`. That was a tenth of what a decision cost.
    With `order` its values are compared by their fields. They are hashed by all of them, where the class does
    not say itself by what.
    """

    def made(one: type[_T]) -> type[_T]:
        return dataclass(slots=slots, unsafe_hash="__hash__" not in vars(one), order=order)(one)

    return made if cls is None else made(cls)
