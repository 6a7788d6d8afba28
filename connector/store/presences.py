"""Whom our own actions have put into an account, or taken out of it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from connector.store.dialect import chunks
from connector.store.families import families
from connector.store.schema import ActionStatus
from connector.store.schema import actions as table


def latest(
    tx: Connection, connection: str, names: Collection[str], contact_ids: Collection[str]
) -> dict[str, str]:
    """Of the actions with these names at a connection the name of each contact's newest, done or on its way.

    One that was given up counts for nothing. Whoever has none is not named.
    """
    joined = families(tx, contact_ids)
    whose = {one: root for root in contact_ids for one in joined.get(root, [root])}
    newest = func.max(table.c.id).label("newest")
    wanted = select(table.c.contact_id, table.c.name, newest).where(
        table.c.connection == connection,
        table.c.name.in_(sorted(names)),
        table.c.status != ActionStatus.DEAD.value,
    )
    found: dict[str, tuple[int, str]] = {}
    for some in chunks(sorted(whose)):
        theirs = wanted.where(table.c.contact_id.in_(some)).group_by(table.c.contact_id, table.c.name)
        for contact_id, name, number in tx.execute(theirs):
            root = whose[contact_id]
            found[root] = max(found.get(root, (0, "")), (number, name))
    return {root: name for root, (_, name) in found.items()}
