"""Folding: the facts about a contact, worked out from its history, each event in its place.

Nothing is done and nobody is asked but scores and moves. What triggers would have said in a part of the
history can be noted on the way.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from connector.errors import ExpressionFailed
from connector.journey import facts
from connector.journey.coming import quiet_entry
from connector.journey.conditions import Asked, ask
from connector.journey.entries import Entry, entries
from connector.journey.identity import own_part
from connector.journey.runs import own_key, stage_key
from connector.journey.triggers import told
from connector.journey.view import View
from connector.journey.waiting import begin
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.contact import Contact
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.event import Event


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage was entered upon an event, in this cycle of the journey, for the `entry`-th time."""

    moved: Moved
    event: Event
    cycle: int
    entry: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A trigger whose `when` said yes to an event in its place, with what its run sees besides it.

    `reached` is the stage that it listens to, where it is that. By `latest` the run goes: the last event
    with its key that began its wait anew, which lasts `until` then.
    """

    trigger: Trigger
    event: Event
    latest: Event
    names: Table[str, object] = field(default_factory=dict)
    reached: Reached | None = None
    until: datetime | None = None

    def heard(self, event: Event, names: Table[str, object], until: datetime | None) -> Wanted:
        """The same once an event with its key has come: while it waits that begins the wait anew."""
        if self.until is None or not self.trigger.restart or event.occurred_at >= self.until:
            return self
        return replace(self, latest=event, names=names, until=until)


RunKey: TypeAlias = tuple[str, str]
"""A trigger's name and the key of its run."""


@dataclass(slots=True)
class Fold:
    """What a history comes to: the facts, the stages that were entered, in order, what its events made.

    `wanted` are the runs that the part would begin that was watched. Of the event at which that part begins
    `step` is what it made, and `refused` what the triggers said that it begins no run of.
    """

    contact: Contact
    reached: list[Reached] = field(default_factory=list)
    wanted: dict[RunKey, Wanted] = field(default_factory=dict)
    step: facts.Step | None = None
    refused: tuple[TraceEntry, ...] = ()


def fold(mapping: Mapping, base: Contact, history: Sequence[Event], until: datetime) -> Fold:
    """Put a history, in the order of its places, upon the facts of `base`, and let time pass `until`."""
    return _Folding(mapping, Fold(base)).run(history, len(history), until)


def fold_watching(
    mapping: Mapping, base: Contact, history: Sequence[Event], begin: int, until: datetime
) -> Fold:
    """The same; what the triggers would say is noted from the event of this number on, and upon all moves by
    quiet."""
    return _Folding(mapping, Fold(base)).run(history, begin, until)


@dataclass(slots=True)
class _Folding:
    mapping: Mapping
    made: Fold
    said: list[TraceEntry] = field(default_factory=list)

    def run(self, history: Sequence[Event], begin: int, until: datetime) -> Fold:
        for number, event in enumerate(history):
            self._pass_until(event.occurred_at)
            self.said.clear()
            step = self._take(event, is_watched=number >= begin)
            if number == begin:
                self.made.step, self.made.refused = step, tuple(self.said)
        self._pass_until(until)
        return self.made

    def _take(self, event: Event, *, is_watched: bool) -> facts.Step:
        event, _ = own_part(event, self.made.contact)
        step = facts.step(self.mapping, self.made.contact, event, event.occurred_at)
        self.made.contact = step.contact
        is_watched = is_watched and not event.is_past
        self._reach(step.moves, event, is_watched=is_watched)
        if is_watched and not step.is_final and step.ignored is None:
            self._listen(event)
        return step

    def _pass_until(self, moment: datetime) -> None:
        for _ in range(facts.TURNS):
            found = facts.next_quiet(self.mapping, self.made.contact, moment)
            if found is None:
                return
            self.made.contact, turn = found
            if turn.moved is not None:
                self._reach([turn.moved], quiet_entry(turn.moved), is_watched=True)

    def _reach(self, moves: Sequence[Moved], event: Event, *, is_watched: bool) -> None:
        for moved in moves:
            standing = self.made.contact.standings[moved.journey]
            reached = Reached(moved, event, standing.cycle, standing.entries.get(moved.to_stage, 1))
            self.made.reached.append(reached)
            if is_watched:
                self._follow(reached)

    def _follow(self, reached: Reached) -> None:
        entry = (reached.moved.journey, reached.moved.to_stage)
        key = stage_key(reached.moved, reached.entry)
        for trigger in self.mapping.triggers.values():
            if entry in trigger.on_stages:
                wanted = Wanted(trigger, reached.event, reached.event, reached=reached)
                self._want(wanted, own_key(trigger, self.made.contact, key))

    def _listen(self, event: Event) -> None:
        for trigger in self.mapping.triggers_on.get(event.name, ()):
            self._want(Wanted(trigger, event, event), None)

    def _want(self, wanted: Wanted, key: str | None) -> None:
        trigger, event = wanted.trigger, wanted.event
        view = View(self.mapping, self.made.contact, event, event.occurred_at)
        try:
            found = entries(view, trigger, key)
        except ExpressionFailed as failure:
            self.said.append(told(trigger, Asked(Answer.FAILED, str(failure))))
            return
        for entry in found:
            self._hear(wanted, entry, replace(view, names=entry.names) if entry.names else view)

    def _hear(self, wanted: Wanted, entry: Entry, view: View) -> None:
        trigger, key = wanted.trigger, (wanted.trigger.name, entry.key)
        asked, known = ask(view, trigger.when), self.made.wanted.get(key)
        if known is not None:
            self.made.wanted[key] = known.heard(wanted.event, entry.names, _over(view, trigger))
        elif asked.refusal is None:
            until = _over(view, trigger)
            self.made.wanted[key] = replace(wanted, names=entry.names, until=until)
        if asked.refusal is not None:
            self.said.append(told(trigger, asked))


def _over(view: View, trigger: Trigger) -> datetime | None:
    """When the wait for a moment is over that the event begins; None where there is none."""
    if trigger.wait is None or trigger.wait.moment is None:
        return None
    try:
        waiting = begin(view, trigger.wait, view.event.occurred_at)
    except ExpressionFailed:
        return None
    return waiting.wakes_at if waiting else None
