"""An event that comes late: it is put in its place, and the contact is folded again.

What the new fold adds is done now, as far as it is not too late for it; entering the stage in which the
contact is now never is, and a stage or a cart that was left behind since is history only. What was done and
would not have been is not undone, but told in the trace; a run of it that has not acted yet ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.journey import carts, corporate, placing
from connector.journey.adding import begin_added, enter_added, more
from connector.journey.decide import decide
from connector.journey.entering import follow_marks, follow_moves
from connector.journey.facts import with_facts
from connector.journey.folding import Fold, RunKey, Wanted, fold_watching
from connector.journey.hearing import hear
from connector.journey.identity import own_part
from connector.journey.progress import Progress
from connector.journey.resuming import release
from connector.journey.runs import NOT_HAVE_BEEN
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event
from connector.model.order import place_of


@dataclass(frozen=True, slots=True)
class Past:
    """What a late event is folded into: the facts at the last snapshot before it, and all events since.

    `events` are those that stand behind the snapshot, in the order of their places.
    """

    snapshot: Contact
    events: Sequence[Event]


def decide_late(mapping: Mapping, before: Contact, past: Past, event: Event, now: datetime) -> Decision:
    """The contact with an event in its place, what follows from it now, and what would not have been."""
    folded = placing.begun(mapping, before)
    place = placing.position(event, folded)
    begin = sum(placing.position(one, folded) < place for one in past.events)
    snapshot = changed(past.snapshot, identities=before.identities, company=before.company)
    lived_until = placing.lived_until(mapping, before, now)
    without = fold_watching(mapping, snapshot, past.events, begin, lived_until)
    history = [*past.events[:begin], event, *past.events[begin:]]
    anew = fold_watching(mapping, snapshot, history, begin, now)
    return _Late(mapping, before, without, anew, Past(snapshot, past.events[:begin])).decide(event, now)


def decide_in(past: Past, mapping: Mapping, before: Contact, event: Event, now: datetime) -> Decision:
    """What an event means for a contact whose past is at hand: at the end of it, or in its place."""
    if placing.is_late(mapping, before, event):
        return decide_late(mapping, before, past, event, now)
    return decide(mapping, before, event, now)


@dataclass(frozen=True, slots=True)
class _Late:
    """The contact as it is, and its history folded as far as it was lived; and with the event, up to now.

    `earlier` is the part of it that stands before the event.
    """

    mapping: Mapping
    before: Contact
    without: Fold
    anew: Fold
    earlier: Past

    def decide(self, event: Event, now: datetime) -> Decision:
        own, conflicts = own_part(event, self.before)
        conflicts = (*conflicts, *corporate.conflicts(self.before, own))
        progress = Progress(self.mapping, self._contact(event), now, list(conflicts))
        is_heard = self._tell(progress, own)
        if is_heard:
            progress.close(own)
        self._enter_stages(progress)
        if self.anew.step is not None and not self.anew.step.is_final:
            progress.contact = corporate.hear(progress.contact, own)
            corporate.move(progress, own)
        if is_heard:
            hear(progress, own)
        self._withdraw(progress)
        self._begin(progress, own)
        follow_moves(progress, own)
        seen = View(self.mapping, self.before, own, now) if self.mapping.is_watchful else None
        follow_marks(progress, own, seen)
        release(progress)
        return placing.with_base(self.mapping, self.before, progress.decision())

    def _contact(self, event: Event) -> Contact:
        """The contact with the new facts; what rules have done stays."""
        by_quiet = (one.moved.at for one in self.anew.reached if not one.event.connection)
        contact = with_facts(self.before, self.anew.contact)
        contact = changed(contact, folded=placing.passed(self.mapping, contact, by_quiet))
        return changed(contact, folded=placing.after(self.mapping, contact, event))

    def _tell(self, progress: Progress, event: Event) -> bool:
        """Write down what the event made in its place; whether those who wait are to hear of it."""
        step = self.anew.step
        if step is None:
            return False
        progress.trace.extend(step.trace)
        ignored = step.ignored or carts.became(progress.contact, event)
        if ignored is not None:
            progress.trace.append(ignored)
        else:
            progress.trace.extend(self.anew.refused)
        return ignored is None and not step.is_final

    def _enter_stages(self, progress: Progress) -> None:
        """Do what entering the stages does that the new fold adds; name those that it lacks."""
        enter_added(progress, more(self.anew.reached, self.without.reached))
        for one in more(self.without.reached, self.anew.reached):
            detail = f"entering {one.moved.to_stage} {NOT_HAVE_BEEN}; what it did is not undone"
            progress.trace.append(TraceEntry(f"move:{one.moved.journey}", Answer.WOULD_NOT, detail=detail))

    def _withdraw(self, progress: Progress) -> None:
        """Name the runs that would not have begun; one that has not acted yet is over."""
        for (name, key), wanted in self._unwanted(progress):
            run = progress.run(name, key)
            if run is None:
                continue
            if run.is_waiting and not run.acted:
                progress.end(name, key, NOT_HAVE_BEEN)
                progress.say(wanted.trigger, Answer.WOULD_NOT, f"it had begun, and {NOT_HAVE_BEEN}: it ends")
            elif run.acted:
                progress.say(wanted.trigger, Answer.WOULD_NOT, f"what it did {NOT_HAVE_BEEN}; it stands")

    def _unwanted(self, progress: Progress) -> Iterable[tuple[RunKey, Wanted]]:
        """The runs that only the fold without the event begins, and that had not begun before its place."""
        gone = {
            key: one
            for key, one in self.without.wanted.items()
            if key not in self.anew.wanted and _began_with(progress.run(*key), one)
        }
        snapshot, events = self.earlier.snapshot, self.earlier.events
        if not gone or not events:
            return gone.items()
        had_begun = fold_watching(self.mapping, snapshot, events, 0, events[-1].occurred_at).wanted
        return [(key, one) for key, one in gone.items() if key not in had_begun]

    def _begin(self, progress: Progress, event: Event) -> None:
        """Ask the triggers that the new fold adds, on the newest state, in the order of the history."""
        new = {
            key: one
            for key, one in self.anew.wanted.items()
            if key not in self.without.wanted or place_of(one.event) == place_of(event)
        }
        begin_added(progress, new)


def _began_with(run: Run | None, wanted: Wanted) -> bool:
    """Whether the run can have begun upon this event: it had not before that happened."""
    return run is not None and run.at >= wanted.event.occurred_at
