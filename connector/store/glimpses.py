"""Of contacts only what says whether something may reach them, and where: what each action asks as it leaves.

A contact is large, and most of it was counted and folded from its history. To read all of that costs several
times what is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from connector.model.contact import Contact, changed
from connector.model.event import Identity
from connector.model.identities import RECORD
from connector.model.values import loads
from connector.store.encoding import decode
from connector.store.rows import pick
from connector.store.schema import contacts as table
from connector.store.schema import identities as known

_PLAIN: Final = ("id", "created_at", "consent", "complaints", "erased_at", "seconds")
"""Fields in which no value stands that is written with a tag."""

_KINDS: Final = frozenset({"email", RECORD})
_TELL: Final = ("contact_id", "kind", "scope", "value", "is_person")


def glimpse(tx: Any, ids: Iterable[str]) -> dict[str, Contact]:
    """The contacts, unlocked, with nothing but consent, complaints, erasure, and the address in use.

    Of their identities the addresses and platforms' own ids. Who is not known is not in it.
    """
    keys = [(one,) for one in sorted(set(ids))]
    found = [_glimpsed(state) for (state,) in pick(tx, table, keys, ("id",), ("state",))]
    theirs: dict[str, list[tuple[str, str, str, bool]]] = {one.id: [] for one in found}
    for owner, kind, scope, value, is_person in pick(tx, known, keys, ("contact_id",), _TELL):
        if kind in _KINDS and owner in theirs:
            theirs[owner].append((kind, scope, value, bool(is_person)))
    return {one.id: changed(one, identities=_in_order(theirs[one.id])) for one in found}


def _in_order(identities: list[tuple[str, str, str, bool]]) -> tuple[Identity, ...]:
    return tuple(Identity(*one) for one in sorted(identities))


def _glimpsed(text: str) -> Contact:
    """Values with tags are not looked at, so that the fast way of reading gives what `loads` would.

    A mapping that was written with a tag itself could be among what is looked at.
    """
    state: Mapping[str, Any] = loads(text) if '"$map"' in text else orjson.loads(text)
    seen = {name: state[name] for name in _PLAIN if name in state}
    stated = state.get("fields", {}).get("email")
    if stated is not None and isinstance(stated["value"], str):
        seen["fields"] = {"email": stated}
    return decode(Contact, seen)
