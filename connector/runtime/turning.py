"""Things of a contact that actions turned on and off, and how they stand once some of these are undone.

What an action turned is undone where nothing else has turned it since, and towards what the actions that are
not undone had left there. Where none of them had touched it, it was off before somebody turned it on; who
turned it off may have found it off.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from connector.platforms.undoing import Switch, Way
from connector.store.queued import Queued
from connector.store.undoing import UNDO


class Verdict(StrEnum):
    """What becomes of an action that is to be undone."""

    UNDONE = "undone"
    GIVEN_UP = "given up"
    SETTLED = "settled"
    STAYS = "stays"


@dataclass(frozen=True, slots=True)
class End:
    """What becomes of one thing that an action did; `turned` is what it is to be turned to."""

    verdict: Verdict
    words: str = ""
    turned: tuple[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """An action has turned the thing of this name on or off."""

    queued: Queued
    name: str
    is_on: bool


_Thing: TypeAlias = tuple[str, str, str]
"""A connection, a kind and a name that is alike for what is one thing at the platform."""


def turned_back(
    way: Callable[[Queued], Way], standing: Iterable[Queued], undone: Collection[int]
) -> dict[int, list[End]]:
    """What becomes of the actions of these ids that turned something.

    `standing` are all that took effect or still will, in their order.
    """
    things: dict[_Thing, list[_Turn]] = {}
    for one in standing:
        if isinstance(switch := way(one), Switch):
            for name, is_on in switch.turned(one.action.arguments).items():
                thing = one.action.connection, switch.kind, switch.same(name)
                things.setdefault(thing, []).append(_Turn(one, name, is_on))
    return by_action((one.queued, end) for turns in things.values() for one, end in _ends(turns, undone))


def by_action(found: Iterable[tuple[Queued, End]]) -> dict[int, list[End]]:
    """The ends of all things that an action did, by its id."""
    ends: dict[int, list[End]] = {}
    for one, end in found:
        ends.setdefault(one.id, []).append(end)
    return ends


def _ends(turns: Sequence[_Turn], undone: Collection[int]) -> Iterator[tuple[_Turn, End]]:
    """What becomes of each turn of one thing that is to be undone."""
    mine = [one for one in turns if one.queued.id in undone]
    others = [one for one in turns if one.queued.id not in undone]
    if not mine:
        return
    *earlier, last = mine
    if last is not turns[-1]:
        yield from ((one, End(Verdict.SETTLED, since(turns[-1].queued))) for one in mine)
        return
    yield from ((one, End(Verdict.SETTLED, "it was done once more later")) for one in earlier)
    yield last, _back(last, _before(mine, others))


def _back(last: _Turn, was_on: bool | None) -> End:
    """What undoes a turn before which the thing was on or off, or nobody knows which."""
    if was_on is None:
        return End(Verdict.STAYS, "whether it was there before is not known")
    if was_on == last.is_on:
        return End(Verdict.SETTLED, "it had been done before")
    return End(Verdict.UNDONE, turned=(last.name, was_on))


def _before(mine: Sequence[_Turn], others: Sequence[_Turn]) -> bool | None:
    """How the thing would stand without what is undone; None where nobody can tell."""
    if others:
        return others[-1].is_on
    return False if mine[0].is_on else None


def since(last: Queued) -> str:
    """Who has set something since, in words."""
    rule = last.action.cause.rule
    return "it has been undone" if rule == UNDO else f"{rule.replace(':', ' ', 1)} has set it since"
