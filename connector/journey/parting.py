"""Undoing that two contacts became one: each is folded anew from the events that were recorded for it.

What rules have done for the one stays done, and stays with the older: runs, marks, tasks that are open.
"""

from __future__ import annotations

from datetime import datetime

from connector.journey.facts import with_facts
from connector.journey.joining import Half
from connector.journey.late import Past
from connector.journey.recomputing import Recomputed, recompute
from connector.mapping.mapping import Mapping
from connector.model.contact import Consent, Contact, changed


def part(mapping: Mapping, older: Half, younger: Half, now: datetime) -> tuple[Recomputed, Recomputed]:
    """The two as they are apart, each with events of its own; consent goes with its address.

    The older comes as it is with both, the younger as nobody but its identities.
    """
    theirs = {one.value for one in younger.contact.identities}
    joint = older.contact
    consent = {key: one for key, one in joint.consent.items() if _address(key) in theirs}
    rest = {key: one for key, one in joint.consent.items() if _address(key) not in theirs}
    mine = tuple(one for one in joint.identities if one not in younger.contact.identities)
    seconds = tuple(one for one in joint.seconds if one in mine)
    apart = changed(joint, identities=mine, seconds=seconds), changed(younger.contact, looked_at=now)
    return (
        _folded(mapping, Half(apart[0], older.events), rest, now),
        _folded(mapping, Half(apart[1], younger.events), consent, now),
    )


def _folded(mapping: Mapping, half: Half, consent: dict[str, Consent], now: datetime) -> Recomputed:
    nobody = Contact(half.contact.id, half.contact.created_at)
    contact = changed(with_facts(half.contact, nobody), consent=consent, folded=None)
    return recompute(mapping, contact, Past(nobody, half.events), now)


def _address(key: str) -> str:
    """The address of a consent record."""
    return key.rpartition("|")[2]
