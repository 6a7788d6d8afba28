"""What is promised of actions on their way: to whom they may go, in which order, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row

from tests.simulation.history import Said
from tests.simulation.scripted import SPECS, WAIT_FOR
from tests.simulation.step import Step

_LOOKED_UP: Final = {spec.name for specs in SPECS.values() for spec in specs if spec.can_look_up}
_REPEATABLE: Final = {spec.name for specs in SPECS.values() for spec in specs if spec.is_idempotent}
_OPEN: Final = frozenset({"waiting", "sending", "unknown"})
_OVER: Final = frozenset({"done", "dead"})


def nobody_erased_is_acted_upon(step: Step) -> Iterator[str]:
    for said, row in _calls(step):
        if step.before.contacts[row.contact_id].state.get("erased_at"):
            yield f"{row.contact_id} was erased, and {said.facts['name']} left"


def marketing_leaves_with_consent_only(step: Step) -> Iterator[str]:
    for said, row in _calls(step):
        person = step.seen.people[row.contact_id]
        if row.kind == "marketing" and not person.consents():
            yield f"{row.contact_id} gave no consent, and {said.facts['rule']} left"
        if row.kind == "marketing" and person.complains(step.at):
            yield f"{row.contact_id} complains, and {said.facts['rule']} left"


def what_is_stopped_does_not_leave(step: Step) -> Iterator[str]:
    for said, _ in _calls(step):
        if step.before.is_stopped(said.facts["rule"]):
            yield f"{said.facts['rule']} is stopped, and {said.facts['name']} left"
        if said.facts["connection"] in step.before.paused and step.lines[0].facts.get("name") == "dispatch":
            yield f"{said.facts['connection']} is paused, and {said.facts['name']} left"


def what_is_to_wait_does_not_leave(step: Step) -> Iterator[str]:
    """Unless it goes along with what stood before it."""
    for said, row in _calls(step):
        if row.next_attempt_at > said.at and _together(said)[0] == row.key:
            yield f"{said.facts['name']} left at {said.at}, and was to wait until {row.next_attempt_at}"


def a_platform_is_left_alone_that_asks_for_it(step: Step) -> Iterator[str]:
    for said in step.said("call"):
        until = step.seen.not_before.get(said.facts["connection"])
        if until is not None and said.at < until and not any(step.said("starts")):
            yield f"{said.facts['connection']} was to be left alone until {until}"
    for said in step.lines:
        if said.what == "starts":
            step.seen.not_before.clear()
        if said.what == "landed" and said.facts["answer"] == "much later":
            step.seen.not_before[said.facts["connection"]] = said.at + WAIT_FOR


def a_line_keeps_its_order(step: Step) -> Iterator[str]:
    for said, row in _calls(step):
        for other in step.now.actions.values():
            if other.contact_id != row.contact_id or other.connection != row.connection or other.id == row.id:
                continue
            under_way = other.status in {"sending", "unknown"} and _was_open(step, other)
            is_ahead = other.id < row.id and not step.before.is_stopped(other.rule)
            if other.status in _OPEN and (under_way or is_ahead) and other.key not in _together(said):
                yield f"{row.name} ({row.id}) left before {other.name} ({other.id}), which is {other.status}"


def what_is_over_stays_over(step: Step) -> Iterator[str]:
    for key, row in step.before.actions.items():
        if row.status in _OVER and step.now.actions[key].status != row.status:
            yield f"{row.name} ({row.id}) was {row.status} and is {step.now.actions[key].status}"
        if row.status in _OVER and any(said.facts["key"] == key for said in step.said("call")):
            yield f"{row.name} ({row.id}) was {row.status} and has left again"


def what_was_refused_is_not_repeated(step: Step) -> Iterator[str]:
    """Unless a process died with the refusal in hand."""
    for said in step.said("call"):
        key = said.facts["key"]
        if "refused" in step.seen.calls[key] and not step.seen.unheard[key]:
            yield f"{said.facts['name']} was refused, and has left again"


def an_action_takes_effect_once(step: Step) -> Iterator[str]:
    for said in step.said("effect"):
        key, name = said.facts["key"], said.facts["name"]
        times = step.seen.effects[key] + 1
        if name in _LOOKED_UP and times > 1:
            yield f"{name} {key[:8]} took effect {times} times, and could have been looked up"
        if name not in _REPEATABLE | _LOOKED_UP and times > 1 + step.seen.doubts(key):
            yield f"{name} {key[:8]} took effect {times} times; {step.seen.doubts(key)} calls were in doubt"


def what_is_done_took_effect(step: Step) -> Iterator[str]:
    effects = step.seen.effects.keys() | {said.facts["key"] for said in step.said("effect")}
    for key, row in step.now.actions.items():
        if row.status == "done" and key not in effects:
            yield f"{row.name} ({row.id}) is done, and nothing happened"


def nothing_is_left_sending(step: Step) -> Iterator[str]:
    begins = bool(step.lines) and step.lines[-1].what == "recovered"
    in_air = set(step.seen.in_air)
    for said in step.lines:
        if said.what == "call":
            in_air.add(said.facts["key"])
        if said.what in {"landed", "starts"}:
            in_air = set() if said.what == "starts" else in_air - {said.facts["key"]}
    for row in step.now.actions.values():
        is_heard = step.went_well and row.connection in _worked(step) and row.key not in in_air
        if row.status == "sending" and (begins or is_heard):
            yield f"{row.name} ({row.id}) is being sent by nobody"


def all_is_over_in_the_end(step: Step) -> Iterator[str]:
    for row in step.now.actions.values():
        if row.status in _OPEN:
            yield f"{row.name} ({row.id}) is {row.status} in the end"


def _calls(step: Step) -> Iterator[tuple[Said, Row[Any]]]:
    """The calls with their actions as they were before; in the last steps much happens between two looks."""
    for said in step.said("call"):
        row = step.before.actions.get(said.facts["key"])
        if row is not None and any(one.facts.get("name") == "dispatch" for one in step.said("step")):
            yield said, row


def what_goes_together_is_a_run(step: Step) -> Iterator[str]:
    """Of one contact and name, in the order of their decision, and nothing of theirs stands between."""
    for said, row in _calls(step):
        keys = _together(said)
        run = [step.before.actions[key] for key in keys if key in step.before.actions]
        if [one.id for one in run] != sorted(one.id for one in run):
            yield f"{row.name} ({row.id}) left with others in no order"
        for other in step.before.actions.values():
            is_theirs = (other.contact_id, other.connection) == (row.contact_id, row.connection)
            is_between = run[0].id < other.id < run[-1].id and other.key not in keys
            if is_theirs and is_between and other.status in _OPEN and not step.before.is_stopped(other.rule):
                yield f"{other.name} ({other.id}) stands between what left together with {row.id}"


def _together(said: Said) -> list[str]:
    """The keys of the actions that a call was made of, the oldest first."""
    return str(said.facts["together"]).split()


def _was_open(step: Step, row: Row[Any]) -> bool:
    before = step.before.actions.get(row.key)
    return before is not None and before.status in {"sending", "unknown"}


def _worked(step: Step) -> set[str]:
    return {said.facts["connection"] for said in step.said("call")}


PROMISES: Final = (
    nobody_erased_is_acted_upon,
    marketing_leaves_with_consent_only,
    what_is_stopped_does_not_leave,
    what_is_to_wait_does_not_leave,
    a_platform_is_left_alone_that_asks_for_it,
    a_line_keeps_its_order,
    what_goes_together_is_a_run,
    what_is_over_stays_over,
    what_was_refused_is_not_repeated,
    an_action_takes_effect_once,
    what_is_done_took_effect,
    nothing_is_left_sending,
)
LAST: Final = (all_is_over_in_the_end,)
