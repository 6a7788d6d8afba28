"""What is promised of time: nobody is forgotten, nothing comes early, and what is to come does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from tests.simulation.step import Step

WAITS: Final = {
    ("trigger:thank", 1): timedelta(hours=2),
    ("trigger:thank", 3): timedelta(hours=26),
    ("trigger:reminder", 1): timedelta(hours=4),
    ("trigger:reminder", 3): timedelta(hours=6),
}
"""How long after its event a step comes at the earliest; a further event begins a wait anew."""

ALWAYS: Final = ("file.downloaded", "thank", (1, 3))
"""What follows upon every one of these events, by any version: the trigger and its actions' steps."""


def nothing_comes_early(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        wait = WAITS.get((one.cause["rule"], one.cause["step"]))
        event = _event(step, one.cause["event_key"])
        if wait and event is not None and one.decided_at < event.occurred_at + wait:
            yield f"{one.cause['rule']} came {one.decided_at - event.occurred_at} after its event"


def nobody_is_due_when_nothing_is_to_be_done(step: Step) -> Iterator[str]:
    if not step.is_idle or not step.went_well:
        return
    for row in step.now.contacts.values():
        if row.wakes_at is not None and row.wakes_at <= step.at:
            yield f"{row.id} was to be looked at at {row.wakes_at}"


def work_comes_to_its_end(step: Step) -> Iterator[str]:
    for said in step.said("restless"):
        yield f"after {said.facts['turns']} turns at one moment there was still something to do"


def whoever_waits_is_looked_at_in_time(step: Step) -> Iterator[str]:
    if not step.is_idle or not step.went_well or step.now.sweeping:
        return
    paused = step.seen.paused.union(*(said.facts["paused"].split(",") for said in step.said("live")))
    for row in step.now.contacts.values():
        for trigger, at in _waits(row):
            is_forgotten = row.wakes_at is None or row.wakes_at > at + timedelta(seconds=1)
            if trigger not in paused and is_forgotten:
                yield f"{row.id} waits in {trigger} until {at}, and is looked at at {row.wakes_at}"


def what_always_follows_has_followed(step: Step) -> Iterator[str]:
    name, trigger, numbers = ALWAYS
    made = Counter(
        (one.cause["event_key"], one.cause["step"])
        for one in step.now.actions.values()
        if one.cause["rule"] == f"trigger:{trigger}"
    )
    for key, row in step.seen.events.items():
        person = step.now.contacts[step.now.became.get(row.contact_id, row.contact_id)]
        if row.event["name"] != name or person.state.get("erased_at"):
            continue
        for number in numbers:
            if made[key, number] != 1 and not (made[key, number] == 0 and _was_dropped(person, trigger, row)):
                yield f"step {number} of {trigger} came {made[key, number]} times upon {key}"


def _was_dropped(person: Row[Any], trigger: str, row: Row[Any]) -> bool:
    """Whether somebody has given up what waited upon this event, after a stop."""
    name = row.event["subjects"]["file"]["id"]
    run = person.state.get("runs", {}).get(trigger, {}).get(f"file:website:{name}", {})
    return bool(run.get("ended") == "dropped")


def _event(step: Step, key: str) -> Row[Any] | None:
    found = (row for row in step.now.events if row.event["key"] == key)
    return step.seen.events.get(key) or next(found, None)


def _waits(row: Row[Any]) -> Iterator[tuple[str, datetime]]:
    for trigger, runs in row.state.get("runs", {}).items():
        for run in runs.values():
            if run.get("wakes_at"):
                yield trigger, datetime.fromisoformat(run["wakes_at"])


PROMISES: Final = (
    nothing_comes_early,
    nobody_is_due_when_nothing_is_to_be_done,
    work_comes_to_its_end,
    whoever_waits_is_looked_at_in_time,
)
LAST: Final = (what_always_follows_has_followed,)
