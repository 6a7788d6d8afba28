"""Parts two contacts that had become one, on a person's word; shown first, then done in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.journey.joining import Half
from connector.journey.parting import part as parted
from connector.journey.recomputing import Recomputed
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.event import Identity
from connector.store import contacts, families, history, merges
from connector.store.database import Transaction
from connector.store.families import Merge


@dataclass(frozen=True, slots=True)
class Parting:
    """What parting does: the `younger` gets back these identities and so many events; the older stays `rest`.

    `runs` are what rules have begun for both by now, which stays with the older.
    """

    merge: Merge
    identities: tuple[Identity, ...]
    events: int
    rest: Contact
    runs: int


def preview(tx: Transaction, younger: str) -> Parting | None:
    """What parting this contact would do; None where it has not become one with another."""
    merge = families.find(tx, younger)
    if merge is None:
        return None
    joint = contacts.peek(tx, [merge.root])[merge.root]
    back = tuple(one for one in merge.identities if one in joint.identities)
    events = len(history.recorded_for(tx, families.below(tx, younger)))
    rest = changed(joint, identities=tuple(one for one in joint.identities if one not in back))
    return Parting(merge, back, events, rest, sum(map(len, joint.runs.values())))


def part(tx: Transaction, mapping: Mapping, younger: str, now: datetime) -> bool:
    """Fold the two apart; False where they are not one (any more), or have become another meanwhile."""
    found = preview(tx, younger)
    if found is None:
        return False
    merge = found.merge
    people = contacts.load(tx, [merge.root, younger])
    if families.find(tx, younger) != merge:
        return False
    created_at = people[younger].created_at
    merges.part(tx, merge)
    joint = Half(people[merge.root], history.whole(tx, merge.root))
    back = Half(Contact(younger, created_at, found.identities), history.whole(tx, younger))
    _save(tx, parted(mapping, joint, back, now))
    return True


def _save(tx: Transaction, both: tuple[Recomputed, Recomputed]) -> None:
    wakes = {one.contact.id: one.wakes_at for one in both}
    contacts.save(tx, [one.contact for one in both], wakes)
