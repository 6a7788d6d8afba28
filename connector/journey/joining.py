"""When two contacts become one: the older is the one, and its state is folded from the joined history.

Nothing is added up: each event stands once in its place, whoever it was recorded for. What rules have done
stays done; what the joined history adds that neither had is done now, as for an event that comes late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from datetime import datetime

from connector.journey import placing
from connector.journey.adding import begin_added, enter_added, more
from connector.journey.calls import was_called_off
from connector.journey.entering import follow_marks, follow_moves
from connector.journey.facts import with_facts
from connector.journey.folding import Fold, Reached, RunKey, Wanted, fold_watching
from connector.journey.identity import introduce
from connector.journey.imported import settled
from connector.journey.joining_runs import MERGED, Joined, join_doings
from connector.journey.kinship import Proof, clashing
from connector.journey.progress import Progress
from connector.journey.resuming import release, walk_of
from connector.journey.view import View
from connector.mapping.mapping import Mapping as Rules
from connector.model.contact import Consent, Contact, Folded, changed
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event, Identity
from connector.model.order import Place, place_of


@dataclass(frozen=True, slots=True)
class Half:
    """One of two contacts that become one, with all events that are kept of it, in any order."""

    contact: Contact
    events: Sequence[Event]


def join(mapping: Rules, both: tuple[Half, Half], event: Event, found_by: Proof, now: datetime) -> Decision:
    """The older contact, which comes first of `both`, once it is both, and what follows from that.

    The event that shows it is decided after: it is not part of the histories yet. `found_by` is what in it
    shows that they are one.
    """
    return _Joining(mapping, *both, event, now).decide(found_by)


def with_first(first: Decision, then: Decision) -> Decision:
    """Two decisions upon one event as one; the deeds of the first are written down already."""
    return replace(
        then,
        moves=(*first.moves, *then.moves),
        actions=(*first.actions, *then.actions),
        trace=(*first.trace, *then.trace),
    )


def fold_whole(mapping: Rules, half: Half, identities: Iterable[Identity], until: datetime) -> Fold:
    """A history folded from its beginning, with what its triggers would say."""
    nobody = Contact(half.contact.id, half.contact.created_at)
    known = changed(introduce(nobody, tuple(identities)), company=half.contact.company)
    return fold_watching(mapping, known, sorted(half.events, key=place_of), 0, until)


@dataclass(frozen=True, slots=True)
class _Joining:
    mapping: Rules
    older: Half
    younger: Half
    event: Event
    now: datetime

    def decide(self, found_by: Proof) -> Decision:
        older, younger = self.older.contact, self.younger.contact
        whole = Half(older, (*self.older.events, *self.younger.events))
        together = introduce(older, younger.identities).identities
        until = self._until(whole.events)
        made = fold_whole(self.mapping, whole, together, until)
        apart = [self._lived(it) for it in (self.older, self.younger)]
        doings = join_doings(self.mapping, older, younger)
        contact = self._contact(doings.contact, made, together, len(whole.events))
        progress = Progress(self.mapping, contact, self.now)
        progress.trace.append(self._told(found_by, contact, doings))
        progress.trace.extend(_ended(self.mapping, doings))
        self._do(progress, made, apart)
        return progress.decision()

    def _do(self, progress: Progress, made: Fold, apart: Sequence[Fold]) -> None:
        """What the joined history adds, and what it calls off of what waits; upon what was imported nothing
        is done."""
        _call_off(progress)
        if self.event.is_past:
            progress.contact = settled(self.mapping, progress.contact, self.now, is_due=True)
            return
        enter_added(progress, _new_stages(made, apart))
        begin_added(progress, _new_runs(made, apart))
        follow_moves(progress, self.event)
        before = View(self.mapping, self.older.contact, self.event, self.now)
        follow_marks(progress, self.event, before if self.mapping.is_watchful else None)
        release(progress)

    def _lived(self, half: Half) -> Fold:
        """What a half alone has come to, as far as it was lived."""
        until = placing.lived_until(self.mapping, half.contact, self.now)
        return fold_whole(self.mapping, half, half.contact.identities, until)

    def _until(self, events: Iterable[Event]) -> datetime:
        """How far time has passed for one of them, or will have for the event."""
        folded = [it.contact.folded for it in (self.older, self.younger)]
        moments = [it.upto.at for it in folded if it is not None and it.upto is not None]
        latest = max([self.event.occurred_at, *moments, *(one.occurred_at for one in events)])
        return min(latest, self.now)

    def _contact(self, older: Contact, made: Fold, together: Sequence[Identity], count: int) -> Contact:
        contact = changed(with_facts(older, made.contact), identities=tuple(together))
        everything = (*self.older.events, *self.younger.events)
        upto = max(map(place_of, everything), default=None)
        by_quiet = (one.moved.at for one in made.reached if not one.event.connection)
        contact = changed(contact, folded=Folded(self.mapping.version, upto=upto, count=count))
        younger = self.younger.contact
        return changed(
            contact,
            folded=placing.passed(self.mapping, contact, by_quiet),
            consent=_consent(made.contact.consent, older, younger),
            seconds=tuple(sorted({*older.seconds, *younger.seconds, *clashing(older, younger)})),
            **_company(older, younger),
        )

    def _told(self, found_by: Proof, contact: Contact, doings: Joined) -> TraceEntry:
        """With whom, by what, and what was joined."""
        younger = self.younger
        by = " and ".join(str(one) for one in dict.fromkeys(found_by))
        parts = [
            f"contact {younger.contact.id} is the same person, by {by}",
            f"{len(younger.events)} event(s) joined",
            f"{doings.taken} run(s) taken over",
            *(f"{it} is a second record, and not written" for it in contact.seconds),
        ]
        return TraceEntry("event", Answer.MERGED, detail="; ".join(parts))


def _new_stages(made: Fold, apart: Sequence[Fold]) -> Iterable[Reached]:
    """The stages that neither had entered, be it upon the same event in another cycle."""
    known = [one for it in apart for one in it.reached]
    upon = {_upon(one) for one in known}
    return [one for one in more(made.reached, known) if _upon(one) not in upon]


def _new_runs(made: Fold, apart: Sequence[Fold]) -> dict[RunKey, Wanted]:
    """The runs that neither would have begun, be it upon entering the stage in another cycle."""
    known = {key for it in apart for key in it.wanted}
    upon = {(name, _upon(one.reached)) for it in apart for (name, _), one in it.wanted.items() if one.reached}
    return {
        key: one
        for key, one in made.wanted.items()
        if key not in known and not (one.reached and (key[0], _upon(one.reached)) in upon)
    }


def _upon(reached: Reached) -> tuple[str, str, Place]:
    return reached.moved.journey, reached.moved.to_stage, place_of(reached.event)


def _call_off(progress: Progress) -> None:
    """End the runs that the other's history has called off already."""
    for name, key, _ in progress.waiting():
        run = progress.run(name, key)
        walk = walk_of(progress, name, key) if run is not None and run.is_waiting else None
        asked = was_called_off(walk.view(), walk.trigger) if walk else None
        if walk and asked:
            walk.end(asked)


def _ended(mapping: Rules, doings: Joined) -> Iterable[TraceEntry]:
    for name, _ in doings.ended:
        trigger = mapping.triggers.get(name)
        detail = "both had a run with the same key: the one that is furthest along goes on"
        place = str(trigger.place) if trigger else ""
        yield TraceEntry(f"trigger:{name}", Answer.ENDED, place, detail=f"{MERGED}: {detail}")


def _consent(folded: Table[str, Consent], older: Contact, younger: Contact) -> dict[str, Consent]:
    """What the history says of each address; what a platform has ended, which is no event, stays ended."""
    consent = dict(folded)
    for contact in (older, younger):
        for key, known in contact.consent.items():
            now = consent.get(key)
            if not known.given and (now is None or (now.given and now.at <= known.at)):
                consent[key] = known
    return consent


def _company(older: Contact, younger: Contact) -> Table[str, object]:
    """The company that was stated last."""
    told = [it for it in (older, younger) if it.company_at is not None]
    latest = max(told, key=lambda it: (it.company_at, it.id), default=older)
    names = ("company_id", "company_at", "company")
    return {name: getattr(latest, name) for name in names}
