"""What tells apart mappings by which time, or the past, means something else: names for their rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import fields, is_dataclass
from typing import Any, Final

from connector.mapping.mapping import Mapping
from connector.mapping.rules import MomentComes, ScoreCrosses, StageEntered, Trigger

NOTHING: Final = "nothing"
"""The name where time by itself means nothing for anybody who does not wait."""


def clockwork(mapping: Mapping) -> str:
    """The same for mappings by which every contact is to be looked at at the same moments.

    Where a rule stands, what it does and what it asks of events make no difference.
    """
    rules = sorted(repr(one) for one in _rules(mapping))
    if not rules:
        return NOTHING
    around = repr(plain(mapping.defaults.time_zone.key))
    return hashlib.sha256("\n".join([around, *rules]).encode()).hexdigest()


def of_history(mapping: Mapping) -> str:
    """The same for mappings by whose moves and scores a history comes to the same.

    What entering a stage does makes no difference; the segments do that these rules may ask for.
    """
    rules = [(name, one.order, plain(one.moves)) for name, one in sorted(mapping.journeys.items())]
    said = repr([*rules, plain(mapping.scores)])
    asks_for_segments = "segments" in said
    return hashlib.sha256(
        f"{said}{plain(mapping.segments) if asks_for_segments else ''}".encode()
    ).hexdigest()


def _rules(mapping: Mapping) -> Iterator[Any]:
    occasions = [one for trigger in mapping.triggers.values() for one in _occasions(trigger)]
    yield from occasions
    yield from ((one.name, "paused") for one in mapping.triggers.values() if one.mode.name == "paused")
    for journey in mapping.journeys.values():
        yield from ((journey.name, plain(move)) for move in journey.moves if move.quiet is not None)
    kinds = {type(one) for trigger in mapping.triggers.values() for one in trigger.occasions}
    if MomentComes in kinds:
        yield plain(mapping.calendar)
    if ScoreCrosses in kinds or mapping.grid is not None:
        yield plain(mapping.scores)
        yield plain(mapping.grid.axes if mapping.grid else None)


def _occasions(trigger: Trigger) -> Iterator[Any]:
    for one in trigger.occasions:
        if not isinstance(one, StageEntered):
            yield trigger.name, type(one).__name__, plain(one)


def plain(value: Any) -> Any:
    """A value without the places where it was written; an expression is its text."""
    if is_dataclass(value) and not isinstance(value, type):
        held = ((field.name, getattr(value, field.name)) for field in fields(value))
        return tuple((name, plain(one)) for name, one in held if name != "place")
    if isinstance(value, Table):
        return tuple(sorted((str(key), plain(one)) for key, one in value.items()))
    if isinstance(value, frozenset):
        return tuple(sorted(map(repr, map(plain, value))))
    if isinstance(value, tuple | list):
        return tuple(map(plain, value))
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else value
