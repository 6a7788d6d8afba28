"""From events to decisions, inside one transaction: who it is about, what it means, and writing that down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connector.errors import LoodsError, StoreError
from connector.journey.bearing import is_nobody, nobody
from connector.journey.companies import Companies
from connector.journey.joining import with_first
from connector.journey.kinship import Proof, in_order, named_first, proof
from connector.journey.placing import is_late
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.decision import Decision, TraceEntry
from connector.model.delivery import DeliveryStatus
from connector.runtime import pasts
from connector.runtime.arrivals import Arrival, ContendedError, Owners
from connector.runtime.echoing import Echoes
from connector.runtime.firms import Firms
from connector.runtime.keeping import require_texts
from connector.runtime.uniting import unite
from connector.runtime.writing import write_down
from connector.store import contacts, history, inbox
from connector.store.database import Transaction

PARKED_FOR = timedelta(days=30)


@dataclass(slots=True)
class Applied:
    """What became of arrivals: the deliveries with an event that was decided, and those with one parked.

    `traces` say why, event by event.
    """

    decided: set[str] = field(default_factory=set)
    parked: set[str] = field(default_factory=set)
    actions: int = 0
    traces: list[Sequence[TraceEntry]] = field(default_factory=list)


class DecisionFailedError(LoodsError):
    """A rule of ours broke on this event: its delivery is to be set aside, so that the others go on."""

    def __init__(self, delivery_id: str, reason: str) -> None:
        super().__init__(reason)
        self.delivery_id = delivery_id
        self.reason = reason


def apply(tx: Transaction, mapping: Mapping, arrivals: Sequence[Arrival], now: datetime) -> Applied:
    """Decide events that have not happened before and write all that follows.

    Raises ContendedError, DecisionFailedError and UnknownTextError; the caller must roll the transaction
    back.
    """
    return apply_new(tx, mapping, _not_seen_before(tx, arrivals, now), now)


def apply_new(tx: Transaction, mapping: Mapping, arrivals: Sequence[Arrival], now: datetime) -> Applied:
    """The same for events that are known not to have happened before."""
    return _Round(tx, mapping, now).run(arrivals)


def set_aside(tx: Transaction, failed: DecisionFailedError, version: str, now: datetime) -> None:
    """A parked event broke a rule when it was released: its delivery is failed, to be replayed."""
    history.take_back(tx, failed.delivery_id)
    verdict = inbox.Settled(failed.delivery_id, DeliveryStatus.FAILED, version, now, failed.reason)
    inbox.settle(tx, [verdict])


def _not_seen_before(tx: Transaction, arrivals: Sequence[Arrival], now: datetime) -> list[Arrival]:
    keys = [(one.event.connection, one.event.key) for one in arrivals]
    new = history.new_keys(tx, keys, now) if keys else set()
    fresh = []
    for arrival, key in zip(arrivals, keys, strict=True):
        if key in new:
            new.discard(key)
            fresh.append(arrival)
    return fresh


@dataclass(slots=True)
class _Hand:
    """What is in hand while a batch is decided; `waited` are those of whom runs waited before.

    `last` is of each contact's id what is decided last.
    """

    people: dict[str, Contact]
    firms: Firms
    echoes: Echoes
    waited: set[str]
    last: dict[str, Arrival]
    decisions: list[tuple[str, Decision]] = field(default_factory=list)


class _Round:
    """One pass over arrivals; those that were parked and now have an owner are taken along."""

    def __init__(self, tx: Transaction, mapping: Mapping, now: datetime) -> None:
        self._tx = tx
        self._mapping = mapping
        self._now = now
        self._owners = Owners(tx, now)
        self._pasts = pasts.Pasts(tx, mapping, now)
        self._roots: dict[str, str] = {}
        self._applied = Applied()
        self._recorded: list[history.Recorded] = []

    def run(self, arrivals: Sequence[Arrival]) -> Applied:
        pending = sorted(arrivals, key=lambda one: one.place)
        while pending:
            self._owners.know(pending)
            alone = [one for one in pending if one.event.is_of_company]
            assigned, parked = self._owners.assign(one for one in pending if not one.event.is_of_company)
            firms = self._firms([*(one for one, _ in assigned), *alone])
            speakers = firms.speakers(one.event for one in alone)
            people = self._people(
                {contact_id for _, contact_id in assigned} | speakers | self._owners.named(assigned)
            )
            released = self._owners.claim(assigned, people)
            if not firms.lock(people.values()):
                raise ContendedError("a company was named by another worker at the same moment")
            if not firms.are_addressed((one.event for one in alone), people):
                raise ContendedError("a company's people were changed by another worker at the same moment")
            self._decide([*assigned, *((one, "") for one in alone)], people, firms)
            pending = sorted([*released, *self._park(parked)], key=lambda one: one.place)
        return self._applied

    def _firms(self, arrivals: Iterable[Arrival]) -> Firms:
        return Firms(self._tx, self._now, [one.event for one in sorted(arrivals, key=lambda one: one.place)])

    def _people(self, ids: set[str]) -> dict[str, Contact]:
        """Those whom it is about, as they were; whoever is not known yet begins now."""
        known = contacts.load(self._tx, ids)
        return {one: known.get(one) or Contact(id=one, created_at=self._now) for one in ids}

    def _decide(
        self, assigned: Sequence[tuple[Arrival, str]], people: dict[str, Contact], firms: Firms
    ) -> None:
        """Decide in the order of the places; what is about a company alone comes without a contact's id."""
        require_texts(self._mapping, people.values())
        waited = {one for one, before in people.items() if before.is_waiting}
        ordered = sorted(assigned, key=lambda one: one[0].place)
        last = {contact_id: told for told, contact_id in ordered}
        hand = _Hand(people, firms, Echoes(self._tx, self._mapping, self._now), waited, last)
        hand.echoes.look((arrival.event, contact_id) for arrival, contact_id in assigned)
        for told, contact_id in ordered:
            if told.event.is_of_company:
                hand.decisions.extend(self._of_company(told, people, firms.companies))
            else:
                self._of_contact(told, contact_id, hand)
        hand.echoes.use_up()
        firms.save()
        self._write_down(hand)

    def _of_contact(self, told: Arrival, assigned_to: str, hand: _Hand) -> None:
        """Decide about a person, who is two contacts until then if the event shows that."""
        contact_id, joined = self._as_one(told, self._roots.get(assigned_to, assigned_to), hand)
        before = hand.firms.companies.before(hand.people[contact_id], told.event, self._now)
        arrival = Arrival(hand.echoes.marked(told.event, told.delivery_id, before), told.delivery_id)
        if is_late(self._mapping, before, arrival.event):
            self._record()
        decision = self._decided(before, arrival, is_last=hand.last[assigned_to] is told)
        for one in joined:
            decision = with_first(one, decision)
        named = named_first(decision.contact, told.event)
        if named is not decision.contact:
            decision = replace(decision, contact=named)
        after = hand.firms.companies.after(named)
        hand.people[contact_id] = changed(after, identities=before.identities)
        hand.decisions.append((contact_id, decision))
        self._recorded.append(self._entry(arrival, contact_id, decision))
        self._recorded.extend(pasts.deeds(decision, self._mapping.version, self._now))
        self._applied.decided.add(arrival.delivery_id)

    def _as_one(self, told: Arrival, contact_id: str, hand: _Hand) -> tuple[str, list[Decision]]:
        """The id of the contact whom the event is about, once all are one whom it shows to be; and what
        follows from that, of each the one before the next."""
        joined: list[Decision] = []
        attach = hand.firms.companies.attach
        for identity in told.event.identities:
            other = self._owners.of[identity]
            if other == contact_id:
                continue
            pair = attach(hand.people[contact_id]), attach(hand.people[other])
            found_by = proof(told.event, *pair)
            if found_by is not None:
                self._write_down(hand)
                decision = self._united(pair, told, found_by, hand)
                joined.insert(0, decision)
                contact_id = decision.contact.id
        return contact_id, joined

    def _united(self, pair: tuple[Contact, Contact], told: Arrival, found_by: Proof, hand: _Hand) -> Decision:
        """Make one of two. What was decided of either is written down by now."""
        older, younger = in_order(*pair)
        try:
            decision = unite(self._tx, self._mapping, (older, younger), (told.event, found_by), self._now)
        except StoreError:
            raise
        except Exception as error:
            raise _failed(told, "joining two contacts upon", error) from error
        hand.people[older.id] = hand.firms.companies.joined(older, younger, decision.contact)
        hand.waited.add(older.id)
        hand.echoes.follow(younger.id, older.id)
        self._roots = {one: older.id if at == younger.id else at for one, at in self._roots.items()}
        self._roots[younger.id] = older.id
        self._owners.follow(younger.id, older.id)
        self._recorded.extend(pasts.deeds(decision, self._mapping.version, self._now))
        return decision

    def _write_down(self, hand: _Hand) -> None:
        self._record()
        new = write_down(self._tx, self._mapping, hand.decisions, self._now, hand.waited)
        self._applied.actions += new
        hand.waited |= {name for name, one in hand.decisions if one.contact.is_waiting}
        hand.decisions.clear()

    def _of_company(
        self, arrival: Arrival, people: dict[str, Contact], companies: Companies
    ) -> Iterable[tuple[str, Decision]]:
        """Decide about a company alone; it stands in the history of the company, under its id."""
        company = companies.hear(arrival.event, self._now)
        if company is None:
            return
        speaker = people.get(Companies.longest_of(company) or "")
        is_theirs = speaker is not None and speaker.company_id == company.id
        before = companies.attach(speaker) if speaker is not None and is_theirs else nobody(company)
        decision = self._decided(before, arrival)
        after = companies.after(decision.contact)
        self._recorded.append(self._entry(arrival, company.id, decision))
        self._recorded.extend(pasts.deeds(decision, self._mapping.version, self._now))
        self._applied.decided.add(arrival.delivery_id)
        if not is_nobody(decision.contact):
            people[after.id] = changed(after, identities=before.identities)
            yield after.id, decision

    def _decided(self, before: Contact, arrival: Arrival, *, is_last: bool = True) -> Decision:
        try:
            if arrival.event.is_of_company:
                return self._pasts.decided_for_company(before, arrival.event)
            return self._pasts.decided(before, arrival.event, is_last=is_last)
        except StoreError:
            raise
        except Exception as error:
            raise _failed(arrival, "deciding", error) from error

    def _record(self) -> None:
        """Write down what was decided so far, so that a late event finds it."""
        self._pasts.lay()
        history.record(self._tx, self._recorded)
        self._applied.traces += [one.trace for one in self._recorded]
        self._recorded = []

    def _entry(self, arrival: Arrival, contact_id: str, decision: Decision) -> history.Recorded:
        return history.Recorded(
            event=arrival.event,
            contact_id=contact_id,
            delivery_id=arrival.delivery_id,
            version=self._mapping.version,
            decided_at=self._now,
            moves=decision.moves,
            trace=decision.trace,
        )

    def _park(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Park those of which still nobody is known; the others got an owner from another worker just now."""
        named = {identity for one in arrivals for identity in one.event.identities}
        free = contacts.unowned(self._tx, named) if named else named
        parked = [one for one in arrivals if free.issuperset(one.event.identities)]
        if parked:
            waiting = [history.Parked(one.event, one.delivery_id) for one in parked]
            history.park(self._tx, waiting, self._now + PARKED_FOR)
        self._applied.parked.update(one.delivery_id for one in parked)
        return [one for one in arrivals if not free.issuperset(one.event.identities)]


def _failed(arrival: Arrival, doing: str, error: Exception) -> DecisionFailedError:
    """What breaks is told with the delivery that it is about."""
    reason = f"{doing} {arrival.event.name} failed: {type(error).__name__}: {error}"
    return DecisionFailedError(arrival.delivery_id, reason)


Clock = Callable[[], datetime]
