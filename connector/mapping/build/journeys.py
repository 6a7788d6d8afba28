"""From the schema's journeys to stages, moves and what entering a stage does."""

from __future__ import annotations

from collections.abc import Collection

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.checker import Checker, names_for
from connector.mapping.nodes import Written
from connector.mapping.rules import ActionTemplate, Journey, Move, Stage
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.journeys import JourneyPart, MovePart
from connector.model.types import Type


def build_journey(
    name: Written, part: JourneyPart, contact: Type, actions: ActionBuilder, checker: Checker
) -> Journey:
    """The journey; what is wrong is told to the checker."""
    if not part.stages:
        place = part.place_of_value("stages") if "stages" in part.model_fields_set else part.place
        hint = "write at least one, or begin with a preset, as in preset: see_think_do_care"
        checker.refuse(place, "M121", '"stages" is empty', hint)
    for stage in part.stages:
        if not any(move.to == stage for move in part.moves):
            hint = f"add one under moves: with to: {stage}"
            checker.warn(stage.place, "M151", f'no move leads to the stage "{stage}"', hint)
    return Journey(
        name=str(name),
        label=str(part.name or name),
        stages=tuple(
            Stage(str(stage), str(one.label), str(one.about or "")) for stage, one in part.stages.items()
        ),
        moves=tuple(_move(move, part.stages, contact, checker) for move in part.moves),
        enter={str(stage): _enter(stage, part, contact, actions, checker) for stage in part.enter},
    )


def events_into(part: JourneyPart, stage: str) -> frozenset[str]:
    """The events on which a contact may enter the stage."""
    return frozenset(str(event) for move in part.moves if move.to == stage for event in move.on)


def know_stage(stage: Written, known: Collection[str], checker: Checker) -> None:
    """That there is such a stage; it is a problem if not."""
    if stage not in known:
        checker.refuse(stage.place, "M132", f'there is no stage "{stage[:60]}"', did_you_mean(stage, known))


def _move(part: MovePart, stages: Collection[str], contact: Type, checker: Checker) -> Move:
    events = frozenset(str(event) for event in part.on if checker.event(event))
    know_stage(part.to, stages, checker)
    if part.from_ is not None:
        know_stage(part.from_, stages, checker)
        if part.from_ == part.to:
            checker.refuse(
                part.from_.place, "M132", f'a move from "{part.to}" to itself', "change one of the two"
            )
    return Move(
        on=events,
        to=str(part.to),
        from_stage=str(part.from_) if part.from_ is not None else None,
        when=checker.condition(part.when, names_for(events, contact)),
        place=part.place,
    )


def _enter(
    stage: Written, part: JourneyPart, contact: Type, actions: ActionBuilder, checker: Checker
) -> tuple[ActionTemplate, ...]:
    know_stage(stage, part.stages, checker)
    return actions.steps(part.enter[stage], names_for(events_into(part, stage), contact))
