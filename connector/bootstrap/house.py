"""What a sender meets: a door for every connection that listens, and the pages beside them."""

from __future__ import annotations

import time
from collections.abc import Mapping as Table
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Final

from connector.bootstrap.connections import secrets_of
from connector.bootstrap.now import clock
from connector.bootstrap.panel import is_on_door
from connector.bootstrap.system import System
from connector.errors import StoreError
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.runtime.deciding import Clock
from connector.runtime.receipts import Receipts
from connector.settings import Settings
from connector.store import inbox, outbox
from connector.store.database import Store
from connector.store.inbox import Received
from connector.telemetry.pages import add_pages
from webhooks.door import Door
from webhooks.front import Front
from webhooks.mark import Mark
from webhooks.pages import create_pages
from webhooks.receive import Receiver, Shelf
from webhooks.shedding import Room
from webhooks.wsgi import Wsgi

_THREADS: Final = 4
"""For pages; as many for what cannot be read and for looks into the database, so that pages need not wait."""


def house(system: System, now: Clock = clock) -> Front:
    """The HTTP edge of a system."""
    receipts = Receipts(now)
    receiver = _receiver(system, receipts, ThreadPoolExecutor(_THREADS, "receiver"), now)
    pages = create_pages(lambda: _health(system, receipts), receiver.counter)
    system.panel.reception.opens(receiver.counter.by_connection, lambda: receipts.is_well)
    if is_on_door(system.settings):
        add_pages(pages, system.panel)
    return Front(receiver, pages, ThreadPoolExecutor(_THREADS, "pages"))


def web(system: System, now: Clock = clock) -> Wsgi:
    """The same as a WSGI application, for a server of somebody else's."""
    return Wsgi(house(system, now))


def _receiver(system: System, receipts: Receipts, threads: Executor, now: Clock) -> Receiver:
    store = system.store
    doors = system.live.made(partial(_doors, system))
    shelf = Shelf(
        receive=receipts.watching(store.receive_soon),
        keep_failed=receipts.watching(partial(_keep_failed, store, threads)),
        woke=system.processor.bell.ring,
    )
    mark = Mark(partial(_is_over, store, system.settings.most_waiting), time.monotonic, threads)
    return Receiver(lambda name: doors().get(name), shelf, now, Room(time.monotonic, mark.is_over))


def _health(system: System, receipts: Receipts) -> Table[str, bool | str]:
    return {
        "store": not system.store.trouble and _answers(system.store) and receipts.is_well,
        **system.service.wellbeing(),
        system.following.name: system.following.is_well,
        "mapping": system.follower.says,
        **system.service.notices(),
    }


def _doors(system: System, mapping: Mapping) -> dict[str, Door]:
    listening = [one for one in mapping.connections.values() if one.source is not None]
    return {one.name: _door(system, mapping, one) for one in listening}


def _door(system: System, mapping: Mapping, connection: Connection) -> Door:
    source = mapping.sources[connection.source or ""]
    secrets = _credentials(system.settings, connection, source)
    return Door(
        name=connection.name,
        source=source,
        secrets=secrets,
        public_url=system.settings.public_url,
        is_missing_secret=not secrets and source.verify.scheme != "none",
        is_clock_doubtful=lambda: system.panel.lookout.clocks.is_doubtful,
    )


def _credentials(settings: Settings, connection: Connection, source: Source) -> tuple[bytes, ...]:
    """What `webhooks.verify` takes for secrets: the password of a user together with the user."""
    secrets = secrets_of(settings, connection)
    if source.verify.scheme != "basic":
        return secrets
    user = settings.resolve(connection.settings.get("user"))
    return tuple(f"{user}:".encode() + secret for secret in secrets) if user else ()


def _keep_failed(
    store: Store, threads: Executor, delivery: Delivery, reason: str, path: str
) -> Future[list[Received]]:
    def keep() -> list[Received]:
        return [store.write(lambda tx: inbox.insert_failed(tx, delivery, reason, path))]

    return threads.submit(keep)


def _is_over(store: Store, most: int) -> bool:
    with store.reading() as tx:
        return inbox.has_more_waiting(tx, most)


def _answers(store: Store) -> bool:
    try:
        with store.reading() as tx:
            outbox.paused(tx)
    except StoreError:
        return False
    return True
