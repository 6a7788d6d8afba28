"""The ids by which platforms know contacts, read without the contacts themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection

from connector.model.event import Identity
from connector.store.columns import as_key
from connector.store.rows import pick, pick_locked
from connector.store.schema import contacts, identities

_TELL: Final = ("contact_id", "kind", "scope", "value")


def lock_records(
    tx: Connection, ids: Iterable[str], places: Collection[tuple[str, str]]
) -> dict[str, list[Identity]]:
    """The identities of these contacts that are of a kind and scope in `places`, by their ids.

    The contacts are locked, in the order of their ids, as `contacts.load` does it.
    """
    keys = [(one,) for one in sorted(set(ids))]
    pick_locked(tx, contacts, keys, ("id",))
    wanted = {(as_key(kind), as_key(scope)) for kind, scope in places}
    found: dict[str, list[Identity]] = {}
    for owner, kind, scope, value in pick(tx, identities, keys, ("contact_id",), _TELL):
        if (kind, scope) in wanted:
            found.setdefault(owner, []).append(Identity(kind, scope, value))
    return found
