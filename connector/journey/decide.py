"""The decision: what one event means for one contact. Pure: no I/O, no clock, no randomness.

What the event says of the person comes first (identities, fields, consent), then the ledger (orders, carts,
counters), the tasks that it closes, scores, then the moves of each journey with what entering a stage does,
then the triggers, and last what else was entered: segments, cells, bounds. Rules always see the state as it
is by then. A rule that fails is named in the trace and stops no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.journey import apply, carts, consent, ledger, stages, triggers
from connector.journey.agenda import next_look
from connector.journey.earning import earn
from connector.journey.entering import by_rank, enter_stages, follow_marks, follow_moves, pull_for_stages
from connector.journey.hearing import hear
from connector.journey.identity import own_part
from connector.journey.progress import Progress
from connector.journey.resuming import release
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event


def decide(mapping: Mapping, before: Contact, event: Event, now: datetime) -> Decision:
    """The contact afterwards, its moves and actions, and why every rule that listened did or did not act.

    `before` has all identities that the contact owns, those of this event included (see
    `identity.introduce`): what the event names beyond them belongs to another contact, is left there, and
    named as a conflict. Nothing more happens to somebody who was erased. An echo of our own change
    teaches its fields and starts no rule.
    """
    event, conflicts = own_part(event, before)
    if before.erased_at is not None:
        return Decision(before, trace=(*conflicts, TraceEntry("event", Answer.ERASED)))
    if event.name == "contact.erased":
        return Decision(apply.erase(before, event.occurred_at), trace=(*conflicts, *_called_off(before)))
    known = apply.learn(before, event)
    if event.is_echo:
        return _quiet(mapping, known, (*conflicts, TraceEntry("event", Answer.ECHO)), now)
    booked = ledger.book(consent.hear(known, event, mapping), event)
    held = carts.hold(booked.contact, event, now)
    if booked.refusal:
        return _quiet(mapping, held.contact, (*conflicts, booked.refusal), now)
    progress = Progress(mapping, apply.count(held.contact, event), now, list(conflicts))
    if not held.closed:
        progress.close(event)
    rules = _Rules(progress, event)
    rules.score()
    rules.move()
    moves = tuple(progress.moves)
    enter_stages(progress, event, moves)
    if held.closed:
        progress.trace.append(held.closed)
    else:
        hear(progress, event)
        rules.pull()
    pull_for_stages(progress, event, moves)
    progress.followed = len(moves)
    follow_moves(progress, event)
    follow_marks(progress, event, View(mapping, before, event, now) if mapping.is_watchful else None)
    release(progress)
    return progress.decision()


def _quiet(mapping: Mapping, contact: Contact, trace: Sequence[TraceEntry], now: datetime) -> Decision:
    """What is of no concern to any rule."""
    return Decision(contact, trace=tuple(trace), wakes_at=next_look(mapping, contact, now))


def _called_off(contact: Contact) -> Iterable[TraceEntry]:
    """That every run that waits is over, because the contact is to be forgotten."""
    for name, runs in contact.runs.items():
        if any(run.is_waiting for run in runs.values()):
            yield TraceEntry(f"trigger:{name}", Answer.ENDED, detail="the contact was erased")


@dataclass(slots=True)
class _Rules:
    """The rules at work on one event."""

    progress: Progress
    event: Event

    def score(self) -> None:
        """Write down the points that the event gives."""
        if self.progress.mapping.scores:
            earned = earn(self.progress.view(self.event))
            self.progress.contact = earned.contact
            self.progress.trace.extend(earned.trace)

    def move(self) -> None:
        """Ask the moves of every journey, all on the same state."""
        progress, view = self.progress, self.progress.view(self.event)
        standings = dict(view.contact.standings)
        for journey in view.mapping.journeys.values():
            turn = stages.turn(view, journey)
            progress.trace.extend(turn.trace)
            if turn.standing is not None:
                standings[journey.name] = turn.standing
            if turn.moved is not None:
                progress.moves.append(turn.moved)
        if standings != view.contact.standings:
            progress.contact = replace(view.contact, standings=standings)

    def pull(self) -> None:
        """Ask the triggers that listen to the event, of a group the one first that goes first."""
        listening = self.progress.mapping.triggers_on.get(self.event.name, ())
        for trigger in by_rank(listening):
            triggers.pull(self.progress, trigger, self.event)
