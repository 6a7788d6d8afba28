"""What a payload would do and why: the same translation and decision, without a trace left behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from connector.journey.bearing import is_nobody, nobody
from connector.journey.companies import Companies, names_in, numbered
from connector.journey.decide import decide
from connector.journey.for_company import decide_for_company
from connector.journey.identity import choose, introduce
from connector.journey.imported import decide_imported, decide_imported_for_company
from connector.journey.joining import Half, join, with_first
from connector.journey.kinship import in_order, named_first, proof
from connector.journey.late import Past, decide_in
from connector.journey.placing import is_late
from connector.mapping.accounts import Connection, Setting
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Decision
from connector.model.delivery import Delivery
from connector.model.event import Event, Identity
from connector.model.order import place_of
from connector.runtime.pasts import past_of
from connector.sources.translate import Translation, translate
from connector.store import companies, contacts, history
from connector.store.database import Store, Transaction

_Key: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExplainedEvent:
    """One event: whom it would be about (None: parked, nobody is known), and what would follow.

    One that `has_happened` would be left out, since an event happens once; what follows is then what it would
    do if it had not.
    """

    event: Event
    contact: Contact | None
    is_new_contact: bool
    decision: Decision | None
    has_happened: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A delivery's translation and each of its events."""

    translation: Translation
    events: tuple[ExplainedEvent, ...]


class Explainer:
    """Explains deliveries and events against the people that the store knows; writes nothing."""

    def __init__(
        self, mapping: Mapping, store: Store | None, resolve: Callable[[Setting | None], str | None]
    ) -> None:
        self._mapping = mapping
        self._store = store
        self._resolve = resolve

    def explain(self, connection: Connection, delivery: Delivery, now: datetime) -> Explanation:
        """What this delivery would do if it arrived at `now`; later events see what earlier ones did."""
        translation = translate(self._mapping, connection, delivery, self._resolve)
        return self._explained(translation, now)

    def explain_event(self, event: Event, now: datetime) -> Explanation:
        """What this event would do if it came at `now`, whoever told it."""
        return self._explained(Translation((event,), "", ()), now)

    def _explained(self, translation: Translation, now: datetime) -> Explanation:
        events = sorted(translation.events, key=place_of)
        known = self._known(events, now)
        explained = (self._one(event, known, now) for event in events)
        return Explanation(
            translation,
            tuple(replace(one, has_happened=_key(one.event) in known.happened) for one in explained),
        )

    def _known(self, events: Sequence[Event], now: datetime) -> _Known:
        if self._store is None:
            return _Known(now)
        identities = {identity for event in events for identity in event.identities}
        with self._store.reading() as tx:
            owners = contacts.owners(tx, sorted(identities))
            people = contacts.peek(tx, sorted(set(owners.values())))
            known = _Known(now, owners, people, history.happened(tx, [_key(event) for event in events]))
            _meet(tx, events, known)
            for event in events:
                named = {owners[one] for one in event.identities if one in owners}
                for one in named if len(named) > 1 else ():
                    known.wholes[one] = history.whole(tx, one)
            for event in reversed(events):
                self._look_back(tx, event, known)
        return known

    def _look_back(self, tx: Transaction, event: Event, known: _Known) -> None:
        """Read what a late event is folded into; of several of a contact the earliest goes furthest back."""
        before = known.people.get(choose(event, known.owners, known.has_address).contact_id or "")
        if before is not None and is_late(self._mapping, before, event):
            past = past_of(tx, self._mapping, before, event)
            if past is not None:
                known.pasts[before.id] = past

    def _one(self, event: Event, known: _Known, now: datetime) -> ExplainedEvent:
        if event.is_of_company:
            return self._of_company(event, known, now)
        choice = choose(event, known.owners, known.has_address)
        if choice.is_parked:
            return ExplainedEvent(event, None, is_new_contact=False, decision=None)
        contact_id = choice.contact_id or f"new-{len(known.people) + 1}"
        known.owners.update(dict.fromkeys(choice.unclaimed, contact_id))
        before = known.people.get(contact_id) or Contact(id=contact_id, created_at=now)
        known.people[contact_id] = introduce(before, choice.unclaimed)
        joined: list[Decision] = []
        for identity in event.identities:
            contact_id = self._as_one((contact_id, known.owners[identity]), event, known, joined)
        decision, before = self._decided(contact_id, event, known, now)
        for one in joined:
            decision = with_first(one, decision)
        known.people[contact_id] = known.companies.after(decision.contact)
        return ExplainedEvent(event, before, choice.contact_id is None, decision)

    def _as_one(self, ids: tuple[str, str], event: Event, known: _Known, joined: list[Decision]) -> str:
        """The id of the contact once the two are one, if the event shows that they are."""
        pair = [known.companies.attach(known.people[one]) for one in ids]
        found_by = proof(event, *pair) if ids[0] != ids[1] else None
        if found_by is None:
            return ids[0]
        older, younger = in_order(*pair)
        events = [known.wholes.get(one.id, ()) for one in (older, younger)]
        both = Half(older, events[0]), Half(younger, events[1])
        decision = join(self._mapping, both, event, found_by, known.now)
        joined.insert(0, decision)
        together = sorted([*events[0], *events[1], *decision.deeds], key=place_of)
        known.wholes[older.id] = together
        known.pasts[older.id] = Past(Contact(older.id, older.created_at), together)
        known.people[older.id] = known.companies.after(decision.contact)
        known.owners.update(dict.fromkeys(younger.identities, older.id))
        return older.id

    def _decided(
        self, contact_id: str, event: Event, known: _Known, now: datetime
    ) -> tuple[Decision, Contact]:
        before = known.companies.before(known.people[contact_id], event, now)
        past = known.pasts.get(contact_id)
        if event.is_past:
            upon = past if is_late(self._mapping, before, event) else None
            decision = decide_imported(self._mapping, before, upon, event, now)
        elif past is None:
            decision = decide(self._mapping, before, event, now)
        else:
            decision = decide_in(past, self._mapping, before, event, now)
        if past is not None:
            known.pasts[contact_id] = replace(past, events=sorted([*past.events, event], key=place_of))
        return replace(decision, contact=named_first(decision.contact, event)), before

    def _of_company(self, event: Event, known: _Known, now: datetime) -> ExplainedEvent:
        company = known.companies.hear(event, now)
        if company is None:
            raise ValueError(f"{event.key} is about nobody")
        speaker = known.people.get(Companies.longest_of(company) or "")
        before = known.companies.attach(speaker) if speaker is not None else nobody(company)
        decide_so = decide_imported_for_company if event.is_past else decide_for_company
        decision = decide_so(self._mapping, before, event, now)
        after = known.companies.after(decision.contact)
        if not is_nobody(decision.contact):
            known.people[after.id] = after
        return ExplainedEvent(event, before, is_new_contact=False, decision=decision)


@dataclass(slots=True)
class _Known:
    """What the store knows of some events at `now`: whose the identities are, these people, what happened.

    `pasts` are of those to whom something happened late, `wholes` all that happened to those who may turn out
    to be one.
    """

    now: datetime
    owners: dict[Identity, str] = field(default_factory=dict)
    people: dict[str, Contact] = field(default_factory=dict)
    happened: set[_Key] = field(default_factory=set)
    pasts: dict[str, Past] = field(default_factory=dict)
    wholes: dict[str, Sequence[Event]] = field(default_factory=dict)
    companies: Companies = field(default_factory=numbered)

    def has_address(self, contact_id: str) -> bool:
        """Whether an address of this contact is known."""
        known = self.people.get(contact_id)
        return known is not None and any(it.kind == "email" for it in known.identities)


def _meet(tx: Transaction, events: Sequence[Event], known: _Known) -> None:
    """Read the companies that events name, and those of the people; and whom an event alone would address."""
    owners = companies.owners(tx, names_in(events))
    ids = {one.company_id for one in known.people.values() if one.company_id} | set(owners.values())
    known.companies.owners.update(owners)
    known.companies.known.update(companies.peek(tx, ids))
    alone = {owners.get(name) for one in events if one.is_of_company for name in one.company}
    speakers = {Companies.longest_of(one) for name, one in known.companies.known.items() if name in alone}
    missing = [one for one in speakers if one is not None and one not in known.people]
    known.people.update(contacts.peek(tx, missing))


def _key(event: Event) -> _Key:
    return event.connection, event.key
