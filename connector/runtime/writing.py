"""Writes decisions down: contacts with their next look, actions, and what fuses count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Table
from datetime import datetime, timedelta
from typing import Final

from connector.failpoints import reach
from connector.journey.stopping import held_rules
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision
from connector.runtime import fuses
from connector.store import contacts, failings, held, outbox, sweeps, waiting
from connector.store.database import Transaction

FIRED_FOR: Final = timedelta(days=7)
"""How long a moment that was fired by hand may still reach a contact who was not looked at since."""


def write_down(
    tx: Transaction,
    mapping: Mapping,
    decided: Sequence[tuple[str, Decision]],
    now: datetime,
    waited: Collection[str] | None = None,
) -> int:
    """Write what was decided, each with the id of its contact, in order; how many actions are new.

    Of a contact's decisions the last has the state and says when it is to be looked at. `waited` are the
    contacts of whom runs waited before, where the caller knows that.
    """
    last = dict(decided)
    moments = fired(tx, now) if mapping.calendar else {}
    wakes = {name: next_look(one.contact, one.wakes_at, moments) for name, one in last.items()}
    contacts.save(tx, [one.contact for one in last.values()], wakes)
    noted = [one.contact for name, one in last.items() if _waits(name, one.contact, waited)]
    waiting.note(tx, noted, mapping.version)
    held.note(tx, {one.id: held_rules(one) for one in noted})
    decisions = [one for _, one in decided]
    fuses.count(tx, mapping, decisions, now)
    failings.count(tx, [one for name, decision in decided for one in _failed(name, decision)], now)
    reach("saved-before-outbox")
    added = outbox.add(tx, [action for one in decisions for action in one.actions], now)
    fuses.circles(tx, decided, now)
    return added


def _failed(contact_id: str, decision: Decision) -> Iterator[tuple[str, str, str]]:
    """The rules that failed inside, with the contact and why: they did nothing, and stopped no other."""
    for one in decision.trace:
        if one.answer is Answer.FAILED:
            yield one.rule, contact_id, one.detail


def _waits(name: str, contact: Contact, waited: Collection[str] | None) -> bool:
    """Whether runs of a contact wait, or may have waited until now."""
    return waited is None or name in waited or contact.is_waiting


def fired(tx: Transaction, now: datetime) -> dict[str, datetime]:
    """The moments that were fired by hand lately, each at its latest."""
    return {one.name: one.at for one in sweeps.fired(tx, now - FIRED_FOR)}


def next_look(contact: Contact, wakes_at: datetime | None, moments: Table[str, datetime]) -> datetime | None:
    """When to look at a contact: by its own state, or for a moment that was fired since the last look.

    Whoever became known after a moment is not meant by it, and nobody looks at who was erased.
    """
    if contact.erased_at is not None:
        return None
    since = contact.looked_at or contact.created_at
    missed = (at for at in moments.values() if at > since)
    return min((at for at in (wakes_at, *missed) if at is not None), default=None)
