"""Many in one request: what became of each of them, whatever HubSpot says of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connector.errors import DispatchError, Rejected, Unknown
from connector.platforms.hubspot.answers import Record, proven
from connector.platforms.hubspot.parts import Part, Told, refused_parts, told_parts
from connector.platforms.hubspot.together import PARTIAL, stop_of
from connector.platforms.transport import Answer

MOST: Final = 100
"""Inputs in one request (HubSpot's limit of a batch)."""
MOST_TEXT: Final = 64 * 1024
"""Bytes of all that a batch writes: HubSpot repeats it in its answer, whose size the transport bounds."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a batch goes: `send` posts its inputs, `success` is the status of a whole one.

    `once`: it must not simply be repeated, for it makes something anew each time.
    """

    send: Callable[[list[dict[str, Any]]], Answer]
    success: int = 200
    once: bool = False


def write(parts: Sequence[Part], way: Way) -> Told:
    """What became of each.

    HubSpot may refuse a whole batch for one of its parts. Such a batch has no effect, and is sent again in
    halves until the one that is refused stands alone. Once HubSpot asks to wait or knows us no more, nothing
    further is sent.
    """
    told: Told = {}
    for batch in _apart(parts):
        told |= _unsent(batch, told) or _written(batch, way)
    return told


def about(part: Part, told: Record | DispatchError) -> Record | DispatchError:
    """The record, where it is the part's own; one that was merged has another id, and then values of ours."""
    if isinstance(told, DispatchError):
        return told
    if told.id == part.key or part.properties.items() <= told.properties.items():
        return told
    return Unknown(f"HubSpot answers with {told.id} instead of {part.key}", status=200)


def _written(parts: Sequence[Part], way: Way) -> Told:
    try:
        body = proven(way.send([one.input for one in parts]), way.success, PARTIAL, once=way.once)
    except Rejected as error:
        if len(parts) > 1 and error.status != 403:
            return _in_halves(parts, way)
        return {one.trace: error for one in parts}
    except DispatchError as error:
        return {one.trace: error for one in parts}
    return _sorted_out(parts, body, way)


def _in_halves(parts: Sequence[Part], way: Way) -> Told:
    middle = (len(parts) + 1) // 2
    told = _written(parts[:middle], way)
    return told | (_unsent(parts[middle:], told) or _written(parts[middle:], way))


def _unsent(parts: Sequence[Part], told: Told) -> Told:
    """What stands for parts that are better not sent now; nothing where they may be."""
    stop = next((stop for one in told.values() if (stop := stop_of(one))), None)
    return {one.trace: stop for one in parts} if stop else {}


def _sorted_out(parts: Sequence[Part], body: Mapping[str, Any], way: Way) -> Told:
    errors = refused_parts(parts, body, once=way.once)
    told: Told = told_parts(parts, body) | {
        one.trace: errors[one.trace] for one in parts if one.trace in errors
    }
    untold = [one for one in parts if one.trace not in told]
    nameless = errors.get("")
    if untold and nameless and len(parts) > 1 and not way.once:
        return told | _in_halves(untold, way)
    unnamed = Unknown("HubSpot's answer does not name this one", status=way.success)
    nothing = nameless if nameless and len(parts) == 1 else unnamed
    return told | {one.trace: nothing for one in untold}


def _length(text: str) -> int:
    return len(text.encode(errors="replace"))


def _apart(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Batches of a bounded size, in order; HubSpot refuses one that names a record twice."""
    while parts:
        batch: list[Part] = []
        left: list[Part] = []
        size, keys = 0, set[str]()
        for one in parts:
            size += sum(map(_length, (*one.properties, *one.properties.values())))
            if batch and (size > MOST_TEXT or len(batch) == MOST or one.key in keys):
                left.append(one)
            else:
                batch.append(one)
                keys |= {one.key} - {""}
        yield batch
        parts = left
