"""What comparisons with fixed values leave of a value: nothing, where they exclude each other."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_HOLDS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda value, some: value in some,
    "notin": lambda value, some: value not in some,
}
_OPPOSITE: Final = {"gt": "lteq", "lteq": "gt", "lt": "gteq", "gteq": "lt", "in": "notin", "notin": "in"}
_BELOW: Final = frozenset({"lt", "lteq"})
_ABOVE: Final = frozenset({"gt", "gteq"})


@dataclass(frozen=True, slots=True)
class Bound:
    """What a value must be: `gt`, `gteq`, `lt` or `lteq` a value, or `in` or `notin` a set of them."""

    sign: str
    value: Any

    @property
    def opposite(self) -> Bound:
        """What it must be where this does not hold."""
        return Bound(_OPPOSITE[self.sign], self.value)

    def allows(self, value: object) -> bool:
        """Whether the value is within."""
        return _HOLDS[self.sign](value, self.value)


def compared(sign: str, value: object) -> Bound:
    """The bound of `… sign value`; `eq` and `ne` are those of a set of one."""
    match sign:
        case "eq":
            return Bound("in", frozenset({value}))
        case "ne":
            return Bound("notin", frozenset({value}))
        case _:
            return Bound(sign, value)


def leave_nothing(bounds: Sequence[Bound]) -> bool:
    """Whether no value is within all bounds; never so where one may be."""
    few = min((one.value for one in bounds if one.sign == "in"), key=len, default=None)
    if few is not None:
        return not any(all(one.allows(value) for one in bounds) for value in few)
    low = max((one.value for one in bounds if one.sign in _ABOVE), default=None)
    high = min((one.value for one in bounds if one.sign in _BELOW), default=None)
    if low is None or high is None or low < high:
        return False
    return low > high or not all(one.allows(low) for one in bounds)
