"""The decision: what one event means for one contact. Pure: no I/O, no clock, no randomness.

What the event says of the person comes first (identities, fields, consent), then the ledger (orders, carts,
counters), then the moves of each journey with what entering a stage does, then the triggers. Rules always see
the state as it is by then. A rule that fails is named in the trace and stops no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.journey import apply, carts, consent, ledger, stages, triggers
from connector.journey.actions import Rule, act
from connector.journey.identity import own_part
from connector.journey.runs import key_of, stage_key
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.action import Action
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision, Moved, TraceEntry
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
        return Decision(apply.erase(before, event.occurred_at), trace=conflicts)
    known = apply.learn(before, event)
    if event.is_echo:
        return Decision(known, trace=(*conflicts, TraceEntry("event", Answer.ECHO)))
    booked = ledger.book(consent.hear(known, event, mapping), event)
    held = carts.hold(booked.contact, event, now)
    if booked.refusal:
        return Decision(held.contact, trace=(*conflicts, booked.refusal))
    counted = apply.count(held.contact, event)
    rules = _Rules(View(mapping, counted, event, now), list(conflicts))
    rules.move()
    rules.enter()
    if held.closed:
        rules.trace.append(held.closed)
    else:
        rules.pull()
    rules.pull_for_stages()
    return rules.decision()


@dataclass(slots=True)
class _Rules:
    """The rules at work on one event: the newest view, and what they have made so far."""

    view: View
    trace: list[TraceEntry]
    moves: list[Moved] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)

    def decision(self) -> Decision:
        return Decision(self.view.contact, tuple(self.moves), tuple(self.actions), tuple(self.trace))

    def move(self) -> None:
        """Ask the moves of every journey, all on the same state."""
        standings = dict(self.view.contact.standings)
        for journey in self.view.mapping.journeys.values():
            turn = stages.turn(self.view, journey)
            self.trace.extend(turn.trace)
            if turn.standing is not None:
                standings[journey.name] = turn.standing
            if turn.moved is not None:
                self.moves.append(turn.moved)
        if standings != self.view.contact.standings:
            self.view = self.view.of(replace(self.view.contact, standings=standings))

    def enter(self) -> None:
        """Do what entering a stage does: never late, and guarded only where it is marketing."""
        for moved in self.moves:
            steps = self.view.mapping.journeys[moved.journey].enter.get(moved.to_stage, ())
            if not steps:
                continue
            rule = Rule(
                f"enter:{moved.journey}.{moved.to_stage}", self._entry_key(moved), str(steps[0].place)
            )
            acted = act(self.view, rule, steps)
            self.actions.extend(acted.actions)
            self.trace.append(acted.entry)

    def pull(self) -> None:
        """Ask the triggers that listen to the event."""
        event = self.view.event
        for trigger in self.view.mapping.triggers_on.get(event.name, ()):
            self._pull(trigger, key_of(trigger, event))

    def pull_for_stages(self) -> None:
        """Ask the triggers that listen to a stage that was entered."""
        for moved in self.moves:
            entry = (moved.journey, moved.to_stage)
            for trigger in self.view.mapping.triggers.values():
                if entry in trigger.on_stages:
                    is_once = trigger.once_per == "contact"
                    self._pull(trigger, "contact" if is_once else self._entry_key(moved))

    def _pull(self, trigger: Trigger, key: str) -> None:
        pulled = triggers.pull(self.view, trigger, key)
        self.view = self.view.of(pulled.contact)
        self.actions.extend(pulled.actions)
        self.trace.append(pulled.entry)

    def _entry_key(self, moved: Moved) -> str:
        cycle = self.view.contact.standings[moved.journey].cycle
        return stage_key(moved, cycle, self.view.event)
