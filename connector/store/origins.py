"""Which delivery an action goes back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from connector.model.action import Action
from connector.model.event import Event
from connector.store.encoding import decode
from connector.store.families import family, root
from connector.store.schema import deliveries, events


@dataclass(frozen=True, slots=True)
class Origin:
    """A delivery's id, and the headers that are kept with it, as long as it is."""

    delivery_id: str
    headers: Mapping[str, str]


def of_action(tx: Connection, action: Action) -> Origin | None:
    """The delivery whose event an action was decided upon; None where time itself led to it."""
    theirs = events.c.contact_id.in_(family(tx, root(tx, action.contact_id)))
    then = theirs, events.c.decided_at == action.decided_at
    for row in tx.execute(select(events.c.event, events.c.delivery_id).where(*then)):
        if row.delivery_id and decode(Event, row.event).key == action.cause.event_key:
            return _of_delivery(tx, row.delivery_id)
    return None


def _of_delivery(tx: Connection, delivery_id: str) -> Origin:
    headers = tx.execute(select(deliveries.c.headers).where(deliveries.c.id == delivery_id)).scalar()
    return Origin(delivery_id, headers or {})
