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

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final

from connector.insight.pairing import Paired, pairs
from connector.journey.agenda import knows_time
from connector.journey.bearing import nobody
from connector.journey.companies import Companies, numbered
from connector.journey.decide import decide
from connector.journey.for_company import decide_for_company
from connector.journey.own_state import is_deed
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping as Rules
from connector.model.action import Action
from connector.model.contact import Contact
from connector.model.decision import HELD_BACK, Answer, Decision, TraceEntry
from connector.model.event import Event, Identity
from connector.model.order import place_of
from connector.store import companies, contacts, recordings
from connector.store.database import Store, Transaction
from connector.store.outbox import Queued

REFUSALS: Final = HELD_BACK | {Answer.FAILED}
"""Why a rule that was asked to act did not: a guard, or its own failure."""

_PAGE: Final = 50
"""Contacts that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class Window:
    """What counts: from `since` until `until`, where the simulated clock stops."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """One action: the draft would make it, it was made, or both. `rule` is that of the trace."""

    at: datetime
    rule: str
    action: str
    by_draft: bool
    by_live: bool

    @property
    def differs(self) -> bool:
        """Whether only one of the two makes it."""
        return self.by_draft != self.by_live


@dataclass(frozen=True, slots=True)
class Outcome:
    """One contact's part in the window: its events, actions by time, and what the draft refused, by rule.

    `contact` is the address in use, or our id where none is known or the person was erased. `left_out` counts
    events of connections to which the draft does not listen.
    """

    contact: str
    events: int
    compared: tuple[Compared, ...]
    refused: Mapping[tuple[str, Answer], int]
    left_out: Mapping[str, int]

    @property
    def differences(self) -> tuple[Compared, ...]:
        """The actions that only one of the two makes."""
        return tuple(one for one in self.compared if one.differs)


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
        life = _Life(
            draft, window, _new(contact_id, window, identities), made.get(contact_id, ()), numbered()
        )
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
    firm = _Firm(draft, numbered())
    for one in colleagues:
        known = _new(one, window, identities)
        firm.lives[one] = _Life(draft, window, known, made.get(one, ()), firm.companies)
    heard = recordings.events_of(tx, [*colleagues, company_id])
    for contact_id, event in sorted(heard, key=lambda one: place_of(one[1])):
        firm.hears(contact_id, event)
    firm.passes_until(window.until)
    outcomes = [one.outcome() for one in firm.lives.values()]
    ever = heard_since(draft, window) is None
    yield from (one for one in outcomes if one.events or ever)


@dataclass(slots=True)
class _Firm:
    """The people of one company under the draft, on one clock."""

    draft: Rules
    companies: Companies
    lives: dict[str, _Life] = field(default_factory=dict)

    def hears(self, contact_id: str, event: Event) -> None:
        """The next event of one of them, or of the company alone."""
        self.passes_until(event.occurred_at)
        if contact_id in self.lives:
            self.lives[contact_id].hears(event)
        elif event.is_of_company and listens(self.draft, event):
            self._hears_alone(event)

    def passes_until(self, moment: datetime) -> None:
        """The clock goes on; whoever is to be looked at first is so."""
        while due := [(one.wakes_at, name) for name, one in self.lives.items() if one.wakes_at is not None]:
            at, name = min(due)
            if at > moment:
                return
            self.lives[name].wakes(at)

    def _hears_alone(self, event: Event) -> None:
        company = self.companies.hear(event, event.occurred_at)
        speaker = Companies.longest_of(company) if company is not None else None
        if speaker is not None:
            self.lives[speaker].speaks(event)
        elif company is not None:
            decided = decide_for_company(self.draft, nobody(company), event, event.occurred_at)
            self.companies.after(decided.contact)


class _Life:
    """One contact under the draft; colleagues share `companies`."""

    def __init__(
        self, draft: Rules, window: Window, contact: Contact, made: Sequence[Queued], companies: Companies
    ) -> None:
        self._draft = draft
        self._companies = companies
        self._window = window
        self._contact = contact
        self._made = [one.action for one in made]
        self._happened: dict[tuple[str, str], datetime | None] = dict.fromkeys(map(_cause, self._made))
        self._would: dict[str, Action] = {}
        self._events = 0
        self.wakes_at: datetime | None = None
        self._refused = Counter[tuple[str, Answer]]()
        self._left_out = Counter[str]()

    def hears(self, event: Event) -> None:
        """The next event. What live rules did to our own state is none: the draft decides that for itself."""
        if is_deed(event):
            return
        name = (event.name, event.key)
        if name in self._happened:
            self._happened[name] = event.occurred_at
        self._passes_until(event.occurred_at)
        counts = event.occurred_at >= self._window.since
        self._events += counts
        if not listens(self._draft, event):
            self._left_out[event.connection] += counts
            return
        before = self._companies.before(self._contact, event, event.occurred_at)
        self._takes(decide(self._draft, before, event, event.occurred_at), event.occurred_at)

    def speaks(self, event: Event) -> None:
        """Something happens to the company alone, for whom this contact is addressed."""
        before = self._companies.attach(self._contact)
        self._takes(decide_for_company(self._draft, before, event, event.occurred_at), event.occurred_at)

    def wakes(self, now: datetime) -> None:
        """It is time to look at the contact."""
        self._takes(wake(self._draft, self._companies.attach(self._contact), now), now)

    def outcome(self) -> Outcome:
        """What became of it by the end of the window."""
        self._passes_until(self._window.until)
        all_of_it = (self._compared(pair) for pair in pairs(self._would.values(), self._made))
        known = self._contact
        return Outcome(
            contact=known.id if known.erased_at else known.email or known.id,
            events=self._events,
            compared=tuple(sorted((one for one in all_of_it if one.at >= self._window.since), key=_in_order)),
            refused=self._refused,
            left_out=+self._left_out,
        )

    def _passes_until(self, moment: datetime) -> None:
        """The clock goes on, and stops wherever the draft wants to look at the contact again."""
        while self.wakes_at is not None and self.wakes_at <= moment:
            self.wakes(self.wakes_at)

    def _takes(self, decision: Decision, at: datetime) -> None:
        self._contact, self.wakes_at = self._companies.after(decision.contact), decision.wakes_at
        for action in decision.actions:
            self._would.setdefault(action.key, action)
        if at >= self._window.since:
            self._note(decision.trace)

    def _note(self, trace: Sequence[TraceEntry]) -> None:
        for entry in trace:
            if entry.answer in REFUSALS and entry.rule != "event":
                self._refused[entry.rule, entry.answer] += 1

    def _compared(self, pair: Paired) -> Compared:
        action = pair.action
        at = None if pair.by_draft else self._happened[_cause(action)]
        return Compared(
            at=at or action.decided_at,
            rule=action.cause.rule,
            action=f"{action.connection}.{action.name}",
            by_draft=pair.by_draft,
            by_live=pair.by_live,
        )


def listens(draft: Rules, event: Event) -> bool:
    """Whether the draft would hear of it. Who was erased stays so under any draft."""
    connection = draft.connections.get(event.connection)
    return event.name == "contact.erased" or (connection is not None and connection.source is not None)


def _cause(action: Action) -> tuple[str, str]:
    return action.cause.event, action.cause.event_key


def _in_order(one: Compared) -> tuple[datetime, str, str]:
    return one.at, one.rule, one.action
