"""Changes of ours that platforms may tell us of: written down before the call, used up once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from connector.model.light import light
from connector.store import numbers
from connector.store.columns import as_key
from connector.store.dialect import chunks, upsert
from connector.store.schema import echoes as table

KEPT_FOR: Final = timedelta(hours=1)

_KEY: Final = tuple_(table.c.action_id, table.c.name, table.c.digest)
_OF_PEOPLE: Final = select(table).where(
    table.c.contact_id.in_(bindparam("ids", expanding=True)), table.c.at > bindparam("since")
)
_OF_ACTIONS: Final = (
    "SELECT action_id, name, digest FROM echoes WHERE name IN ({names}) AND action_id IN {{ids}} "
    "ORDER BY action_id, name, digest DESC"
)
_BECOMING: Final = "UPDATE echoes SET digest = {v} WHERE action_id = {v} AND name = {v} AND digest = {v}"
_OF_NOTHING: Final = "DELETE FROM echoes WHERE action_id IN {ids}"
_GOING: Final = "DELETE FROM echoes WHERE action_id = {v} AND name = {v} AND digest = {v}"


@light
class Expected:
    """What an action is about to change of a contact, where identities are known in `scope`.

    `digest` stands for the value, and is empty where any would do.
    """

    action_id: int
    scope: str
    contact_id: str
    name: str
    digest: str
    at: datetime


def expect(tx: Connection, changes: Sequence[Expected]) -> None:
    """Write down what is about to be changed; what was already is so as of now."""
    upsert(tx, table, [_row(one) for one in changes], change=("at",))


def expected(tx: Connection, contact_ids: Iterable[str], now: datetime) -> list[Expected]:
    """What of these contacts was changed within the last hour and has not come back, oldest first."""
    found: list[Expected] = []
    for some in chunks(sorted(contact_ids)):
        rows = tx.execute(_OF_PEOPLE, {"ids": some, "since": now - KEPT_FOR})
        found += [
            Expected(row.action_id, row.scope, row.contact_id, row.name, row.digest, row.at) for row in rows
        ]
    return sorted(found, key=lambda one: (one.at, one.action_id, one.name, one.digest))


def use_up(tx: Connection, changes: Sequence[Expected]) -> None:
    """These have come back."""
    for some in chunks([(one.action_id, as_key(one.name), one.digest) for one in changes]):
        tx.execute(delete(table).where(_KEY.in_(some)))


def correct(tx: Connection, became: Mapping[int, Mapping[str, Sequence[str]]]) -> None:
    """It is known now what actions made of some properties: the digests of the values that they got.

    Nothing else of these will come back. What has come back already stays so.
    """
    left = {
        (action_id, as_key(name)): list(digests)
        for action_id, names in became.items()
        for name, digests in names.items()
    }
    gone: list[tuple[Any, ...]] = []
    known: list[tuple[Any, ...]] = []
    for this in _of_names(tx, sorted(became), sorted({name for _, name in left})):
        action_id, name, digest = this
        digests = left.get((action_id, name), [])
        if digest in digests:
            digests.remove(digest)
        elif digests and not digest:
            known.append((digests.pop(0), *this))
        elif (action_id, name) in left:
            gone.append(this)
    numbers.run_each(tx, _BECOMING, known)
    numbers.run_each(tx, _GOING, gone)


def take_back(tx: Connection, action_ids: Sequence[int]) -> None:
    """The actions have changed nothing."""
    if action_ids:
        numbers.ask(tx, _OF_NOTHING, action_ids)


def drop_older(tx: Connection, now: datetime, limit: int = 500) -> int:
    """Delete what nothing is compared with any more, `limit` at a time; how many went."""
    old: Any = select(table.c.action_id, table.c.name, table.c.digest)
    gone = tx.execute(old.where(table.c.at <= now - KEPT_FOR).order_by(table.c.at).limit(limit)).all()
    for some in chunks([tuple(row) for row in gone]):
        tx.execute(delete(table).where(_KEY.in_(some)))
    return len(gone)


def _of_names(tx: Connection, action_ids: Sequence[int], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """What is expected of these properties, whatever else the actions change."""
    text = _OF_ACTIONS.format(names=", ".join(["{v}"] * len(names)))
    return numbers.ask(tx, text, action_ids, names)


def _row(one: Expected) -> dict[str, Any]:
    return {
        "action_id": one.action_id,
        "name": one.name,
        "digest": one.digest,
        "scope": one.scope,
        "contact_id": one.contact_id,
        "at": one.at,
    }
