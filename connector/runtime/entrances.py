"""What entering a stage or a cell of the grid does, weighed as if triggers listened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from connector.mapping.mapping import Mapping
from connector.mapping.rules import (
    ActionTemplate,
    CellEntered,
    Journey,
    Move,
    Occasion,
    StageEntered,
    Trigger,
)
from connector.mapping.terms import Expression
from connector.model.action import Kind

_UPON: Final = " upon "


def entrances(mapping: Mapping | None) -> dict[str, Trigger]:
    """By name one for each stage whose `enter` does something, and for each cell, by what led there so far.

    And one for each move to such a stage: of a move that is new nothing was recorded, and everybody with its
    event may make it.
    """
    journeys = mapping.journeys.values() if mapping is not None else ()
    found = [one for journey in journeys for one in _of_journey(journey)]
    if mapping is not None and mapping.grid is not None:
        for cell in mapping.grid.cells.values():
            found += [_made(f"grid:{cell.name}", cell.do, CellEntered(cell.name))] if cell.do else []
    return {one.name: one for one in found}


def is_by_move(trigger: Trigger) -> bool:
    """Whether it stands for a move alone, which matters where that is new."""
    return _UPON in trigger.name


def rule_of(name: str) -> str:
    """The rule in the trace of a trigger of this name, or of what entering something does."""
    return name.partition(_UPON)[0] if ":" in name else f"trigger:{name}"


def _of_journey(journey: Journey) -> Iterator[Trigger]:
    for stage, steps in journey.enter.items():
        if not steps:
            continue
        name = f"enter:{journey.name}.{stage}"
        yield _made(name, steps, StageEntered(journey.name, stage))
        for move in journey.moves:
            if move.to == stage and move.on:
                yield _made(f"{name}{_UPON}{_listened(move)}", steps, None, move.on, move.when)


def _listened(move: Move) -> str:
    when = f" when {move.when.text}" if move.when else ""
    return ", ".join(sorted(move.on)) + when


def _made(
    name: str,
    steps: Sequence[ActionTemplate],
    occasion: Occasion | None,
    on: frozenset[str] = frozenset(),
    when: Expression | None = None,
) -> Trigger:
    return Trigger(
        name=name,
        about="",
        angle="",
        kind=Kind.INTERNAL,
        on=on,
        when=when,
        once_per="contact",
        limit=None,
        late=timedelta(0),
        do=tuple(steps),
        place=steps[0].place,
        occasions=(occasion,) if occasion is not None else (),
    )
