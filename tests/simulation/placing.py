"""What is promised of order: however things arrive, the facts are those of the history in its own order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final

from sqlalchemy import Row

from connector.journey.facts import only_facts
from connector.journey.folding import fold
from connector.journey.placing import position
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.event import Event, Identity
from connector.store.encoding import decode
from tests.simulation import versions
from tests.simulation.step import Step


def facts_follow_from_the_history(step: Step) -> Iterator[str]:
    told = {row.contact_id for row in step.now.events}
    for one in sorted(told & step.now.contacts.keys()):
        contact = decode(Contact, step.now.contacts[one].state)
        if contact.erased_at is None and contact.folded is not None:
            yield from _differences(step, contact, versions.named(contact.folded.version))


def _differences(step: Step, contact: Contact, mapping: Mapping) -> Iterator[str]:
    folded = contact.folded
    assert folded is not None
    assert folded.upto is not None
    base = step.now.bases.get(contact.id)
    begin = decode(Contact, base.state) if base else Contact(contact.id, contact.created_at)
    events = [
        decode(Event, row.event) for row in _events(step, contact.id) if row.id > (base.after if base else 0)
    ]
    in_order = sorted(events, key=lambda event: position(event, folded))
    identities = tuple(
        Identity(row.kind, row.scope, row.value, row.is_person) for row in step.now.identities[contact.id]
    )
    expected = fold(mapping, changed(begin, identities=identities), in_order, folded.upto.at).contact
    found = only_facts(contact)
    for one in fields(Contact):
        if one.name not in _UNTOLD and getattr(found, one.name) != getattr(only_facts(expected), one.name):
            yield f"{contact.id} has {one.name} that do not follow from what happened"


def _events(step: Step, contact_id: str) -> Iterator[Row[Any]]:
    for row in (*step.seen.events.values(), *step.now.events):
        if step.now.became.get(row.contact_id, row.contact_id) == contact_id:
            yield row


_UNTOLD: Final = frozenset({"identities"})

PROMISES: Final = (facts_follow_from_the_history,)
