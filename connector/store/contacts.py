"""Contacts with their identities, one row of state each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Select, bindparam, delete, func, not_, select, update

from connector.model.contact import Contact, changed
from connector.model.event import BY_NAME, Identity
from connector.model.values import loads
from connector.store import companies
from connector.store.columns import identity_key
from connector.store.dialect import chunks, insert_new, upsert
from connector.store.encoding import decode, encode
from connector.store.families import is_merged
from connector.store.rows import count_new, pick, pick_locked
from connector.store.schema import contacts as table
from connector.store.schema import identities as known
from connector.store.straight import Ready

_Key: TypeAlias = tuple[str, str, str]

_ALL: Final = ("contact_id", "kind", "scope", "value", "is_person")
_NOBODY: Final = ""
_EARLIEST: Final = Ready(
    select(table.c.wakes_at).where(table.c.wakes_at.is_not(None)).order_by(table.c.wakes_at).limit(1)
)
_UNLOCKED: Final = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))


def owners(tx: Connection, identities: Iterable[Identity]) -> dict[Identity, str]:
    """Which contact each known identity belongs to."""
    keys = {one: identity_key(one) for one in identities}
    owned = _owners(tx, sorted(set(keys.values())))
    return {one: owned[key] for one, key in keys.items() if key in owned}


def claim(tx: Connection, wanted: Sequence[tuple[Identity, str]]) -> dict[Identity, str]:
    """Give identities to contacts, in sorted order; who has one keeps it. Returns the owner of each.

    `wanted` pairs an identity with a contact id; of two pairs with the same identity the first counts. On a
    conflict (also with another worker) the earlier owner stays, so a person is made once. Mostly there is
    none; then nothing has to be asked.
    """
    keys = [identity_key(one) for one, _ in wanted]
    rows: dict[_Key, dict[str, Any]] = {}
    for key, (identity, contact_id) in zip(keys, wanted, strict=True):
        rows.setdefault(key, _identity_row(key, identity, contact_id))
    in_order = sorted(rows)
    if count_new(tx, known, [rows[key] for key in in_order]) == len(rows):
        owned = {key: row["contact_id"] for key, row in rows.items()}
    else:
        owned = _owners(tx, in_order)
    return {one: owned[key] for key, (one, _) in zip(keys, wanted, strict=True) if key in owned}


def unowned(tx: Connection, identities: Iterable[Identity]) -> set[Identity]:
    """Those of the identities that nobody has, and that nobody gets until the transaction ends.

    Whoever claims one meanwhile waits, and then finds what was parked under it: the row of nobody, which is
    gone again at once, is in the way.
    """
    keys = {one: identity_key(one) for one in identities}
    rows = {key: _identity_row(key, one, _NOBODY) for one, key in keys.items()}
    free = insert_new(tx, known, [rows[key] for key in sorted(rows)], tell=("kind", "scope", "value"))
    if free:
        tx.execute(delete(known).where(known.c.contact_id == _NOBODY))
    return {one for one, key in keys.items() if key in free}


def with_identities(contact: Contact, claimed: Iterable[Identity]) -> Contact:
    """The contact as `load` gives it once it has claimed these identities."""
    theirs = {identity_key(one): one for one in contact.identities}
    for one in claimed:
        key = identity_key(one)
        if key not in theirs:
            is_as_stored = key == (one.kind, one.scope, one.value)
            theirs[key] = one if is_as_stored else Identity(*key, one.is_person)
    if len(theirs) == len(contact.identities):
        return contact
    return changed(contact, identities=tuple(sorted(theirs.values(), key=BY_NAME)))


def load(tx: Connection, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts with all their identities, their rows locked in the order of their ids."""
    keys = [(one,) for one in sorted(set(ids))]
    found = [loads(state) for (state,) in pick_locked(tx, table, keys, ("state",))]
    return {one.id: one for one in _with_identities(tx, found)}


def peek(tx: Connection, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts with all their identities and their companies, unlocked: for looking only."""
    return {one.id: one for one in companies.attached(tx, [*_by_id(tx, ids, _UNLOCKED).values()])}


def identities_of(tx: Connection, ids: Iterable[str]) -> dict[str, tuple[Identity, ...]]:
    """All identities of each of these contacts, sorted; nothing of their state is read."""
    theirs: dict[str, list[Identity]] = {one: [] for one in ids}
    keys = [(one,) for one in sorted(theirs)]
    for owner, kind, scope, value, is_person in pick(tx, known, keys, ("contact_id",), _ALL):
        theirs[owner].append(Identity(kind, scope, value, bool(is_person)))
    return {one: tuple(sorted(identities, key=BY_NAME)) for one, identities in theirs.items()}


def save(
    tx: Connection, contacts: Sequence[Contact], wakes: Mapping[str, datetime | None] | None = None
) -> None:
    """Insert or update the state of contacts (without identities: see `claim`; and without their companies).

    `wakes` has by their ids when they are to be looked at though nothing happens; who is not in it, never.
    """
    in_order = sorted(contacts, key=lambda one: one.id)
    rows = [
        {
            "id": one.id,
            "state": encode(changed(one, identities=(), company=None)),
            "wakes_at": (wakes or {}).get(one.id),
        }
        for one in in_order
    ]
    upsert(tx, table, rows, change=("state", "wakes_at"))


def due(tx: Connection, now: datetime, limit: int) -> list[str]:
    """Contacts that are to be looked at by now, longest due first, locked (SKIP LOCKED)."""
    ripe = select(table.c.id).where(table.c.wakes_at <= now).order_by(table.c.wakes_at, table.c.id)
    return list(tx.execute(ripe.limit(limit).with_for_update(skip_locked=True)).scalars())


def earliest(tx: Connection) -> datetime | None:
    """When the next contact is to be looked at; None where none is."""
    return next((row.wakes_at for row in _EARLIEST.rows(tx)), None)


def set_wakes(tx: Connection, wakes: Mapping[str, datetime | None]) -> None:
    """When contacts are to be looked at; nothing else of them changes."""
    if wakes:
        changed = update(table).where(table.c.id == bindparam("_id")).values(wakes_at=bindparam("_at"))
        tx.execute(changed, [{"_id": one, "_at": at} for one, at in sorted(wakes.items())])


def wakes_of(tx: Connection, ids: Sequence[str]) -> dict[str, datetime | None]:
    """When each of these contacts is to be looked at."""
    found: dict[str, datetime | None] = {}
    for some in chunks(ids):
        rows = tx.execute(select(table.c.id, table.c.wakes_at).where(table.c.id.in_(some)))
        found |= {row.id: row.wakes_at for row in rows}
    return found


def page(tx: Connection, after: str, limit: int) -> list[str]:
    """The ids of the contacts behind this one, in their order; of who has become another only that one's."""
    behind = select(table.c.id).where(table.c.id > after, not_(is_merged(table.c.id)))
    behind = behind.order_by(table.c.id).limit(limit)
    return list(tx.execute(behind).scalars())


def count(tx: Connection) -> int:
    """How many contacts there are."""
    return tx.execute(select(func.count()).select_from(table).where(not_(is_merged(table.c.id)))).scalar_one()


def find(tx: Connection, identity: Identity) -> Contact | None:
    """The contact that has this identity, with its company, unlocked."""
    known = _contacts(tx, select(table).where(table.c.id == owners(tx, [identity]).get(identity)))
    found = companies.attached(tx, known)
    return found[0] if found else None


def listing(tx: Connection, limit: int = 50) -> list[Contact]:
    """The contacts, newest first."""
    newest = select(table).where(not_(is_merged(table.c.id))).order_by(table.c.id.desc())
    return _contacts(tx, newest.limit(limit))


def _by_id(tx: Connection, ids: Iterable[str], statement: Select[Any]) -> dict[str, Contact]:
    return {
        one.id: one for some in chunks(sorted(set(ids))) for one in _contacts(tx, statement, {"ids": some})
    }


def _owners(tx: Connection, keys: Sequence[_Key]) -> dict[_Key, str]:
    found = pick(tx, known, keys, ("kind", "scope", "value"), _ALL)
    return {(kind, scope, value): owner for owner, kind, scope, value, _ in found}


def _contacts(
    tx: Connection, statement: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Contact]:
    return _with_identities(tx, [row.state for row in tx.execute(statement, values)])


def _with_identities(tx: Connection, states: Sequence[Mapping[str, Any]]) -> list[Contact]:
    theirs = identities_of(tx, [state["id"] for state in states])
    return [changed(decode(Contact, one), identities=theirs[one["id"]]) for one in states]


def _identity_row(key: _Key, identity: Identity, contact_id: str) -> dict[str, Any]:
    kind, scope, value = key
    about = {"contact_id": contact_id, "is_person": identity.is_person}
    return {"kind": kind, "scope": scope, "value": value} | about
