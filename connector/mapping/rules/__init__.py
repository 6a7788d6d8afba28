"""The rules of a mapping, compiled: one contract, of which nothing works alone."""

from connector.mapping.rules.journeys import Journey, Move, Stage, numbered_by_event
from connector.mapping.rules.occasions import (
    CellEntered,
    DateComes,
    FallsQuiet,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    StageEntered,
)
from connector.mapping.rules.steps import ActionTemplate, Step, Wait
from connector.mapping.rules.triggers import Arm, Goal, Hours, Mode, Trigger

__all__ = [
    "ActionTemplate",
    "Arm",
    "CellEntered",
    "DateComes",
    "FallsQuiet",
    "Goal",
    "Hours",
    "Journey",
    "Mode",
    "MomentComes",
    "Move",
    "Occasion",
    "ScoreCrosses",
    "SegmentEntered",
    "Stage",
    "StageEntered",
    "Step",
    "Trigger",
    "Wait",
    "numbered_by_event",
]
