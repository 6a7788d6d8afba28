"""Many things done together: each keeps its place, its own outcome, and its own fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from connector.errors import DispatchError, Rejected, Transient, Unauthorized

A = TypeVar("A")
B = TypeVar("B")

PARTIAL: Final = 207
"""The status of an answer that tells of each part by itself."""


def spread(
    items: Sequence[A | DispatchError], work: Callable[[list[A]], Sequence[B | DispatchError]]
) -> list[B | DispatchError]:
    """What `work` makes of the items, each in its place; what is an error already stays one."""
    good = [one for one in items if not isinstance(one, DispatchError)]
    made = iter(work(good) if good else ())
    return [one if isinstance(one, DispatchError) else next(made) for one in items]


def each(items: Iterable[A], work: Callable[[A], B]) -> list[B | DispatchError]:
    """What `work` makes of each, or the DispatchError that it raised.

    Once HubSpot asks to wait or knows us no more, the others are left for later.
    """
    made: list[B | DispatchError] = []
    for one in items:
        stop = stop_of(made[-1]) if made else None
        made.append(stop if stop else _tried(work, one))
    return made


def turns(keys: Iterable[str | None]) -> list[list[int]]:
    """The places of keys in as many turns as are needed for no key to be twice in one; None is no key."""
    made: list[list[int]] = []
    seen = Counter[str]()
    for place, key in enumerate(keys):
        turn = seen[key] if key else 0
        seen.update([key] if key else [])
        made.extend([] for _ in range(turn + 1 - len(made)))
        made[turn].append(place)
    return made


def worst(outcomes: Iterable[object]) -> DispatchError | None:
    """What is told of several as one: what is not certain yet comes before a refusal, for it can be done."""
    faults = [one for one in outcomes if isinstance(one, DispatchError)]
    return min(faults, key=lambda one: isinstance(one, Rejected), default=None)


def stop_of(told: object) -> DispatchError | None:
    """Why nothing more is to be sent now; what an answer says of one part of it does not count."""
    is_one = isinstance(told, Transient | Unauthorized) and told.status != PARTIAL
    return told if is_one and isinstance(told, DispatchError) else None


def _tried(work: Callable[[A], B], one: A) -> B | DispatchError:
    try:
        return work(one)
    except DispatchError as error:
        return error
