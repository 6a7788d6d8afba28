"""From the schema's journeys to stages, moves and what entering a stage does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Final

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.checker import Checker, names_for
from connector.mapping.nodes import Written
from connector.mapping.rules import ActionTemplate, Journey, Move, Stage
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.journeys import JourneyPart, MovePart
from connector.model.types import Type

QUIET: Final = "a quiet period"
"""Stands among the events that lead into a stage for a move by quiet."""


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
    if part.subject == "company":
        checker.needs_companies(part.place_of("subject"), "nobody goes through this journey")
    return Journey(
        name=str(name),
        label=str(part.name or name),
        stages=tuple(
            Stage(str(stage), str(one.label), str(one.about or "")) for stage, one in part.stages.items()
        ),
        moves=tuple(_move(move, part.stages, contact, checker) for move in part.moves),
        enter={str(stage): _enter(stage, part, contact, actions, checker) for stage in part.enter},
        subject=part.subject,
    )


def events_into(part: JourneyPart, stage: str) -> Set[str]:
    """The events on which a contact may enter the stage; a move by quiet is none, and carries nothing."""
    moves = [move for move in part.moves if move.to == stage]
    by_quiet = {QUIET for move in moves if move.quiet is not None}
    return by_quiet.union(*({str(event) for event in move.on} for move in moves))


def know_stage(stage: Written, known: Collection[str], checker: Checker) -> None:
    """That there is such a stage; it is a problem if not."""
    if stage not in known:
        checker.refuse(stage.place, "M132", f'there is no stage "{stage[:60]}"', did_you_mean(stage, known))


def find_stage(written: Written, journeys: Mapping[str, JourneyPart], checker: Checker) -> tuple[str, str]:
    """Journey and stage of `care` or `main.care`; no journey (empty) where there is no such stage."""
    journey, dot, stage = written.rpartition(".")
    if dot and journey in journeys:
        known = journeys[journey].stages
        know_stage(Written(stage, written.place), known, checker)
        return (journey, stage) if stage in known else ("", stage)
    found = [name for name, part in journeys.items() if written in part.stages]
    if len(found) == 1 or "main" in found:
        return ("main" if "main" in found else found[0]), str(written)
    if found:
        hint = f"say which: {', '.join(f'{name}.{written}' for name in sorted(found))}"
        checker.refuse(written.place, "M132", f'several journeys have a stage "{written}"', hint)
    else:
        know_stage(written, {stage for part in journeys.values() for stage in part.stages}, checker)
    return "", str(written)


def _move(part: MovePart, stages: Collection[str], contact: Type, checker: Checker) -> Move:
    know_stage(part.to, stages, checker)
    if part.from_ is not None:
        know_stage(part.from_, stages, checker)
        if part.from_ == part.to:
            checker.refuse(
                part.from_.place, "M132", f'a move from "{part.to}" to itself', "change one of the two"
            )
    _check_what_moves(part, checker)
    _check_cycle(part, list(stages), checker)
    events = frozenset(str(event) for event in part.on if checker.event(event))
    return Move(
        on=events,
        to=str(part.to),
        from_stage=str(part.from_) if part.from_ is not None else None,
        when=checker.condition(part.when, names_for(events or {QUIET}, contact)),
        place=part.place,
        quiet=part.quiet,
        since=frozenset(str(event) for event in part.since if checker.event(event)),
        begins_cycle=part.cycle,
    )


def _check_what_moves(part: MovePart, checker: Checker) -> None:
    """That it is events or quiet, and that quiet says since what and from where."""
    if part.quiet is None:
        if not part.on:
            hint = "say on: and an event, or quiet: and a length of time"
            checker.refuse(part.place, "M121", "nothing makes this move", hint)
        if part.since:
            checker.refuse(
                part.place_of("since"), "M167", '"since" means nothing without "quiet"', "add quiet: 90d"
            )
        return
    if part.on:
        hint = "make two moves of it, one with on: and one with quiet: and since:"
        checker.refuse(part.place_of("on"), "M167", 'a move is by "on" or by "quiet"', hint)
    for key, is_there, hint in (
        ("since", part.since, "say since which event it is quiet, as in since: order.paid"),
        ("from", part.from_, "say from which stage quiet leads away, as in from: care"),
    ):
        if not is_there:
            checker.refuse(part.place_of("quiet"), "M121", f'"quiet" needs "{key}"', hint)


def _check_cycle(part: MovePart, stages: Sequence[str], checker: Checker) -> None:
    """That stages begin anew only where a move leads back."""
    if not part.cycle:
        return
    known = part.to in stages and part.from_ in stages
    if part.from_ is None or (known and stages.index(part.to) > stages.index(part.from_)):
        message = '"cycle" means nothing where a move does not lead back'
        hint = f"say from which later stage, as in from: {stages[-1] if stages else 'care'}"
        checker.refuse(part.place_of("cycle"), "M167", message, hint)


def _enter(
    stage: Written, part: JourneyPart, contact: Type, actions: ActionBuilder, checker: Checker
) -> tuple[ActionTemplate, ...]:
    know_stage(stage, part.stages, checker)
    return actions.steps(part.enter[stage], names_for(events_into(part, stage), contact))
