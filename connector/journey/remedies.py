"""What would have to be otherwise for a trigger to act: one function an answer, in sentences for people.

Each looks at what the trace kept of that moment, and at the rule and the contact as they are now: consent
that came since, or a limit that is over, is said too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from connector.journey.consent import consent_key, list_of
from connector.journey.guards import held_by_complaint
from connector.journey.plans import COMPLAINT
from connector.journey.runs import key_of, used_up_until
from connector.mapping.durations import spoken
from connector.mapping.expressions import Lack, OneOf, unmet
from connector.mapping.local_time import tell_local
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.terms import Expression
from connector.model.contact import Contact
from connector.model.decision import TraceEntry
from connector.model.event import Event
from connector.model.showing import one_value
from connector.model.values import Value

_SEGMENT = "contact.segments."


@dataclass(frozen=True, slots=True)
class Case:
    """A trigger and one event that it heard, decided at `decided_at`; all else is as it is `now`."""

    mapping: Mapping
    trigger: Trigger
    contact: Contact
    now: datetime
    event: Event
    decided_at: datetime

    def told(self, moment: datetime) -> str:
        """The moment by the clocks of the mapping's zone."""
        return tell_local(moment, self.mapping.defaults.time_zone)


def of_condition(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """Which comparisons stopped it: those of `when`, or of a step's `if`."""
    conditions = [case.trigger.when, *(step.condition for step in case.trigger.actions)]
    asked = [one for one in conditions if one is not None]
    found = [unmet(one, entry.seen, case.decided_at) for one in asked]
    if lacks := next((one for one in found if one), None):
        return tuple(_sentence(case.mapping, lack) for lack in lacks)
    if () in found:
        return ("with these values the rule, as it is now, says yes",)
    return tuple(f"the condition is now: {one.text}" for one in asked)


def of_failure(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """A rule that failed."""
    return (f"the rule at {case.trigger.place} has to expect such values, or the source not to tell them",)


def of_entering(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that had been entered before."""
    run = case.contact.runs.get(case.trigger.name, {}).get(key_of(case.trigger, case.contact, case.event))
    when = f"; it {'acted' if run.acted else 'was held back'} on {case.told(run.at)}" if run else ""
    if case.trigger.once_per == "contact":
        return (f"it is entered once per contact{when}; `once per: subject` would change that",)
    if case.trigger.once_per == "company":
        told = f"; {entry.detail}" if entry.detail else ""
        return (f"it is entered once per company{told}; `once per: contact` would change that",)
    thing = next(iter(case.event.subjects), "event")
    return (f"it is entered once for each {thing}{when}: another {thing} would have to come",)


def of_limit(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that had acted as often as it may."""
    limit, runs = case.trigger.limit, case.contact.runs.get(case.trigger.name, {})
    if limit is None:
        return ("the rule, as it is now, has no limit",)
    acted = sorted(run.acted_at or run.at for run in runs.values() if run.acted)
    ran = f"it acted on {', '.join(map(case.told, acted[-limit.count :]))} and " if acted else "it "
    until = used_up_until(runs, limit)
    again = "now" if until is None or until <= case.now else f"from {case.told(until)}"
    return (f"{ran}may act {limit.count} per {spoken(limit.per)}: again {again}",)


def of_lateness(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that heard of it too late."""
    late = spoken(case.trigger.late)
    return (
        f"it has to be heard within {late} of happening; `late` of the trigger, or of the defaults, says so",
    )


def of_complaint(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that an open complaint held: until when, and how long its runs that wait can still be of use."""
    held = held_by_complaint(case.contact, case.now)
    if held is None:
        return ("no complaint is open any more",)
    runs = case.contact.runs.get(case.trigger.name, {}).values()
    useful = sorted(
        one.due_at + case.trigger.late for one in runs if one.waits_for == COMPLAINT and one.due_at
    )
    goes_on = (
        f"complaint.resolved would have to come; without it marketing goes on from {case.told(held.until)}"
    )
    lets_go = "a run of it waits for that; after {} it is too late, and let go"
    return (goes_on, *(lets_go.format(case.told(until)) for until in useful if until < held.until))


def of_consent(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One that had no consent: what is known of it, a sentence for each list that it markets through."""
    audiences = dict.fromkeys(list_of(case.mapping, one) for one in case.trigger.reaches_by)
    return tuple(_consent(case, audience) for audience in audiences)


def of_erasure(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """One whose contact is gone."""
    return ("whoever was erased is left alone",)


def nothing(case: Case, entry: TraceEntry) -> tuple[str, ...]:
    """Where the answer says it all."""
    return ()


def _consent(case: Case, audience: str) -> str:
    address = case.contact.email
    whose = f"consent of {address or 'the contact'}" + (f" for the list {audience}" if audience else "")
    gives = case.mapping.defaults.consent.get("email", "a form with a ticked box")
    found = case.contact.consent.get(consent_key("email", audience, address)) if address else None
    if found is None:
        return f"{whose} is not known: {gives} would have to come"
    what = f"was {'given' if found.given else 'withdrawn'} on {case.told(found.at)} by {found.evidence}"
    return f"{whose} {what}" + (
        ", which was not known then" if found.given else f": {gives} would have to come anew"
    )


def _sentence(mapping: Mapping, lack: Lack) -> str:
    if isinstance(lack, OneOf):
        return "either " + ", or ".join(_all_of(mapping, choice) for choice in lack.choices)
    segment = mapping.segments.get(lack.asked.removeprefix(_SEGMENT)) if _SEGMENT in lack.asked else None
    return f"{lack.asked}{_meaning(segment)} was {_found(mapping, lack.found)} and must {lack.must}"


def _all_of(mapping: Mapping, choice: Iterable[Lack]) -> str:
    return " and ".join(_sentence(mapping, lack) for lack in choice)


def _meaning(segment: Expression | None) -> str:
    return f" ({segment.text})" if segment else ""


def _found(mapping: Mapping, value: Value) -> str:
    match value:
        case None:
            return "missing"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return tell_local(value, mapping.defaults.time_zone)
        case _:
            return one_value(value)
