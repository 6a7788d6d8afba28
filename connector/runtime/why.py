"""Why somebody did or did not get something: what is stored of a trigger and a contact, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Final

from connector.journey.why import Decided, Reason, concerns, reason, waits_for
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.action import Cause
from connector.model.contact import Contact
from connector.model.delivery import DeliveryStatus
from connector.model.event import Event
from connector.store import history, inbox, looks, outbox
from connector.store.database import Transaction
from connector.store.history import Recorded
from connector.store.looks import Look
from connector.store.outbox import Queued
from connector.store.undoing import UNDO

TIME: Final = "time passed"
OURSELVES: Final = "Loods"
"""What a look is called among the events, and where it comes from."""

_UNREAD: Final = frozenset({DeliveryStatus.WAITING, DeliveryStatus.PARKED, DeliveryStatus.FAILED})


@dataclass(frozen=True, slots=True)
class Question:
    """Why `trigger` of the mapping that is live `now` acted or not, at its last `limit` occasions."""

    mapping: Mapping
    trigger: Trigger
    now: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event that the trigger listened to, or a look at which time itself meant something to it.

    With why it did what it did, and the actions that came of it.
    """

    recorded: Recorded
    reason: Reason
    actions: tuple[Queued, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: the occasions, newest first; where there was none, what the trigger waits for tells more.

    `paused` are the connections of which nothing leaves now: since when, and in the platform's words.
    `unread` counts the deliveries, of anybody, that were not decided yet: waiting, parked or failed.
    """

    question: Question
    contact: Contact
    occasions: tuple[Occasion, ...]
    has_more: bool
    waits_for: tuple[str, ...]
    paused: Table[str, tuple[datetime, str]]
    unread: Table[str, int]


def answer(tx: Transaction, question: Question, contact: Contact) -> Why:
    """Answer from what is stored; nothing is decided anew and nothing is written."""
    with closing(history.backwards(tx, contact.id)) as past, closing(looks.backwards(tx, contact.id)) as seen:
        both = merge(past, map(_as_recorded, seen), key=_when, reverse=True)
        heard = (one for one in both if concerns(question.trigger, _decided(one)))
        found = list(islice(heard, question.limit + 1))
    return Why(
        question=question,
        contact=contact,
        occasions=tuple(_occasion(tx, question, contact, one, found) for one in found[: question.limit]),
        has_more=len(found) > question.limit,
        waits_for=waits_for(question.trigger, contact),
        paused=outbox.paused(tx),
        unread={name: count for name, count in inbox.counts(tx).items() if name in _UNREAD and count},
    )


def _occasion(
    tx: Transaction, question: Question, contact: Contact, recorded: Recorded, found: Sequence[Recorded]
) -> Occasion:
    why = reason(question.mapping, question.trigger, contact, _decided(recorded), question.now)
    rule = f"trigger:{question.trigger.name}"
    decided = outbox.of_decision(tx, contact.id, recorded.decided_at)
    others = {one.event.key for one in found if one.decided_at == recorded.decided_at} - {recorded.event.key}
    is_look = recorded.event.name == TIME
    # A run that this event let go on was begun by another, which was decided before.
    mine = (
        one
        for one in decided
        if _is_of(one.action.cause, rule) and (is_look or one.action.cause.event_key not in others)
    )
    return Occasion(recorded, why, tuple(mine))


def _is_of(cause: Cause, rule: str) -> bool:
    """Whether a rule made an action, or somebody by undoing what the rule did."""
    return rule == (cause.event if cause.rule == UNDO else cause.rule)


def _as_recorded(look: Look) -> Recorded:
    event = Event("", TIME, look.at, OURSELVES, OURSELVES)
    return Recorded(event, look.contact_id, "", look.version, look.at, look.moves, look.trace)


def _when(recorded: Recorded) -> datetime:
    return recorded.event.occurred_at


def _decided(recorded: Recorded) -> Decided:
    return Decided(recorded.event, recorded.moves, recorded.trace, recorded.decided_at)
