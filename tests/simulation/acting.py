"""What is promised of decisions: what they made exists, and only what guards let pass was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from tests.simulation.step import Step

LIMITS: Final = {"trigger:browsed": timedelta(days=3)}
"""Rules that act once in so long for a contact."""
PRESSURE: Final = {"trigger:browsed": 9}
USUAL_PRESSURE: Final = 2
"""Marketing that may have reached a contact within a day."""
DAY: Final = timedelta(days=1)
GROUP: Final = frozenset({"trigger:browsed", "trigger:reminder", "trigger:nightly"})
"""Of which one at a time acts for a contact."""


_BY_ITSELF: Final = "trigger:kept"
"""The only rule of the simulation that changes our own state."""


def a_decision_and_its_actions_exist_together(step: Step) -> Iterator[str]:
    acted = {
        (row.contact_id, entry["rule"], at)
        for row, at in _decisions(step)
        for entry in row.trace or ()
        if entry["answer"] == "acted" and entry["rule"].partition(":")[0] in {"trigger", "enter", "grid"}
    }
    made = {(one.contact_id, one.cause["rule"], one.decided_at) for one in step.new_actions}
    made |= {(row.contact_id, _BY_ITSELF, row.decided_at) for row in step.now.events if _is_deed(row)}
    for contact, rule, _ in sorted(acted - made):
        yield f"{rule} acted for {contact}, and no action is there"
    for contact, rule, _ in sorted(made - acted):
        yield f"there is an action of {rule} for {contact}, and it did not act"


def _is_deed(row: Row[Any]) -> bool:
    """Whether the event says what a rule did to our own state: such an action is done at once, and has no row
    of its own."""
    return bool(row.event["name"].startswith("own."))


def an_action_is_made_once(step: Step) -> Iterator[str]:
    """Once for each of those who have become one, since the same moment may have come for both before.

    A stage acts once for each time that it is entered. An event that comes late may show that the moment
    which had been the first time was the second, which then acts upon that same moment.
    """
    several = Counter(step.now.became.values())
    for cause, made in _by_cause(step).items():
        if len(made) > 1 and len(made) > _times(step, made[0]) + several[made[0].contact_id]:
            yield f"{len(made)} actions for {cause}"


def _times(step: Step, action: Row[Any]) -> int:
    """How often this may be done: what entering a stage does, as often as its event has happened."""
    return max(1, _happened(step, action)) if action.cause["rule"].startswith("enter:") else 1


def _happened(step: Step, action: Row[Any]) -> int:
    """How often the event upon which this was done has happened to the contact."""
    new = [one for one in step.now.events if one.contact_id == action.contact_id]
    name = str(action.cause["event"])
    before = step.seen.people[str(action.contact_id)].counts[name]
    return before + sum(bool(one.event["name"] == name) for one in new)


def _by_cause(step: Step) -> dict[tuple[str, str, int, str], list[Row[Any]]]:
    made: dict[tuple[str, str, int, str], list[Row[Any]]] = {}
    for one in step.now.actions.values():
        made.setdefault(_cause(one), []).append(one)
    return made


def nothing_is_decided_before_its_time(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        if one.decided_at > step.at:
            yield f"{one.cause['rule']} was decided at {one.decided_at}, it is {step.at}"


def marketing_relies_on_evidence(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        if one.kind == "marketing" and not one.consent:
            yield f"{one.cause['rule']} is marketing, and relies on no consent"


def a_limit_holds(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        per = LIMITS.get(one.cause["rule"])
        if per and any(one.decided_at - at < per for at in _earlier(step, one, {one.cause["rule"]})):
            yield f"{one.cause['rule']} has acted for {one.contact_id} twice within {per}"


def pressure_holds(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        if one.kind != "marketing":
            continue
        most = PRESSURE.get(one.cause["rule"], USUAL_PRESSURE)
        touches = {
            _touch(other)
            for other in step.now.actions.values()
            if other.contact_id == one.contact_id
            and other.kind == "marketing"
            and other.id < one.id
            and one.decided_at - other.decided_at < DAY
        }
        if len(touches - {_touch(one)}) >= most:
            yield f"{one.contact_id} was reached {len(touches)} times within a day before {one.cause['rule']}"


def of_a_group_one_acts(step: Step) -> Iterator[str]:
    """Upon one event, or at one look; `nightly` may go on when the one before it is over."""
    for row, _ in _decisions(step):
        acted = {entry["rule"] for entry in row.trace or () if entry["answer"] == "acted"} & GROUP
        if len(acted - {"trigger:nightly"}) > 1:
            yield f"{sorted(acted)} have acted for {row.contact_id} at once"


def who_goes_first_goes_first(step: Step) -> Iterator[str]:
    """A reminder has the highest priority of its group: nobody ends one that waits by acting upon a page."""
    for row in step.now.events:
        answers = {(entry["rule"], entry["answer"]) for entry in row.trace or ()}
        if {("trigger:browsed", "acted"), ("trigger:reminder", "outranked")} <= answers:
            yield f"a reminder of {row.contact_id} was outranked by what it goes before"


def an_arm_stays(step: Step) -> Iterator[str]:
    for contact in step.now.contacts.values():
        for trigger, runs in contact.state.get("runs", {}).items():
            for run in runs.values():
                arm = run.get("arm")
                if run.get("taken_from"):
                    continue
                if arm and step.seen.arms.setdefault((contact.id, trigger), arm) != arm:
                    yield f"{contact.id} has changed its arm of {trigger}"


def who_is_held_out_gets_nothing(step: Step) -> Iterator[str]:
    # Whoever became one with somebody in this step had acted by an arm of their own.
    joined = {older for younger, older in step.now.became.items() if younger not in step.before.became}
    for one in step.new_actions:
        trigger = one.cause["rule"].removeprefix("trigger:")
        if one.contact_id not in joined and step.seen.arms.get((one.contact_id, trigger)) == "held_out":
            yield f"{one.contact_id} is held out of {trigger} and gets {one.name}"


def what_is_called_off_does_not_act(step: Step) -> Iterator[str]:
    for one in step.new_actions:
        if one.cause["rule"] != "trigger:reminder":
            continue
        about = step.seen.events.get(one.cause["event_key"])
        for ordered_at, decided_at in step.seen.people[one.contact_id].orders:
            if about is not None and ordered_at >= about.occurred_at and decided_at < one.decided_at:
                yield f"an order at {ordered_at} called off the reminder of {one.cause['event_key']}"


def _decisions(step: Step) -> Iterator[tuple[Row[Any], datetime]]:
    yield from ((row, row.decided_at) for row in step.now.events)
    yield from ((row, row.at) for row in step.now.looks)


def _cause(one: Row[Any]) -> tuple[str, str, int, str]:
    return one.contact_id, one.cause["rule"], one.cause["step"], one.cause["event_key"]


def _touch(one: Row[Any]) -> tuple[datetime, str, str]:
    """What is done together reaches a contact once."""
    return one.decided_at, one.cause["rule"], one.cause["event_key"]


def _earlier(step: Step, one: Row[Any], rules: set[str]) -> Iterator[datetime]:
    for other in step.now.actions.values():
        if other.contact_id == one.contact_id and other.cause["rule"] in rules and other.id < one.id:
            yield other.decided_at


PROMISES: Final = (
    a_decision_and_its_actions_exist_together,
    an_action_is_made_once,
    nothing_is_decided_before_its_time,
    marketing_relies_on_evidence,
    a_limit_holds,
    pressure_holds,
    of_a_group_one_acts,
    who_goes_first_goes_first,
    an_arm_stays,
    who_is_held_out_gets_nothing,
    what_is_called_off_does_not_act,
)
