"""Rules in words, as an administrator would write them: what a trigger listens to, what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from typing import Final, assert_never

from connector.mapping.durations import (
    BEGIN_OF_DAY,
    At,
    Delay,
    Moment,
    OnDate,
    OnWeekday,
    Tomorrow,
    WorkingDaysLater,
    as_written,
)
from connector.mapping.rules import (
    CellEntered,
    DateComes,
    FallsQuiet,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    StageEntered,
    Trigger,
    Wait,
)

_WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK: Final = "%H:%M"
_FIRST_OF_MARCH: Final = (3, 1)


def listened(trigger: Trigger) -> tuple[str, ...]:
    """Everything that the trigger listens to: its events, then the other occasions."""
    return (*sorted(trigger.on), *map(occasion, trigger.occasions))


def occasion(one: Occasion) -> str:
    """What a trigger listens to besides events."""
    match one:
        case StageEntered(journey, stage):
            return f"stage {journey}.{stage}"
        case DateComes():
            every = " every year" if one.is_yearly else ""
            leap = ", 29 February on 1 March in other years" if one.leap_day == _FIRST_OF_MARCH else ""
            return f"{_shifted(one.shift)}{one.date.text} at {one.at.strftime(_CLOCK)}{every}{leap}"
        case MomentComes():
            whom = f" for {one.segment}" if one.segment else ""
            return f"{_shifted(one.shift)}{one.moment} at {one.at.strftime(_CLOCK)}{whom}"
        case FallsQuiet(quiet, since):
            return f"quiet for {as_written(quiet)} since {', '.join(sorted(since))}"
        case ScoreCrosses(score, above, below):
            return f"score {score} above {above}" if above is not None else f"score {score} below {below}"
        case CellEntered() | SegmentEntered():
            return f"grid {one.cell}" if isinstance(one, CellEntered) else f"segment {one.segment}"
        case _:
            assert_never(one)


def wait(one: Wait) -> str:
    """What a run waits for, behind the word `wait`."""
    if one.moment is not None:
        length = isinstance(one.moment, Delay | WorkingDaysLater)
        return moment(one.moment) if length else f"until {moment(one.moment)}"
    until = one.until.text if one.until is not None else " or ".join(sorted(one.events))
    return f"until {until}" + (f", at most {moment(one.at_most)}" if one.at_most else "")


def moment(one: Moment) -> str:
    """A moment as it is written."""
    match one:
        case Delay(length):
            return as_written(length)
        case WorkingDaysLater(days):
            return f"{days} working day{'s' if days != 1 else ''}"
        case At(clock):
            return clock.strftime(_CLOCK)
        case OnWeekday(weekday, clock):
            return f"next {_WEEK[weekday]}{_at(clock)}"
        case Tomorrow(clock):
            return f"tomorrow{_at(clock)}"
        case OnDate(day, clock, shift):
            sign = "-" if shift < timedelta(0) else "+"
            return f"{day.isoformat()}{_at(clock)}" + (f" {sign} {as_written(abs(shift))}" if shift else "")
        case _:
            assert_never(one)


def bounds(trigger: Trigger) -> Iterator[str]:
    """What keeps the trigger from acting on everybody at once and always, a piece for each key."""
    if trigger.once_per != "subject":
        yield f"once per {trigger.once_per}"
    if trigger.wait is not None:
        yield f"waits {wait(trigger.wait)}"
    for event in sorted(trigger.unless_events):
        yield f"unless {event}"
    if trigger.unless is not None:
        yield f"unless {trigger.unless.text}"
    if trigger.limit is not None:
        yield f"at most {trigger.limit.count} per {as_written(trigger.limit.per)}"
    if trigger.group is not None:
        yield f"one of the group {trigger.group}, priority {trigger.priority}"
    for arm in trigger.arms:
        yield f"{percentage(arm.share)} {'held out' if arm.is_held_out else f'in arm {arm.name}'}"
    if trigger.mode.name != "live":
        share = f" {percentage(trigger.mode.share)}" if trigger.mode.name == "canary" else ""
        yield f"{trigger.mode.name}{share}"


def percentage(share: Decimal) -> str:
    """A share of 0 to 1 in percent."""
    return f"{(share * 100).normalize():f}%"


def _shifted(shift: timedelta) -> str:
    if not shift:
        return ""
    return f"{as_written(abs(shift))} {'before' if shift < timedelta(0) else 'after'} "


def _at(clock: time) -> str:
    return "" if clock == BEGIN_OF_DAY else clock.strftime(f" {_CLOCK}")
