"""What leaves: actions that are due, as calls, and asked once more whether they may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from datetime import datetime

from connector.failpoints import reach
from connector.journey.consent import may_market
from connector.journey.guards import hold_back
from connector.mapping.mapping import Mapping
from connector.model.changes import Change
from connector.model.contact import Contact
from connector.platforms.base import Addressee, Call
from connector.runtime import echoing
from connector.store import outbox
from connector.store.database import Transaction
from connector.store.glimpses import glimpse


@dataclass(frozen=True, slots=True)
class Claimed:
    """Actions with whom they are about; `held_back` counts those that are settled uncalled."""

    pairs: tuple[tuple[outbox.Queued, Call], ...]
    held_back: int = 0

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls alone."""
        return tuple(call for _, call in self.pairs)


class Leaving:
    """Takes one connection's actions out of the outbox. Every method works in the caller's transaction.

    `changes` says what the platform may tell us of a call.
    """

    def __init__(
        self, connection: str, mapping: Mapping, changes: Callable[[Call], Sequence[Change]]
    ) -> None:
        self._connection = connection
        self._mapping = mapping
        self._changes = changes
        self._is_told_of = echoing.is_told_of(mapping, connection)

    def claim(self, tx: Transaction, now: datetime, limit: Callable[[str], int]) -> Claimed:
        """What is due, all of one name; whether it may leave is asked once more, just before it does."""
        rows = outbox.claim(tx, self._connection, now, limit)
        people = _people(tx, rows)
        allowed = [one for one in rows if not self._is_held_back(tx, one, people[one.action.contact_id], now)]
        leaving = [named for one in allowed if (named := _named(tx, one, now))]
        pairs = [(one, Call(one.action, self._addressee(people, one, now))) for one in leaving]
        if self._is_told_of:
            changes = [(queued, self._changes(call)) for queued, call in pairs]
            echoing.expect(tx, self._mapping.connections[self._connection].ids, changes, now)
        if pairs:
            reach("claimed-before-commit")
        return Claimed(tuple(pairs), len(rows) - len(leaving))

    def unknown(self, tx: Transaction, now: datetime) -> list[tuple[outbox.Queued, Call]]:
        """The action whose outcome has been unknown for longest, if its time to be looked up has come."""
        rows = outbox.claim_unknown(tx, self._connection, now, 1)
        people = _people(tx, rows)
        known = outbox.references(tx, people.keys(), self._connection)
        return [
            (one, Call(one.action, self._addressee(people, one, now), known[one.action.contact_id]))
            for one in rows
        ]

    def _is_held_back(self, tx: Transaction, queued: outbox.Queued, contact: Contact, now: datetime) -> bool:
        why = hold_back(self._mapping, contact, queued.action, now)
        if why:
            outbox.dead(tx, queued.id, now, "held_back", f"held back: {why}")
        return bool(why)

    def _addressee(self, people: Table[str, Contact], queued: outbox.Queued, now: datetime) -> Addressee:
        contact = people[queued.action.contact_id]
        may, _ = may_market(contact, self._mapping, self._connection, now)
        addresses = {one.value for one in contact.identities if one.kind == "email"}
        return Addressee(
            contact_id=contact.id,
            email=contact.email,
            platform_id=contact.id_at("contact", self._mapping.connections[self._connection].ids),
            has_consent=may,
            has_moved=len(addresses) > 1,
        )


def _named(tx: Transaction, queued: outbox.Queued, now: datetime) -> outbox.Queued | None:
    """The action; what it closes, if that is what it does, is named as the platform names it.

    What made that stands before it in its line, and is settled. None where it made nothing: then there is
    nothing to close.
    """
    action = queued.action
    made_by = action.cause.closes
    if not made_by:
        return queued
    maker = outbox.by_key(tx, made_by)
    if maker is None or maker.reference is None:
        status = maker.status.value if maker else "not there"
        outbox.needless(tx, queued.id, now, f"nothing to close: what was to make it is {status}")
        return None
    arguments = {name: maker.reference if one == made_by else one for name, one in action.arguments.items()}
    return replace(queued, action=replace(action, arguments=arguments))


def _people(tx: Transaction, rows: Sequence[outbox.Queued]) -> dict[str, Contact]:
    return glimpse(tx, {one.action.contact_id for one in rows})
