"""Many records in one request: what became of each of them, whatever HubSpot says of the whole.

Every input carries a trace of ours. With it HubSpot takes the good ones of a batch and answers 207, where
each error and each result repeats the trace that it is about (developers.hubspot.com, multi-status errors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.platforms.hubspot.answers import Record, dicts, part_refused, proven, read_record, text
from connector.platforms.transport import Answer

A = TypeVar("A")
B = TypeVar("B")

MOST: Final = 100
"""Inputs in one request (HubSpot's limit of a batch)."""
MOST_TEXT: Final = 64 * 1024
"""Letters of all values of a batch: HubSpot repeats them in its answer, whose size the transport bounds."""
PARTIAL: Final = 207

Told: TypeAlias = dict[str, Record | DispatchError]
"""What became of each part, by its trace."""


@dataclass(frozen=True, slots=True)
class Part:
    """One input of a batch. `trace` names it there.

    `key` is the id, or the e-mail address, of what it changes; empty where it makes something.
    """

    trace: str
    key: str
    properties: Mapping[str, str]
    others: Mapping[str, Any]

    @property
    def input(self) -> dict[str, Any]:
        """As HubSpot takes it."""
        return {**self.others, "properties": self.properties, "objectWriteTraceId": self.trace}


@dataclass(frozen=True, slots=True)
class Way:
    """How a batch goes: `send` posts its inputs, `success` is the status of a whole one.

    `once`: it must not simply be repeated, for it makes something anew each time.
    """

    send: Callable[[list[dict[str, Any]]], Answer]
    success: int = 200
    once: bool = False


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


def worst(outcomes: Iterable[object]) -> DispatchError | None:
    """What is told of several as one: what is not certain yet comes before a refusal, for it can be done."""
    faults = [one for one in outcomes if isinstance(one, DispatchError)]
    return min(faults, key=lambda one: isinstance(one, Rejected), default=None)


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
    return Unknown(f"HubSpot answers with {told.id} instead of {part.key}")


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


def stop_of(told: object) -> DispatchError | None:
    """Why nothing more is to be sent now; what an answer says of one part of it does not count."""
    is_one = isinstance(told, Transient | Unauthorized) and told.status != PARTIAL
    return told if is_one and isinstance(told, DispatchError) else None


def _sorted_out(parts: Sequence[Part], body: Mapping[str, Any], way: Way) -> Told:
    errors = _errors(parts, body)
    told: Told = _results(parts, body) | {
        one.trace: errors[one.trace] for one in parts if one.trace in errors
    }
    untold = [one for one in parts if one.trace not in told]
    nameless = errors.get("")
    if untold and nameless and len(parts) > 1 and not way.once:
        return told | _in_halves(untold, way)
    nothing = nameless if nameless and len(parts) == 1 else Unknown("HubSpot's answer does not name this one")
    return told | {one.trace: nothing for one in untold}


def _results(parts: Sequence[Part], body: Mapping[str, Any]) -> Told:
    """By trace; by id or e-mail address where HubSpot does not repeat the trace; in any order."""
    results = dicts(body.get("results"))
    traces = {one.trace for one in parts}
    by_key = {key: one.trace for one in parts for key in _keys(one)}
    found: Told = {}
    for result in results:
        record = read_record(result)
        named = text(result.get("objectWriteTraceId")) or (_by_key(record, by_key) if record else "")
        if record and named in traces:
            found[named] = record
        elif record and not named and len(parts) == len(results) == 1 and not parts[0].key:
            found[parts[0].trace] = record
    return found


def _keys(part: Part) -> list[str]:
    """The id or address by which its result is known, also one that it is about to get."""
    address = part.properties.get("email", part.key) if "@" in part.key else part.key
    return [address.lower()] if address else []


def _by_key(record: Record, by_key: Mapping[str, str]) -> str:
    return by_key.get(record.id) or by_key.get(text(record.properties.get("email")).lower(), "")


def _errors(parts: Sequence[Part], body: Mapping[str, Any]) -> dict[str, DispatchError]:
    """Each error of a 207 by the traces, or the ids, that it names; by an empty one where it names none."""
    by_key = {one.key.lower(): one.trace for one in parts if one.key}
    found: dict[str, DispatchError] = {}
    for error in dicts(body.get("errors")):
        traces = said(error, "objectWriteTraceId")
        ids = [by_key.get(one.lower(), "") for one in said(error, "ids")]
        for trace in traces or ids or [""]:
            found[trace] = part_refused(error)
    return found


def said(error: Mapping[str, Any], what: str) -> list[str]:
    """The texts that an error of a 207 names under this word of its context."""
    context = error.get("context")
    found = context.get(what) if isinstance(context, dict) else None
    return [text(one) for one in (found if isinstance(found, list) else [found]) if text(one)]


def _apart(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Batches of a bounded size, in order; HubSpot refuses one that names a record twice."""
    while parts:
        batch: list[Part] = []
        left: list[Part] = []
        size, keys = 0, set[str]()
        for one in parts:
            size += sum(map(len, one.properties.values()))
            if batch and (size > MOST_TEXT or len(batch) == MOST or one.key in keys):
                left.append(one)
            else:
                batch.append(one)
                keys |= {one.key} - {""}
        yield batch
        parts = left


def _tried(work: Callable[[A], B], one: A) -> B | DispatchError:
    try:
        return work(one)
    except DispatchError as error:
        return error
