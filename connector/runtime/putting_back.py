"""Values that actions wrote at platforms, and which of them are put back once some of these are undone.

Only what was written last is put back, where that is to be undone: to what was there before the first of the
writes that nothing else stands between. What that was the platform's own history tells; where it has none,
only what another rule had written is known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Final, TypeAlias

from connector.model.values import Value
from connector.platforms.undoing import PUT_BACK, Values, Way
from connector.runtime.turning import End, Verdict, by_action, since
from connector.store.queued import Queued

WHERE_OURS: Final = "where it still is as it was written"
"""What is put back is so only there: the platform is asked as it is done."""

UNKNOWN: Final = "what was there before is not known"


@dataclass(frozen=True, slots=True)
class _Write:
    """An action has written this value, in such a way."""

    queued: Queued
    way: Values
    name: str
    value: Value

    @property
    def at(self) -> datetime:
        """When it was decided."""
        return self.queued.action.decided_at


_Thing: TypeAlias = tuple[str, str, str]
"""A connection, a record there and the name of what it holds."""


def put_back(
    way: Callable[[Queued], Way], standing: Iterable[Queued], undone: Collection[int]
) -> dict[int, list[End]]:
    """What becomes of the actions of these ids that wrote values.

    `standing` are all that took effect or still will, in their order.
    """
    things: dict[_Thing, list[_Write]] = {}
    for one in standing:
        if isinstance(values := way(one), Values):
            record = repr(sorted(values.about(one.action.arguments).items()))
            for name, value in values.written(one.action.arguments).items():
                thing = one.action.connection, record, name
                things.setdefault(thing, []).append(_Write(one, values, name, value))
    return by_action((one.queued, end) for writes in things.values() for one, end in _ends(writes, undone))


def _ends(writes: Sequence[_Write], undone: Collection[int]) -> Iterator[tuple[_Write, End]]:
    """What becomes of each write of one thing that is to be undone."""
    standing = _standing(writes)
    mine = [one for one in writes if one.queued.id in undone]
    left = [one for one in standing if one.queued.id in undone]
    yield from ((one, End(Verdict.SETTLED, "it has been undone")) for one in mine if one not in left)
    if not left:
        return
    if left[-1] is not standing[-1]:
        yield from ((one, End(Verdict.SETTLED, since(standing[-1].queued))) for one in left)
        return
    yield from ((one, End(Verdict.SETTLED, "it was written once more later")) for one in left[:-1])
    latest = [*takewhile(lambda one: one.queued.id in undone, reversed(standing))]
    before = standing[: len(standing) - len(latest)]
    remembers = left[-1].way.remembers
    if not remembers and not before:
        yield left[-1], End(Verdict.STAYS, UNKNOWN)
        return
    was = {} if remembers else {"was": before[-1].value}
    yield left[-1], End(Verdict.UNDONE, WHERE_OURS, (left[-1].name, _written(writes, latest[-1]) | was))


def _standing(writes: Iterable[_Write]) -> list[_Write]:
    """The writes but for those that were put back, all since the first of them."""
    standing: list[_Write] = []
    for one in writes:
        match one.value:
            case {"since": datetime() as begin, "values": [*ours]} if one.queued.action.name == PUT_BACK:
                while standing and standing[-1].at >= begin and standing[-1].value in ours:
                    standing.pop()
            case _:
                standing.append(one)
    return standing


def _written(writes: Sequence[_Write], first: _Write) -> dict[str, Value]:
    """All values that were ours since this write: also those that were put back meanwhile."""
    ours: list[Value] = []
    for one in writes[writes.index(first) :]:
        if one.queued.action.name != PUT_BACK and one.value not in ours:
            ours.append(one.value)
    return {"values": ours, "since": first.at}
