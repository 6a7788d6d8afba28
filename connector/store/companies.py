"""Companies with their identities, one row of state each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Row, Select, bindparam, select, tuple_

from connector.model.company import Company
from connector.model.contact import Contact, changed
from connector.model.event import Identity
from connector.store.columns import identity_key
from connector.store.dialect import chunks, insert_new, upsert
from connector.store.encoding import decode, encode
from connector.store.schema import companies as table
from connector.store.schema import company_identities as known

_Key: TypeAlias = tuple[str, str, str]

_KEY: Final = tuple_(known.c.kind, known.c.scope, known.c.value)
_OWNED: Final = select(known).where(_KEY.in_(bindparam("keys", expanding=True)))
_THEIRS: Final = select(known).where(known.c.company_id.in_(bindparam("ids", expanding=True)))
_UNLOCKED: Final = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
_LOCKED: Final = _UNLOCKED.order_by(table.c.id).with_for_update()


def owners(tx: Connection, identities: Iterable[Identity]) -> dict[Identity, str]:
    """Which company each known identity belongs to."""
    given = tuple(identities)
    owned = _owners(tx, sorted({identity_key(one) for one in given}))
    return {one: owned[identity_key(one)] for one in given if identity_key(one) in owned}


def claim(tx: Connection, wanted: Mapping[Identity, str]) -> dict[Identity, str]:
    """Give identities to companies by their ids, in sorted order; which has one keeps it.

    Returns the owner of each, so that a company is made once, also beside another worker.
    """
    rows = {identity_key(one): _row(one, company_id) for one, company_id in wanted.items()}
    new = insert_new(tx, known, [rows[key] for key in sorted(rows)], tell=("kind", "scope", "value"))
    owned = {key: rows[key]["company_id"] for key in new} | _owners(tx, sorted(rows.keys() - new))
    return {one: owned[identity_key(one)] for one in wanted if identity_key(one) in owned}


def load(tx: Connection, ids: Iterable[str]) -> dict[str, Company]:
    """The companies with all their identities, their rows locked in the order of their ids.

    Contacts are locked before companies, by everybody.
    """
    return _by_id(tx, ids, _LOCKED)


def peek(tx: Connection, ids: Iterable[str]) -> dict[str, Company]:
    """The companies with all their identities, unlocked: for looking only."""
    return _by_id(tx, ids, _UNLOCKED)


def are_known(tx: Connection) -> bool:
    """Whether there is any company."""
    return tx.execute(select(table.c.id).limit(1)).first() is not None


def save(tx: Connection, companies: Iterable[Company]) -> None:
    """Insert or update the state of companies (without their identities: see `claim`)."""
    in_order = sorted(companies, key=lambda one: one.id)
    rows = [{"id": one.id, "state": encode(replace(one, identities=()))} for one in in_order]
    upsert(tx, table, rows, change=("state",))


def attached(tx: Connection, contacts: Sequence[Contact]) -> list[Contact]:
    """The contacts, each with its company, unlocked: for looking only."""
    found = peek(tx, {one.company_id for one in contacts if one.company_id is not None})
    return (
        [changed(one, company=found.get(one.company_id or "")) for one in contacts] if found else [*contacts]
    )


def _by_id(tx: Connection, ids: Iterable[str], statement: Select[Any]) -> dict[str, Company]:
    found: dict[str, Company] = {}
    for some in chunks(sorted(set(ids))):
        for row in tx.execute(statement, {"ids": some}):
            found[row.id] = decode(Company, row.state)
    theirs = _identities_of(tx, sorted(found))
    return {name: replace(one, identities=tuple(sorted(theirs[name]))) for name, one in found.items()}


def _identities_of(tx: Connection, ids: Sequence[str]) -> dict[str, list[Identity]]:
    theirs: dict[str, list[Identity]] = {one: [] for one in ids}
    for some in chunks(ids):
        for row in tx.execute(_THEIRS, {"ids": some}):
            theirs[row.company_id].append(_identity(row))
    return theirs


def _owners(tx: Connection, keys: Sequence[_Key]) -> dict[_Key, str]:
    found: dict[_Key, str] = {}
    for some in chunks(keys):
        rows = tx.execute(_OWNED, {"keys": some})
        found |= {(row.kind, row.scope, row.value): row.company_id for row in rows}
    return found


def _row(identity: Identity, company_id: str) -> dict[str, Any]:
    kind, scope, value = identity_key(identity)
    return {"kind": kind, "scope": scope, "value": value, "company_id": company_id}


def _identity(row: Row[Any]) -> Identity:
    return Identity(row.kind, row.scope, row.value, is_person=False)
