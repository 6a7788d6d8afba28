"""What the steps of a trigger do to the number of people at the accounts, contact by contact."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from connector.journey.accounts import account_of
from connector.journey.consent import closed, consent_key, list_of, may_market
from connector.journey.guards import guard
from connector.journey.occasions import happening
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.action import ActionSpec, Effect, Kind
from connector.model.contact import Contact
from connector.model.identities import RECORD
from connector.store import presences
from connector.store.database import Transaction

Doings: TypeAlias = Table[str, Effect]
"""What each action of a platform does to the number of people there, by its name."""
Latest: TypeAlias = Table[str, Table[str, str]]
"""By connection the newest action of each contact that has an effect."""


@dataclass(slots=True)
class Cost:
    """What becomes of the people of one account: the ids of contacts.

    `new` are those whom it does not have as far as we know, of whom the `consenting` may get marketing.
    `enrolled` are handed to what may do more with them, and `archived` not paid for any more.
    """

    connection: str
    platform: str
    new: set[str] = field(default_factory=set)
    consenting: set[str] = field(default_factory=set)
    enrolled: set[str] = field(default_factory=set)
    archived: set[str] = field(default_factory=set)


class Scales:
    """Weighs contacts one by one; `costs` has what came of it, by connection."""

    def __init__(self, mapping: Mapping, doings: Table[str, Doings], now: datetime) -> None:
        self.costs: dict[str, Cost] = {}
        self._mapping, self._doings, self._now = mapping, doings, now

    def latest(self, tx: Transaction, steps: Iterable[ActionTemplate], ids: Iterable[str]) -> Latest:
        """What our own actions have done last to these people, at each account that the steps may reach."""
        people = list(ids)
        reached = {name for one in steps for name in self._mapping.reached_by(one.connection)}
        return {name: presences.latest(tx, name, self._effects(name).keys(), people) for name in reached}

    def weigh(
        self, trigger: Trigger, steps: Iterable[ActionTemplate], people: Iterable[Contact], latest: Latest
    ) -> None:
        """Add what the steps do to these people."""
        for contact in people:
            view = View(self._mapping, contact, happening("look", "", self._now), self._now)
            for step in steps:
                account = account_of(view, step.connection)
                if isinstance(account, str) and not _is_kept_away(view, account, _kind(trigger, step)):
                    self._add(contact, account, step.spec, latest[account].get(contact.id))

    def _add(self, contact: Contact, account: str, spec: ActionSpec, last: str | None) -> None:
        cost = self.costs.setdefault(account, Cost(account, spec.platform))
        is_there = self._is_there(contact, account, last)
        if spec.effect is Effect.ARCHIVES and is_there:
            cost.archived.add(contact.id)
        if spec.effect is Effect.ARCHIVES or contact.email is None:
            return
        if spec.effect is Effect.ENROLS:
            cost.enrolled.add(contact.id)
        may, _ = may_market(contact, self._mapping, account, self._now)
        if not is_there and (may or spec.effect is not Effect.ADDS_CONSENTING):
            cost.new.add(contact.id)
            if may:
                cost.consenting.add(contact.id)

    def _is_there(self, contact: Contact, account: str, last: str | None) -> bool:
        """Whether the account has the contact, as our own actions and what it told us show."""
        if last is not None:
            return self._effects(account)[last] is not Effect.ARCHIVES
        ids = self._mapping.connections[account].ids
        return contact.id_at(RECORD, ids) is not None or _is_told_of(self._mapping, contact, account)

    def _effects(self, account: str) -> Doings:
        return self._doings.get(self._mapping.connections[account].platform or "", {})


def _is_told_of(mapping: Mapping, contact: Contact, account: str) -> bool:
    """Whether it was the account that told of the consent that stands for the address, or of its end."""
    found = contact.consent.get(consent_key("email", list_of(mapping, account), contact.email or ""))
    return found is not None and found.evidence.partition(" ")[2].startswith(f"{account}:")


def _is_kept_away(view: View, account: str, kind: Kind) -> bool:
    """Whether an action of this kind would be held back as it leaves, were it now."""
    if view.contact.erased_at is not None or closed(view.contact, view.mapping, account):
        return True
    through = [account] if list_of(view.mapping, account) else view.mapping.connections
    return guard(view, kind, through).asked.refusal is not None


def _kind(trigger: Trigger, step: ActionTemplate) -> Kind:
    return Kind.MARKETING if Kind.MARKETING in {trigger.kind, step.spec.kind} else step.spec.kind
