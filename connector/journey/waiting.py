"""How a wait begins: until when it lasts at most, when it is looked at, and what it is for.

A wait for a condition is asked upon every event of the contact and, since time alone may make it true, once a
day. One that has no `at_most` is given up after a year, so that nothing waits for ever.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.errors import ExpressionFailed
from connector.journey.conditions import ask
from connector.journey.hours import zone_of
from connector.journey.timing import resolve, working_days_later
from connector.journey.view import View
from connector.mapping.durations import Moment, WorkingDaysLater
from connector.mapping.rules import Wait
from connector.model.contact import Run
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.light import light

LOOK_AGAIN: Final = timedelta(days=1)
"""How often a condition is asked while nothing happens."""
LOOK_FOR_STOPS: Final = timedelta(hours=1)
"""How often it is asked whether what is stopped may go on; whoever lets it go on has it asked at once."""
GIVEN_UP_AFTER: Final = timedelta(days=365)
"""How long a condition or an event without `at_most` is waited for."""


@light
class Waiting:
    """A wait under way: when to look, until when at most, and what for, in a word or two."""

    wakes_at: datetime
    until: datetime | None = None
    waits_for: str = "moment"


def begin(view: View, wait: Wait, since: datetime) -> Waiting | None:
    """The wait as it begins at a moment; None where there is nothing to wait for. Raises ExpressionFailed."""
    asked = ask(view, wait.condition)
    if asked.refusal is Answer.FAILED:
        raise ExpressionFailed(asked.detail)
    if asked.refusal:
        return None
    if wait.moment is not None:
        return Waiting(moment_of(view, wait.moment, since))
    until = moment_of(view, wait.at_most, since) if wait.at_most else since + GIVEN_UP_AFTER
    if wait.events:
        return Waiting(until, until, ", ".join(sorted(wait.events)))
    if is_fulfilled(view, wait):
        return None
    return Waiting(min(until, view.now + LOOK_AGAIN), until, "condition")


def not_past(waiting: Waiting, now: datetime) -> Waiting:
    """The same wait, looked at now at the earliest."""
    return waiting if waiting.wakes_at >= now else replace(waiting, wakes_at=now)


def held_up(run: Run, waiting: Waiting, event: Event, due_at: datetime | None) -> Run:
    """The run while it waits: by which event it goes, and since when it could have gone on if it is held."""
    return Run(
        at=run.at,
        acted=run.acted,
        acted_at=run.acted_at,
        arm=run.arm,
        step=run.step,
        text=run.text,
        wakes_at=waiting.wakes_at,
        waits_for=waiting.waits_for,
        until=waiting.until,
        event=event,
        ended=run.ended,
        ahead=run.ahead,
        due_at=due_at,
        taken_from=run.taken_from,
    )


def is_fulfilled(view: View, wait: Wait) -> bool:
    """Whether the condition of a wait has come true. Raises ExpressionFailed."""
    if wait.until is None:
        return False
    asked = ask(view, wait.until)
    if asked.refusal is Answer.FAILED:
        raise ExpressionFailed(asked.detail)
    return asked.refusal is None


def moment_of(view: View, moment: Moment, since: datetime) -> datetime:
    """When a moment is, seen from another, on the contact's own clocks where these are known.

    A wait of working days ends at the time of day at which it began. Raises ExpressionFailed where the
    calendar ends.
    """
    defaults = view.mapping.defaults
    zone = zone_of(view.contact, defaults)
    if zone is not defaults.time_zone:
        defaults = replace(defaults, time_zone=zone)
    try:
        if isinstance(moment, WorkingDaysLater):
            return working_days_later(moment.days, since, defaults)
        return resolve(moment, since, defaults)
    except (ValueError, OverflowError) as error:
        raise ExpressionFailed(str(error)) from None
