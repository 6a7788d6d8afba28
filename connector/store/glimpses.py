"""Of contacts only what says whether something may reach them, and where: what each action asks as it leaves.

A contact is large, and most of it was counted and folded from its history. To read all of that costs several
times what is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, select

from connector.model.contact import Contact, changed
from connector.model.event import Identity
from connector.model.identities import RECORD
from connector.model.values import loads
from connector.store import straight
from connector.store.encoding import decode
from connector.store.rows import pick
from connector.store.schema import contacts as table
from connector.store.schema import identities as known
from connector.store.straight import Ready

_PLAIN: Final = ("id", "created_at", "consent", "complaints", "erased_at", "seconds")
"""Fields in which no value stands that is written with a tag."""

_TAKEN_OUT: Final = (
    "SELECT json_extract(state, {}) FROM contacts WHERE id IN (SELECT value FROM json_each(?))"
)
_ASKED: Final = _TAKEN_OUT.format(", ".join(f"'$.{one}'" for one in (*_PLAIN, "fields.email")))
_IDENTITIES: Final = Ready(
    select(known.c.contact_id, known.c.kind, known.c.scope, known.c.value, known.c.is_person).where(
        known.c.contact_id.in_(bindparam("ids", expanding=True)), known.c.kind.in_(("email", RECORD))
    )
)


def glimpse(tx: Any, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts, unlocked, with nothing but consent, complaints, erasure, and the address in use.

    Of their identities the addresses and platforms' own ids. Who is not known is not in it.
    """
    asked = sorted(set(ids))
    found = [_glimpsed(*one) for one in _seen(tx, asked)]
    theirs: dict[str, list[tuple[str, str, str, bool]]] = {one.id: [] for one in found}
    for owner, *identity in _IDENTITIES.rows(tx, ids=asked):
        if owner in theirs:
            theirs[owner].append(tuple(identity))
    return {one.id: changed(one, identities=_in_order(theirs[one.id])) for one in found}


def _in_order(identities: list[tuple[str, str, str, bool]]) -> tuple[Identity, ...]:
    return tuple(Identity(*one) for one in sorted(identities))


def _seen(tx: Any, ids: Sequence[str]) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Of each state the plain fields, and the address that was stated.

    SQLite takes them out of the text itself, in half of the time that reading all of it takes. PostgreSQL
    refuses to where a NUL stands anywhere in it.
    """
    if tx.dialect.name == "sqlite":
        taken = [loads(one) for (one,) in straight.ask(tx, _ASKED, (orjson.dumps(ids).decode(),))]
        return [(dict(zip(_PLAIN, plain, strict=True)), email) for *plain, email in taken]
    whole = [_read(one) for (one,) in pick(tx, table, [(one,) for one in ids], ("id",), ("state",))]
    return [({name: one.get(name) for name in _PLAIN}, one.get("fields", {}).get("email")) for one in whole]


def _read(text: str) -> Mapping[str, Any]:
    """Values with tags are not looked at, so that the fast way of reading gives what `loads` would.

    A mapping that was written with a tag itself could be among what is looked at.
    """
    state: Mapping[str, Any] = loads(text) if '"$map"' in text else orjson.loads(text)
    return state


def _glimpsed(plain: Mapping[str, Any], email: Mapping[str, Any] | None) -> Contact:
    seen = {name: one for name, one in plain.items() if one is not None}
    if email is not None and isinstance(email["value"], str):
        seen["fields"] = {"email": email}
    return decode(Contact, seen)
