"""How a run tells of itself: one entry of the trace for all that it did in one decision."""

from __future__ import annotations

from collections.abc import Sequence

from connector.journey.conditions import Asked
from connector.journey.plans import STOP
from connector.journey.waiting import Waiting
from connector.mapping.local_time import tell_local
from connector.mapping.mapping import Defaults
from connector.mapping.rules import Trigger
from connector.model.decision import Answer, TraceEntry


def one_entry(trigger: Trigger, said: Sequence[Asked]) -> TraceEntry:
    """One entry for all that a run said: that it acted, if it did, else its last word."""
    if len(said) == 1:
        only = said[0]
        return TraceEntry(
            trigger.rule, only.refusal or Answer.ACTED, trigger.place.where, only.seen, only.detail
        )
    answers = [one.refusal for one in said]
    answer = Answer.ACTED if Answer.ACTED in answers else answers[-1] or Answer.ACTED
    detail = "; ".join(one.detail for one in said if one.detail)
    saw = next((one.seen for one in said if one.seen), {})
    return TraceEntry(trigger.rule, answer, trigger.place.where, saw, detail)


def until_when(waiting: Waiting, defaults: Defaults) -> str:
    """What a run waits for, and until when by the company's clocks, in words."""
    if waiting.waits_for == STOP:
        return "it waits until somebody lets it go on"
    at = tell_local(waiting.until or waiting.wakes_at, defaults.time_zone)
    match waiting.waits_for:
        case "moment" | "hours" | "group":
            return f"it waits until {at}"
        case "complaint":
            return f"it waits until that is resolved, until {at} at most"
        case _:
            return f"it waits for {waiting.waits_for}, until {at} at most"
