"""A draft mapping tried on what was recorded: what each contact would have got, beside what it did get.

Each contact lives once more, from nothing, through all its recorded events in the order in which they
happened, on a clock that stands at the event's own time: every webhook comes at once, and none is late.
Between them the clock goes on to whatever the draft waits for, a date, the end of a wait, a quiet period,
and after the last until the end of the window. The draft's rules decide; its sources are not asked, since the
events stand as they were read. Only what falls into the window counts. Nothing is written or sent.

The people of one company live side by side on one clock, and what happens to one of them moves the company of
all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final

from connector.insight.lives import Firm, Life
from connector.insight.outcome import Outcome, Window
from connector.journey.agenda import knows_time
from connector.journey.companies import numbered
from connector.mapping.mapping import Mapping as Rules
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.model.order import place_of
from connector.store import companies, contacts, recordings
from connector.store.database import Store, Transaction

_PAGE: Final = 50
"""Contacts that are read in one transaction."""


def backtest(store: Store, draft: Rules, window: Window) -> Iterator[Outcome]:
    """What became of everybody to whom something happened in the window, a contact at a time.

    Where the draft listens to time itself, that may be anybody. However much is recorded, little is held.
    Raises StoreError.
    """
    after, since, seen = "", heard_since(draft, window), set[str]()
    while True:
        with store.reading() as tx:
            ids = recordings.people(tx, since, after, _PAGE)
            groups = _groups(tx, [one for one in ids if one not in seen])
            seen.update(*groups.values())
            alone = [one for one in ids if one not in seen]
            outcomes = list(_page(tx, draft, window, alone))
        if not ids:
            return
        yield from outcomes
        for company_id, colleagues in groups.items():
            with store.reading() as tx:
                outcomes = list(_together(tx, draft, window, colleagues, company_id))
            yield from outcomes
        after = ids[-1]


def _groups(tx: Transaction, ids: Sequence[str]) -> dict[str, list[str]]:
    """By company, all who belong to those to which any of these contacts belong; in the order of their ids.

    Whoever is in a company as it is now lives beside its people; a company that somebody has left since is
    lived through by each of them alone.
    """
    if not companies.are_known(tx):
        return {}
    theirs = {one.company_id for one in contacts.peek(tx, ids).values() if one.company_id is not None}
    return {
        name: sorted(one.people) for name, one in sorted(companies.peek(tx, theirs).items()) if one.people
    }


def heard_since(draft: Rules, window: Window) -> datetime | None:
    """From when on something must have happened to a contact for it to be gone through; None is ever."""
    return None if knows_time(draft) else window.since


def _page(tx: Transaction, draft: Rules, window: Window, ids: Sequence[str]) -> Iterator[Outcome]:
    identities = contacts.identities_of(tx, ids)
    made = recordings.actions_of(tx, ids)
    for contact_id, theirs in groupby(recordings.events_of(tx, ids), itemgetter(0)):
        life = Life(draft, window, _new(contact_id, window, identities), made.get(contact_id, ()), numbered())
        for _, same_moment in groupby((event for _, event in theirs), attrgetter("occurred_at")):
            for event in sorted(same_moment, key=place_of):
                life.hears(event)
        yield life.outcome()


def _new(contact_id: str, window: Window, identities: Mapping[str, tuple[Identity, ...]]) -> Contact:
    """The contact to whom nothing has happened; no rule reads when it was made."""
    return Contact(id=contact_id, created_at=window.since, identities=identities[contact_id])


def _together(
    tx: Transaction, draft: Rules, window: Window, colleagues: Sequence[str], company_id: str
) -> Iterator[Outcome]:
    """The people of a company, who live side by side; only those to whom something happened count."""
    identities = contacts.identities_of(tx, colleagues)
    made = recordings.actions_of(tx, colleagues)
    firm = Firm(draft, numbered())
    for one in colleagues:
        known = _new(one, window, identities)
        firm.lives[one] = Life(draft, window, known, made.get(one, ()), firm.companies)
    heard = recordings.events_of(tx, [*colleagues, company_id])
    for contact_id, event in sorted(heard, key=lambda one: place_of(one[1])):
        firm.hears(contact_id, event)
    firm.passes_until(window.until)
    outcomes = [one.outcome() for one in firm.lives.values()]
    ever = heard_since(draft, window) is None
    yield from (one for one in outcomes if one.events or ever)
