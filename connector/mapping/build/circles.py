"""Conditions that ask for each other: segments, scores, the grid and `expected`; none may need itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.expressions import asked_by
from connector.mapping.nodes import Written

MOST_LEVELS: Final = 12
"""How many conditions may ask for each other in a row: an answer needs all of them at once."""

_ASKED: Final = frozenset({"segments", "scores"})
_ALONE: Final = frozenset({"grid", "expected"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Something that can be asked for (`segments.loyal`, `scores.fit`, `grid`), and what it asks for itself.

    `codes` are the conditions on which it depends; `needs` what it needs besides.
    """

    name: str
    codes: tuple[Written, ...] = ()
    needs: frozenset[str] = frozenset()

    @property
    def asks(self) -> frozenset[str]:
        """Everything that it needs."""
        return self.needs.union(*map(_asked_for, self.codes))


def in_order(some: Sequence[Asking], checker: Checker) -> list[str]:
    """The names, each behind those that it asks for; what needs itself is last, and told to the checker."""
    asks = {one.name: one.asks for one in some}
    levels, left = _levels(asks)
    round_and_round, _ = _levels(_turned({name: asks[name] for name in left}))
    circle = left - round_and_round.keys()
    for one in some:
        if one.name in circle:
            _refuse_circle(one, asks, circle, checker)
        elif levels.get(one.name, 0) > MOST_LEVELS and one.codes:
            message = f"more than {MOST_LEVELS} conditions ask for each other here, one for the next"
            checker.refuse(one.codes[0].place, "M141", message, "write what they say into fewer conditions")
    return [*sorted(levels, key=lambda name: (levels[name], name)), *sorted(left)]


def _levels(asks: Mapping[str, frozenset[str]]) -> tuple[dict[str, int], set[str]]:
    """How deep each is that can be answered in the end, from 0; and those that never can."""
    askers = _turned(asks)
    unanswered = {name: len(some & asks.keys()) for name, some in asks.items()}
    ready = [name for name, count in unanswered.items() if not count]
    levels = dict.fromkeys(ready, 0)
    for name in ready:
        for asker in askers[name]:
            unanswered[asker] -= 1
            if not unanswered[asker]:
                levels[asker] = levels[name] + 1
                ready.append(asker)
    return levels, asks.keys() - levels.keys()


def _turned(asks: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """By whom each is asked for."""
    askers: dict[str, set[str]] = {name: set() for name in asks}
    for name, some in asks.items():
        for other in some & asks.keys():
            askers[other].add(name)
    return {name: frozenset(some) for name, some in askers.items()}


def _refuse_circle(
    one: Asking, asks: Mapping[str, frozenset[str]], circle: set[str], checker: Checker
) -> None:
    for code in one.codes:
        if others := sorted(_asked_for(code) & circle):
            by_way = "" if others == [one.name] else f", by way of contact.{others[0]}"
            message = f"contact.{one.name} asks for itself{by_way}"
            checker.refuse(code.place, "M141", message, "write out what one of them says")


def _asked_for(code: Written) -> frozenset[str]:
    """What a condition asks for that has conditions of its own."""
    paths = asked_by(code)
    named = {
        ".".join(path[1:]) for path in paths if path[0] == "contact" and len(path) == 3 and path[1] in _ASKED
    }
    alone = {path[1] for path in paths if path[0] == "contact" and len(path) == 2 and path[1] in _ALONE}
    return frozenset(named | alone)
