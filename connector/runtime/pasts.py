"""The past of contacts: read for events that come late, and kept so that this stays cheap."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from connector.journey import agenda
from connector.journey.bearing import is_nobody
from connector.journey.decide import decide
from connector.journey.facts import only_facts
from connector.journey.for_company import decide_for_company
from connector.journey.imported import decide_imported, decide_imported_for_company
from connector.journey.late import Past, decide_late
from connector.journey.placing import begun, is_late, position
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event
from connector.model.order import Place
from connector.runtime.writing import fired, next_look
from connector.store import history, snapshots
from connector.store.database import Transaction
from connector.store.history import Recorded

MOST_FOLDED: Final = 2000
"""Events that are folded at most for one that comes late: some 100 ms. Further back it is decided as it
arrives, and `recompute` puts it in its place."""

A_SNAPSHOT: Final = 250
"""After how many events of a contact its facts are kept."""

TOO_FAR_BACK: Final = TraceEntry(
    "event",
    Answer.LATE,
    detail=f"more than {MOST_FOLDED:,} events stand behind it: it is decided as the newest, and"
    " `loods recompute` puts it in its place",
)


def past_of(tx: Transaction, mapping: Mapping, before: Contact, event: Event) -> Past | None:
    """What a late event is folded into; None where that is too long ago."""
    folded = begun(mapping, before)
    if before.folded is None or before.folded.version != mapping.version:
        return Past(only_facts(before), ())
    where = position(event, folded)
    known = snapshots.of_contact(tx, before.id)
    usable = [one for one in known if one.is_base or (one.place, one.place) < where]
    begin = usable[-1] if usable else None
    later = begin is not None and not begin.is_base
    found = history.since(
        tx,
        before.id,
        after=known[0].after if known else 0,
        at=begin.place.at if begin is not None and later else None,
        limit=MOST_FOLDED + 1,
    )
    if len(found) > MOST_FOLDED:
        return None
    if begin is not None and later:
        found = [one for one in found if position(one, folded) > (begin.place, begin.place)]
    found.sort(key=lambda one: position(one, folded))
    return Past(begin.contact if begin else Contact(before.id, before.created_at), found)


class Pasts:
    """What events mean for contacts by their pasts, in one transaction.

    What later folds begin with is kept in hand, and written a batch at a time: `lay` is to be called before
    anything decided here is recorded.
    """

    def __init__(self, tx: Transaction, mapping: Mapping, now: datetime) -> None:
        self._tx = tx
        self._mapping = mapping
        self._now = now
        self._bases: dict[str, tuple[Contact, Place]] = {}
        self._moments: Table[str, datetime] | None = None

    def decided(self, before: Contact, event: Event, *, is_last: bool = True) -> Decision:
        """What an event means for a contact, at the end of its history or in its place in it.

        All that was decided of the contact before a late event is in the store. `is_last` as for `decide`.
        """
        if not is_late(self._mapping, before, event):
            decision = self._newest(before, event, is_last=is_last)
        elif past := past_of(self._tx, self._mapping, before, event):
            decision = self._in_its_place(before, past, event)
            snapshots.drop_from(self._tx, before.id, position(event, begun(self._mapping, before))[0])
        else:
            decision = self._newest(before, event)
            decision = replace(decision, trace=(TOO_FAR_BACK, *decision.trace))
        self.keep(before, decision)
        return decision

    def decided_for_company(self, before: Contact, event: Event) -> Decision:
        """What an event about a company alone means, for the contact who is addressed."""
        decide_so = decide_imported_for_company if event.is_past else decide_for_company
        decision = decide_so(self._mapping, before, event, self._now)
        if not is_nobody(before):
            self.keep(before, decision)
        return decision

    def _newest(self, before: Contact, event: Event, *, is_last: bool = True) -> Decision:
        if event.is_past:
            return self._imported(before, None, event)
        return decide(self._mapping, before, event, self._now, is_last=is_last)

    def _in_its_place(self, before: Contact, past: Past, event: Event) -> Decision:
        if event.is_past:
            return self._imported(before, past, event)
        return decide_late(self._mapping, before, past, event, self._now)

    def _imported(self, before: Contact, past: Past | None, event: Event) -> Decision:
        due = next_look(before, agenda.next_look(self._mapping, before, self._now), self._fired())
        is_due = due is not None and due <= self._now
        return decide_imported(self._mapping, before, past, event, self._now, is_due=is_due)

    def _fired(self) -> Table[str, datetime]:
        """The moments that were fired by hand lately; they are asked for once."""
        if self._moments is None:
            self._moments = fired(self._tx, self._now) if self._mapping.calendar else {}
        return self._moments

    def keep(self, before: Contact, decision: Decision) -> None:
        """Note what a later fold of this contact begins with, where that is due."""
        folded = decision.contact.folded
        if folded is None or folded.upto is None:
            return
        if decision.base is not None and folded.base is not None:
            self._bases[decision.base.id] = only_facts(decision.base), folded.base
        known = before.folded.count if before.folded is not None and decision.base is None else 0
        if folded.count // A_SNAPSHOT > known // A_SNAPSHOT:
            self.lay()
            snapshots.lay(self._tx, only_facts(decision.contact), folded.upto)

    def lay(self) -> None:
        """Write down the bases that were noted: what is recorded from now on comes behind them."""
        snapshots.lay_bases(self._tx, [*self._bases.values()])
        self._bases.clear()


def deeds(decision: Decision, version: str, now: datetime) -> Sequence[Recorded]:
    """What rules did to our own state, for the history."""
    return [Recorded(one, decision.contact.id, "", version, now, (), ()) for one in decision.deeds]
