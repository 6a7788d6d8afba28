"""At whom each worker is looking: taken, let go, and counted when the worker has died.

Who is in hand is one row a worker, committed before the work begins. So a contact that kills its worker is
seen by the next one: it comes alone then, and after some more deaths it is set aside for a day at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select

from connector.store import contacts, families, looks
from connector.store.dialect import chunks, one_at_a_time, upsert
from connector.store.living import is_dead
from connector.store.looks import Stumble
from connector.store.schema import contacts as people
from connector.store.schema import looking as table

MAX_DEATHS: Final = 5
"""Deaths of a worker after which the contact that was in hand each time is set aside, as with deliveries."""

SET_ASIDE_FOR: Final = timedelta(days=1)

_WORDS: Final = "the worker died each time while it looked at this contact"


def take(tx: Connection, worker: str, now: datetime, limit: int) -> list[str]:
    """Contacts that are to be looked at by now, longest due first, noted as in this worker's hand.

    Leaves out who is in another worker's hand. One that was in hand when a worker died comes alone; one that
    is set aside stays so until its time.
    """
    one_at_a_time(tx, "looking.take")
    others = tx.execute(select(table.c.contact_ids).where(table.c.worker != worker)).scalars()
    elsewhere = {one for held in others for one in held}
    ids = [one for one in contacts.due(tx, now, limit + len(elsewhere)) if one not in elsewhere][:limit]
    deadly = {name: one for name, one in looks.stumbles_of(tx, ids).items() if one.deaths}
    aside = {name: one.next_at for name, one in deadly.items() if one.next_at > now}
    contacts.set_wakes(tx, aside)
    free = [one for one in ids if one not in aside]
    taken = free[:1] if free and free[0] in deadly else [one for one in free if one not in deadly]
    hold(tx, worker, taken)
    return taken


def hold(tx: Connection, worker: str, ids: Sequence[str]) -> None:
    """These are in this worker's hand, and nobody else is."""
    if ids:
        upsert(tx, table, [{"worker": worker, "contact_ids": list(ids)}], change=("contact_ids",))
    else:
        let_go(tx, worker)


def still_due(tx: Connection, ids: Sequence[str], now: datetime) -> list[str]:
    """Those of these contacts that nobody looked at meanwhile, locked (SKIP LOCKED).

    Of who has become another contact meanwhile nothing is left to be looked at, now or later.
    """
    known = people.c.id
    found: list[str] = []
    for some in chunks(sorted(ids)):
        ripe = select(known).where(known.in_(some), people.c.wakes_at <= now).order_by(known)
        found += tx.execute(ripe.with_for_update(skip_locked=True)).scalars()
    merged = families.roots(tx, found)
    contacts.set_wakes(tx, dict.fromkeys(merged))
    return [one for one in found if one not in merged] if merged else found


def let_go(tx: Connection, worker: str) -> None:
    """Nobody is in this worker's hand any more."""
    tx.execute(delete(table).where(table.c.worker == worker))


def is_in_hand(tx: Connection, worker: str) -> bool:
    """Whether this worker has a hand; it has none any more where another process took it for dead."""
    mine = select(table.c.worker).where(table.c.worker == worker).with_for_update()
    return tx.execute(mine).first() is not None


def recover(tx: Connection, now: datetime, worker: str = "") -> list[str]:
    """Count a death for all who are in the hand of a dead worker: of any but `worker`, who asks.

    Returns their ids. From MAX_DEATHS on a contact is not looked at for a day. A hand that a transaction has
    hold of is left for the next time.
    """
    others = select(table).where(table.c.worker != worker).order_by(table.c.worker)
    rows = tx.execute(others.with_for_update(skip_locked=True)).all()
    held = [row for row in rows if is_dead(tx, row.worker)]
    ids = sorted({one for row in held for one in row.contact_ids})
    known = looks.stumbles_of(tx, ids)
    for contact_id in ids:
        looks.stumble(tx, _died(known.get(contact_id) or Stumble(contact_id, now, 0, now, _WORDS), now))
    for row in held:
        let_go(tx, row.worker)
    return ids


def _died(one: Stumble, now: datetime) -> Stumble:
    deaths = one.deaths + 1
    if deaths < MAX_DEATHS:
        return Stumble(one.contact_id, one.since, one.failures, now, one.words, deaths)
    return Stumble(one.contact_id, one.since, deaths, now + SET_ASIDE_FOR, _WORDS, deaths)
