"""Reading back where a platform has no read for many: some are read, and stand for the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from connector.errors import DispatchError, Transient
from connector.platforms.base import Done, Outcome

A = TypeVar("A")

SINGLY: Final = 20
"""So many of one call are read, each by a request of its own."""


def sampled(
    items: Sequence[A], done: Sequence[Done], read: Callable[[A, Done], Done], *, seen: int = 0
) -> list[Outcome]:
    """What reads of the first show. `read` raises a DispatchError.

    Where all of these are as they should be, the others are done, with a note that says so. Else none of them
    is taken for done: each is to be read itself. `seen` of the same call were read together.
    """
    found: list[Outcome] = []
    for item, was in list(zip(items, done, strict=True))[:SINGLY]:
        found.append(_tried(read, item, was))
        if _is_late(found[-1]):
            break
    rest = done[len(found) :]
    if all(isinstance(one, Done) for one in found):
        read_back, all_of_them = seen + len(found), seen + len(done)
        note = (
            f"{read_back} of the {all_of_them} that were answered together were read back, and not this one"
        )
        return [*found, *(replace(one, note=note) for one in rest)]
    words = "others of the same call are not as they should be, or could not be read"
    return [*found, *(Transient(words) for _ in rest)]


def _tried(read: Callable[[A, Done], Done], item: A, was: Done) -> Outcome:
    try:
        return read(item, was)
    except DispatchError as error:
        return error


def _is_late(outcome: Outcome) -> bool:
    """Whether a further read would end like this one."""
    return isinstance(outcome, Transient)
