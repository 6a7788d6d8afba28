"""The rules at work on one contact at one moment: the newest state, and what they have made so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from connector.journey import closing, own_state, placing
from connector.journey.actions import Acted
from connector.journey.agenda import next_look
from connector.journey.own_state import Changed
from connector.journey.plans import priority_of
from connector.journey.runs import closed, entered
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.action import Action
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer, Decision, Moved, TraceEntry
from connector.model.event import Event


@dataclass(slots=True)
class Progress:
    """What rules have made of a contact so far; every rule sees the state as it is by then.

    `restarted` are the runs whose wait began anew, `acted` those that acted, by trigger and key. Of
    the moves so many, the first ones, are `followed` by what entering their stage does. What rules do to our
    own state counts as done at `done_at`: with the event that is decided as the newest, or the move by quiet
    that they follow; else now. Unless it `is_last`, more is decided of the contact at this moment.
    """

    mapping: Mapping
    contact: Contact
    now: datetime
    trace: list[TraceEntry] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    deeds: list[Event] = field(default_factory=list)
    restarted: set[tuple[str, str]] = field(default_factory=set)
    acted: set[tuple[str, str]] = field(default_factory=set)
    followed: int = 0
    done_at: datetime | None = None
    is_last: bool = True
    _view: View | None = None

    def decision(self) -> Decision:
        """All of it, and when time alone will bring more."""
        for deed in self.deeds:
            self.contact = changed(self.contact, folded=placing.after(self.mapping, self.contact, deed))
        wakes_at = next_look(self.mapping, self.contact, self.now, self._view) if self.is_last else None
        return Decision(
            contact=self.contact,
            moves=tuple(self.moves),
            actions=tuple(self.actions),
            trace=tuple(self.trace),
            wakes_at=wakes_at,
            deeds=tuple(self.deeds),
        )

    def view(self, event: Event) -> View:
        """What rules see of this event in the newest state."""
        view = self._view
        if view is None:
            self._view = view = View(self.mapping, self.contact, event, self.now)
        elif view.contact is not self.contact or view.event is not event:
            self._view = view = view.of(self.contact).upon(event)
        return view

    def waiting(self) -> Iterator[tuple[str, str, Run]]:
        """The runs that wait as of now, by trigger and key, those first that go first; it is safe to change
        them meanwhile."""
        if not self.contact.runs:
            return iter(())
        found = [
            (name, key, run)
            for name, runs in self.contact.runs.items()
            for key, run in runs.items()
            if run.wakes_at is not None
        ]
        return iter(sorted(found, key=self._rank) if len(found) > 1 else found)

    def _rank(self, found: tuple[str, str, Run]) -> tuple[int, datetime, str, str]:
        name, key, run = found
        return -priority_of(self.mapping, name, run), run.at, name, key

    def run(self, trigger: str, key: str) -> Run | None:
        """A run as it is now."""
        return self.contact.runs.get(trigger, {}).get(key)

    def keep(self, trigger: Trigger, key: str, run: Run) -> None:
        """Write a run down."""
        self.contact = entered(self.contact, trigger, key, run, self.now)

    def end(self, name: str, key: str, ended: str) -> None:
        """Write down that a run is over, and why in a word or two."""
        runs = {**self.contact.runs[name], key: closed(self.contact.runs[name][key], ended)}
        self.contact = changed(self.contact, runs={**self.contact.runs, name: runs})

    def say(self, trigger: Trigger, answer: Answer, detail: str = "") -> None:
        """Write into the trace what a trigger said."""
        self.trace.append(TraceEntry(trigger.rule, answer, trigger.place.where, detail=detail))

    def acts(self, acted: Acted) -> None:
        """Take up what a rule does; what changes our own state is done at once and never leaves."""
        for action in acted.actions:
            if own_state.is_own(action):
                self._does(action)
            else:
                self.actions.append(action)
        if acted.opened:
            self.contact = closing.remember(self.contact, acted.opened, self.now)

    def close(self, event: Event) -> None:
        """Close what was made until an event like this one."""
        if self.contact.opened:
            closed = closing.close(self.contact, event, self.now)
            self.contact = closed.contact
            self.actions.extend(closed.actions)
            self.trace.extend(closed.trace)

    def _does(self, action: Action) -> None:
        """A stage is entered at most once in one decision, so that rules cannot send a contact in circles."""
        changed = own_state.do(self.mapping, self.contact, action, self.done_at or self.now)
        moved = changed.moved
        if moved and any(
            (one.journey, one.to_stage) == (moved.journey, moved.to_stage) for one in self.moves
        ):
            detail = f"the contact has come to {moved.to_stage} by this very event"
            entry = replace(changed.entry, answer=Answer.NO, detail=detail)
            changed = Changed(self.contact, entry)
        elif moved:
            self.moves.append(moved)
        if changed.deed is not None:
            in_order = f"{len(self.deeds):03}:{changed.deed.key}"
            self.deeds.append(replace(changed.deed, key=in_order))
        self.contact = changed.contact
        self.trace.append(changed.entry)
