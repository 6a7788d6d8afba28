"""What the rules made of an event, with the trace that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final

from connector.model.action import Action
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.light import light
from connector.model.values import Value


class Answer(StrEnum):
    """What one rule said. Stable names: they are stored, shown and searched for."""

    ACTED = "acted"
    MOVED = "moved"
    NO = "no"  # its condition says no
    CANNOT_TELL = "cannot_tell"  # a value that the condition needs is missing
    FAILED = "failed"  # the rule itself failed (a division by zero, say)
    NOT_FORWARD = "not_forward"  # a move back that is not declared with `from`
    BEATEN = "beaten"  # an earlier move decided
    ENTERED_BEFORE = "entered_before"  # this run has been there
    LIMIT = "limit"
    LATE = "late"
    COMPLAINT = "complaint"
    NO_CONSENT = "no_consent"
    ERASED = "erased"
    IF_NO = "if_no"  # a step's own `if`
    ECHO = "echo"  # a change of ours that came back
    FACT_KNOWN = "fact_known"  # the ledger had this fact already
    REFUSED_FACT = "refused_fact"  # the ledger does not take it (unreadable, or of nobody)
    CONFLICT = "conflict"  # an identity of the event belongs to another contact
    MERGED = "merged"  # the event has shown that another contact is the same person
    WAITS = "waits"  # it has entered, or gone on, and waits now
    RESTARTED = "restarted"  # its wait began anew
    ENDED = "ended"  # what was waiting is called off (`unless`), or its text is gone
    STOPPED = "stopped"  # the trigger is paused or stopped
    PRESSURE = "pressure"  # enough marketing has reached the contact
    HELD_OUT = "held_out"  # the contact is in the arm that gets nothing
    NOT_IN_CANARY = "not_in_canary"  # the trigger acts on a share of the contacts, and not on this one
    SHADOW = "shadow"  # it would have acted, and is only tried out
    OUTRANKED = "outranked"  # another trigger of its group goes first
    NOTHING_LEFT = "nothing_left"  # all that could be suggested is owned
    SCORED = "scored"  # a score has changed
    WOULD_NOT = "would_not"  # it was done, and would not have been, had an earlier event come in time


HELD_BACK = frozenset(
    {
        Answer.LIMIT,
        Answer.LATE,
        Answer.COMPLAINT,
        Answer.NO_CONSENT,
        Answer.ERASED,
        Answer.STOPPED,
        Answer.PRESSURE,
        Answer.HELD_OUT,
        Answer.NOT_IN_CANARY,
        Answer.SHADOW,
        Answer.OUTRANKED,
        Answer.NOTHING_LEFT,
    }
)
"""Answers that mean: it would have acted, and a guard said no."""

WHY_NOT: Final[Mapping[str, Answer]] = {
    "consent": Answer.NO_CONSENT,
    "complaint": Answer.COMPLAINT,
    "limit": Answer.LIMIT,
    "late": Answer.LATE,
    "no": Answer.NO,
    "cannot_tell": Answer.CANNOT_TELL,
    "entered_before": Answer.ENTERED_BEFORE,
    "if_no": Answer.IF_NO,
    "failed": Answer.FAILED,
    "fact_known": Answer.FACT_KNOWN,
    "erased": Answer.ERASED,
    "waits": Answer.WAITS,
    "ended": Answer.ENDED,
    "paused": Answer.STOPPED,
    "pressure": Answer.PRESSURE,
    "held_out": Answer.HELD_OUT,
    "canary": Answer.NOT_IN_CANARY,
    "shadow": Answer.SHADOW,
    "outranked": Answer.OUTRANKED,
    "nothing_left": Answer.NOTHING_LEFT,
}
"""The word with which an example says why a trigger did nothing, and the answer that it means."""


@light
class TraceEntry:
    """One rule's answer: `event`, `ledger`, `move:JOURNEY:N`, `enter:JOURNEY.STAGE` or `trigger:NAME`.

    `until:RULE` is the `until` of a task that the rule made. `event` speaks of the event as a whole (an echo,
    an erased contact); N counts a journey's moves from 1.

    `seen` holds the values that the first failed condition read (or those of what acted or was held back).
    `place` is `file:line`. `detail` is one plain sentence where the answer alone does not say enough.
    """

    rule: str
    answer: Answer
    place: str = ""
    seen: Mapping[str, Value] = field(default_factory=dict)
    detail: str = ""


@light
class Moved:
    """A contact went from one stage to another; stages that were jumped over are `inferred`."""

    journey: str
    from_stage: str | None
    to_stage: str
    at: datetime
    inferred: tuple[str, ...] = ()


@light
class Decision:
    """The contact afterwards, the moves and actions in order, and one trace entry a rule that listened.

    `wakes_at` is when the contact is to be looked at again though nothing happens to it: a wait is over, a
    date comes; None where nothing of the kind is ahead. `deeds` are what rules did to our own state, as
    events of the contact's history (`own.count`); no rule listens to them. `base` is the contact as it was
    when the live version first decided about it, if it does so now: no fold goes further back.
    """

    contact: Contact
    moves: tuple[Moved, ...] = ()
    actions: tuple[Action, ...] = ()
    trace: tuple[TraceEntry, ...] = ()
    wakes_at: datetime | None = None
    deeds: tuple[Event, ...] = ()
    base: Contact | None = None
