"""What leaves: actions that are due, as calls, and asked once more whether they may."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from connector.failpoints import reach
from connector.journey.consent import may_market
from connector.journey.guards import hold_back
from connector.mapping.mapping import Mapping
from connector.model.action import Action, ActionSpec
from connector.model.contact import Contact
from connector.platforms.base import Addressee, Call, Platform
from connector.runtime import echoing
from connector.runtime.looking import Doubt
from connector.runtime.together import Sent, as_one
from connector.store import lines, outbox, rereading
from connector.store.database import Transaction
from connector.store.glimpses import glimpse


@dataclass(frozen=True, slots=True)
class Claimed:
    """What leaves, all of one `name`; `held_back` counts actions that are settled uncalled."""

    sent: tuple[Sent, ...]
    held_back: int = 0
    name: str = ""

    def __add__(self, other: Claimed) -> Claimed:
        return Claimed(self.sent + other.sent, self.held_back + other.held_back, self.name)

    def __len__(self) -> int:
        """How many heads of lines were taken."""
        return len(self.sent) + self.held_back

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls alone."""
        return tuple(one.call for one in self.sent)

    @property
    def actions(self) -> int:
        """How many actions are in hand, or were settled."""
        return sum(len(one.queued) for one in self.sent) + self.held_back


class Leaving:
    """Takes one connection's actions out of the outbox. Every method works in the caller's transaction."""

    def __init__(self, connection: str, mapping: Mapping, platform: Platform) -> None:
        self._connection = connection
        self._mapping = mapping
        self._changes = platform.changes
        self._shared = frozenset(spec.name for spec in platform.specs if spec.is_shared)
        self._joining = {spec.name: spec for spec in platform.specs if spec.join is not None}
        self._is_told_of = echoing.is_told_of(mapping, connection)

    def claim(
        self,
        tx: Transaction,
        now: datetime,
        limit: Callable[[str], int],
        name: str = "",
        under_way: frozenset[str] = frozenset(),
    ) -> Claimed:
        """What is due, all of one `name`; whether it may leave is asked once more, just before it does.

        `limit` says how many calls of a name go together. Where `under_way` names an action that changes what
        contacts share, no other such one is taken: they take effect in their order.
        """
        besides = frozenset() if self._shared.isdisjoint(under_way) else self._shared
        rows = outbox.claim(tx, self._connection, now, limit, name, besides)
        people = _people(tx, rows)
        allowed = [one for one in rows if not self._is_held_back(tx, one, people[one.action.contact_id], now)]
        leaving = [named for one in allowed if (named := _named(tx, one, now))]
        sent = self._sent(tx, leaving, people, now)
        if self._is_told_of:
            changes = [(one.queued[0], self._changes(one.call)) for one in sent]
            echoing.expect(tx, self._mapping.connections[self._connection].ids, changes, now)
        if sent:
            reach("claimed-before-commit")
        return Claimed(tuple(sent), len(rows) - len(leaving), rows[0].action.name if rows else "")

    def unknown(self, tx: Transaction, now: datetime, limit: Callable[[str], int]) -> list[Doubt]:
        """The actions whose outcome has been unknown for longest and whose time to be looked up has come.

        All of one name; `limit` as in `claim`.
        """
        rows = outbox.claim_unknown(tx, self._connection, now, limit)
        if not rows:
            return []
        people = _people(tx, rows)
        known = outbox.references(tx, people.keys(), self._connection)
        answered = rereading.looks(tx, [one.id for one in rows])
        return [
            Doubt(
                one,
                replace(self._call(one.action, people, now), known=known[one.action.contact_id]),
                is_answered=one.id in answered,
            )
            for one in rows
        ]

    def _sent(
        self, tx: Transaction, heads: Sequence[outbox.Queued], people: Table[str, Contact], now: datetime
    ) -> list[Sent]:
        """The calls, each of one action; or of a run of a contact's that its head begins, taken with it."""
        spec = self._joining.get(heads[0].action.name) if heads else None
        if spec is None:
            return [Sent((one,), self._call(one.action, people, now)) for one in heads]
        behind = lines.behind(tx, heads)
        sent = [self._joined(spec, [one, *behind.get(one.id, ())], people, now) for one in heads]
        outbox.begin(tx, [one.id for some in sent for one in some.queued[1:]], now)
        return sent

    def _call(self, action: Action, people: Table[str, Contact], now: datetime) -> Call:
        return Call(action, self._addressee(people[action.contact_id], now))

    def _joined(
        self, spec: ActionSpec, line: Sequence[outbox.Queued], people: Table[str, Contact], now: datetime
    ) -> Sent:
        """As much of a line as may leave and can be done as one; its head may leave."""
        head, *others = line
        contact = people[head.action.contact_id]
        free = takewhile(lambda one: not hold_back(self._mapping, contact, one.action, now), others)
        run, whole = as_one(spec, [head, *free])
        joined = tuple(one.action for one in run) if len(run) > 1 else ()
        return Sent(run, Call(whole, self._addressee(contact, now), joined=joined))

    def _is_held_back(self, tx: Transaction, queued: outbox.Queued, contact: Contact, now: datetime) -> bool:
        why = hold_back(self._mapping, contact, queued.action, now)
        if why:
            outbox.dead(tx, queued.id, now, "held_back", f"held back: {why}")
        return bool(why)

    def _addressee(self, contact: Contact, now: datetime) -> Addressee:
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
