"""The HTTP edge of a process, and its run from the first request to the last."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from flask import Flask

from connector.bootstrap.connections import secrets_of
from connector.bootstrap.now import clock
from connector.bootstrap.panel import is_on_door, served_apart
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
from webhooks.counter import Counter
from webhooks.receive import Door, create_app
from webhooks.serve import Server


def web(system: System, now: Clock = clock) -> Flask:
    """The HTTP edge of a system: a door for every connection that listens."""
    store = system.store
    doors = system.live.made(partial(_doors, system.settings))
    receipts = Receipts(now)
    app = create_app(
        doors=lambda name: doors().get(name),
        receive=receipts.watching(store.receive),
        keep_failed=receipts.watching(partial(_keep_failed, store)),
        health=lambda: {
            "store": _answers(store) and receipts.is_well,
            **system.service.wellbeing(),
            system.following.name: system.following.is_well,
            "mapping": system.follower.says,
            **system.service.notices(),
        },
        clock=now,
        woke=system.processor.bell.ring,
    )
    counter: Counter = app.extensions["answers"]
    system.panel.reception.opens(counter.by_connection, lambda: receipts.is_well)
    if is_on_door(system.settings):
        add_pages(app, system.panel)
    return app


def _doors(settings: Settings, mapping: Mapping) -> dict[str, Door]:
    listening = [one for one in mapping.connections.values() if one.source is not None]
    return {one.name: _door(settings, mapping, one) for one in listening}


def _door(settings: Settings, mapping: Mapping, connection: Connection) -> Door:
    source = mapping.sources[connection.source or ""]
    secrets = _credentials(settings, connection, source)
    return Door(
        name=connection.name,
        source=source,
        secrets=secrets,
        public_url=settings.public_url,
        is_missing_secret=not secrets and source.verify.scheme != "none",
    )


def _credentials(settings: Settings, connection: Connection, source: Source) -> tuple[bytes, ...]:
    """What `webhooks.verify` takes for secrets: the password of a user together with the user."""
    secrets = secrets_of(settings, connection)
    if source.verify.scheme != "basic":
        return secrets
    user = settings.resolve(connection.settings.get("user"))
    return tuple(f"{user}:".encode() + secret for secret in secrets) if user else ()


def _keep_failed(store: Store, delivery: Delivery, reason: str, path: str) -> Received:
    return store.write(lambda tx: inbox.insert_failed(tx, delivery, reason, path))


def _answers(store: Store) -> bool:
    try:
        with store.reading() as tx:
            outbox.paused(tx)
    except StoreError:
        return False
    return True


def run(system: System, stop: threading.Event, listening: Callable[[str], None]) -> bool:
    """Serve until `stop` is set; whether everything ended in time. `listening` is told the address.

    Raises SettingsError where the address cannot be listened on.
    """
    server = Server(web(system), system.settings.host, system.settings.port)
    close_panel = served_apart(system.settings, system.panel)
    system.panel.worker.start()
    system.service.start()
    system.following.start()
    listening(f"http://{system.settings.host}:{server.port}")
    threading.Thread(target=_stop_when, args=(stop, server), daemon=True, name="stop").start()
    server.run()
    return _ended(system, close_panel)


def work(system: System, stop: threading.Event) -> bool:
    """Do what comes behind the receiver until `stop` is set; whether everything ended in time."""
    close_panel = served_apart(system.settings, system.panel)
    system.panel.worker.start()
    system.service.start()
    system.following.start()
    stop.wait()
    return _ended(system, close_panel)


def _ended(system: System, close_panel: Callable[[], None]) -> bool:
    system.following.ask_to_stop()
    system.panel.worker.ask_to_stop()
    close_panel()
    is_clean = system.service.stop(system.settings.grace) & system.following.join(5.0)
    is_clean &= system.panel.worker.join(5.0)
    system.store.close()
    return is_clean


def _stop_when(stop: threading.Event, server: Server) -> None:
    stop.wait()
    server.stop()
