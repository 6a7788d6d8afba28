"""Why a trigger did or did not act upon an event, from the trace that was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from connector.journey import remedies, run_remedies
from connector.journey.bearing import standings_of
from connector.journey.remedies import Case
from connector.mapping import in_words
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.rules import StageEntered, Trigger
from connector.model.contact import Contact
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.event import Event
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Decided:
    """An event of a contact as it was decided."""

    event: Event
    moves: tuple[Moved, ...]
    trace: tuple[TraceEntry, ...]
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """What a trigger answered, in a sentence, and what would have to change for it to act, in several.

    `answer` is None where the trigger was not asked, or nobody knows any more. `seen` are the values that its
    condition read.
    """

    answer: Answer | None
    said: str
    change: tuple[str, ...] = ()
    seen: Mapping[str, Value] = field(default_factory=dict)


_Remedy: TypeAlias = Callable[[Case, TraceEntry], tuple[str, ...]]

_SAID: Final[Mapping[Answer, tuple[str, _Remedy]]] = {
    Answer.ACTED: ("it acted", remedies.nothing),
    Answer.NO: ("its condition said no", remedies.of_condition),
    Answer.CANNOT_TELL: ("its condition could not be told", remedies.of_condition),
    Answer.IF_NO: ("no step of it was to be done", remedies.of_condition),
    Answer.FAILED: ("it failed", remedies.of_failure),
    Answer.ENTERED_BEFORE: ("it had been entered before", remedies.of_entering),
    Answer.LIMIT: ("its limit was used up", remedies.of_limit),
    Answer.LATE: ("it heard of this too late", remedies.of_lateness),
    Answer.COMPLAINT: ("a complaint holds it", remedies.of_complaint),
    Answer.NO_CONSENT: ("it was held back without consent", remedies.of_consent),
    Answer.WAITS: ("it began to wait", run_remedies.of_waiting),
    Answer.RESTARTED: ("its wait began anew", run_remedies.of_waiting),
    Answer.ENDED: ("it was called off", run_remedies.of_calling_off),
    Answer.WOULD_NOT: ("it would not have begun, had this come in time", remedies.nothing),
    Answer.STOPPED: ("it was paused or stopped", run_remedies.of_stopping),
    Answer.PRESSURE: ("enough marketing had come before", run_remedies.of_pressure),
    Answer.HELD_OUT: ("the contact is held out", run_remedies.of_experiment),
    Answer.NOT_IN_CANARY: ("it does not act on everybody yet", run_remedies.of_experiment),
    Answer.SHADOW: ("it only showed what it would do", run_remedies.of_experiment),
    Answer.OUTRANKED: ("another trigger went first", run_remedies.of_group),
    Answer.NOTHING_LEFT: ("nothing was left to suggest", run_remedies.of_suggestions),
}
_SAID_BEFORE: Final[Mapping[Answer, tuple[str, _Remedy]]] = {
    Answer.ECHO: ("this came back from a change of our own, which starts no rule", remedies.nothing),
    Answer.ERASED: ("the contact had been erased", remedies.of_erasure),
    Answer.FACT_KNOWN: ("this was known already, and starts a rule only once", remedies.nothing),
    Answer.REFUSED_FACT: ("the event could not be booked, and starts no rule", remedies.nothing),
    Answer.LATE: ("the cart was an order already, and starts no rule any more", remedies.nothing),
}
"""What stops an event before any rule is asked."""


def concerns(trigger: Trigger, decided: Decided) -> bool:
    """Whether the trigger listens to the event, or to a stage that it led to; or did so at that time."""
    entered = {(move.journey, move.to_stage) for move in decided.moves}
    was_asked = any(entry.rule == _rule(trigger) for entry in decided.trace)
    return was_asked or decided.event.name in trigger.on or bool(entered & trigger.on_stages)


def reason(rules: Rules, trigger: Trigger, contact: Contact, decided: Decided, now: datetime) -> Reason:
    """Why the trigger did what it did upon this event; `rules` and `contact` as they are now.

    A trigger that listens to the event and to a stage that it led to was asked twice: that it acted counts.
    """
    case = Case(rules, trigger, contact, now, decided.event, decided.decided_at)
    asked = [entry for entry in decided.trace if entry.rule == _rule(trigger)]
    if asked:
        entry = next((one for one in asked if one.answer is Answer.ACTED), asked[0])
        return _reason(case, entry, *_SAID[entry.answer])
    for entry in decided.trace:
        if entry.rule in {"event", "ledger"} and entry.answer in _SAID_BEFORE:
            return _reason(case, entry, *_SAID_BEFORE[entry.answer])
    if decided.trace:
        return Reason(None, "the mapping of that time had no such trigger listening to this")
    return Reason(None, "no reason is kept: none was asked, or it was over 90 days ago")


def waits_for(trigger: Trigger, contact: Contact) -> tuple[str, ...]:
    """What would make the trigger ask its questions: events, stages to be entered, and what time brings."""
    stages = [
        f"an entry of the stage {journey}.{stage} ({_stands(contact, journey)})"
        for journey, stage in sorted(trigger.on_stages)
    ]
    others = [in_words.occasion(one) for one in trigger.occasions if not isinstance(one, StageEntered)]
    return (*sorted(trigger.on), *stages, *others)


def _reason(case: Case, entry: TraceEntry, said: str, remedy: _Remedy) -> Reason:
    is_told = entry.answer in {Answer.ENTERED_BEFORE, Answer.LIMIT} or not entry.detail
    why = said if is_told else f"{said}: {entry.detail}"
    return Reason(entry.answer, why, remedy(case, entry), entry.seen)


def _stands(contact: Contact, journey: str) -> str:
    standing = standings_of(contact).get(journey)
    return f"in {standing.stage} now" if standing else "in no stage yet"


def _rule(trigger: Trigger) -> str:
    return f"trigger:{trigger.name}"
