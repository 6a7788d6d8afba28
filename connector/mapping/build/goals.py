"""From the schema's goals to what is measured, how far it is to come, and until when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from connector.mapping.build.journeys import find_stage
from connector.mapping.build.later import tell_later
from connector.mapping.checker import Checker
from connector.mapping.durations import parse_duration
from connector.mapping.nodes import Written
from connector.mapping.schema.goals import GoalPart
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.scoring import CompanyGoal

BOUGHT: Final = "order.paid"
"""The event that is a purchase."""

_ORDINALS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_MOST: Final = 100
_PURCHASE: Final = re.compile(r"(?:([a-z]+)|([0-9]{1,3})(?:st|nd|rd|th)) purchase", re.ASCII)
_STAGE: Final = re.compile(r"stage (\S+)")
_EVENT: Final = re.compile(r"[a-z]+\.\S+")
_FORMS: Final = (
    'write an event, "second purchase", "3rd purchase" or "stage care"; each may end with "within 90d"'
)


def build_goal(
    name: Written, part: GoalPart, journeys: Mapping[str, JourneyPart], checker: Checker
) -> CompanyGoal:
    """The goal; what is wrong is told to the checker."""
    tell_later(checker, "goals", name.place)
    goal = CompanyGoal(
        name=str(name),
        measure=str(part.measure),
        target=part.target.value,
        is_share=part.target.is_share,
        by=part.by,
        place=name.place,
        sense="lower" if part.target.is_most else "raise",
    )
    return _measured(goal, part.measure, journeys, checker)


def _measured(
    goal: CompanyGoal, measure: Written, journeys: Mapping[str, JourneyPart], checker: Checker
) -> CompanyGoal:
    """The goal with what its measure says."""
    what, _, length = " ".join(measure.split()).partition(" within ")
    if length:
        goal = _within(goal, length, measure, checker)
    if found := _STAGE.fullmatch(what):
        stage = Written(found[1], measure.place_at(measure.find(found[1], 5)))
        return replace(goal, stage=find_stage(stage, journeys, checker))
    if found := _PURCHASE.fullmatch(what):
        nth = int(found[2]) if found[2] else _ORDINALS.get(found[1], 0)
        if 1 <= nth <= _MOST:
            return replace(goal, event=BOUGHT, nth=nth)
    elif _EVENT.fullmatch(what):
        event = Written(what, measure.text_place)
        return replace(goal, event=what if checker.event(event) else None)
    checker.refuse(measure.place, "M156", f'"{measure[:60]}" cannot be measured', _FORMS)
    return goal


def _within(goal: CompanyGoal, length: str, measure: Written, checker: Checker) -> CompanyGoal:
    try:
        return replace(goal, within=parse_duration(length))
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        checker.refuse(measure.place, "M123", f'"measure": {message}', hint)
        return goal
