"""Classes of values that are made by the dozen for every event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def light(cls: type[_T]) -> type[_T]:
    """A dataclass that is frozen for the type checker only, and so made in a third of the time.

    A frozen dataclass sets each field through `object.__setattr__`. That was a tenth of what a decision cost.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
