"""What is to be said of this machine: its database, disk and clock, and what is live in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connector.bootstrap.now import clock
from connector.errors import StoreError
from connector.mapping.mapping import Mapping
from connector.model.finding import Finding, Severity
from connector.settings import Settings, is_unencrypted
from connector.store import cursors, habits, pauses, publications
from connector.store.database import Place, Transaction, embedded_file, open_store
from connector.telemetry.clocks import APART, Clocks, words_of

LATE: Final = timedelta(hours=1)
"""So long after its last reading a feed that is read every five minutes has been left."""

Wall: TypeAlias = Callable[[], datetime]


def inspect_here(settings: Settings, mapping: Mapping, wall: Wall = clock) -> Iterator[Finding]:
    """The findings, which are about no connection but where one is paused, silent or not read on.

    `wall` is the clock of this machine.
    """
    yield from _address(settings, mapping)
    yield from _disk(settings)
    file = embedded_file(settings.database_url)
    if file is not None and not file.exists():
        yield _here(Severity.WARNING, "L301", f"there is no database at {file} yet", "`loods run` makes one")
        return
    try:
        yield from _database(settings, mapping, wall)
    except StoreError as error:
        yield _here(Severity.ERROR, "L301", f"the database cannot be read: {error}", "see DATABASE_URL")


def _database(settings: Settings, mapping: Mapping, wall: Wall) -> Iterator[Finding]:
    store = open_store(settings.database_url, Place.GUEST)
    try:
        with store.reading() as tx:
            found = [
                *_live(tx, mapping),
                *_clock(tx, wall),
                *_paused(tx, mapping),
                *_silent(tx, mapping),
                *_unread(tx, mapping, wall()),
            ]
    finally:
        store.close()
    yield _here(Severity.OK, "L399", "the database answers")
    yield from found


def _live(tx: Transaction, mapping: Mapping) -> Iterator[Finding]:
    live = publications.live(tx)
    if live is None:
        message = "no mapping was published yet"
        yield _here(Severity.WARNING, "L302", message, "`loods publish` makes this one live")
    elif live.version != mapping.version:
        message = f"version {live.version[:12]} is live, and this mapping is {mapping.version[:12]}"
        remedy = (
            "`loods publish` makes this one live; `loods versions --diff live folder` shows the difference"
        )
        yield _here(Severity.WARNING, "L302", message, remedy)


def _clock(tx: Transaction, wall: Wall) -> Iterator[Finding]:
    ahead = Clocks(wall).look(tx).ahead
    if ahead is not None and abs(ahead) >= APART:
        yield _here(Severity.ERROR, "L305", words_of(ahead), "")


def _paused(tx: Transaction, mapping: Mapping) -> Iterator[Finding]:
    for name, (since, reason) in pauses.paused(tx).items():
        message = f"its actions have been held since {since:%Y-%m-%d %H:%M} UTC: {reason}"
        remedy = "they go on by themselves once the platform takes the key"
        yield _of(mapping, name, Severity.ERROR, "L304", message, remedy)


def _silent(tx: Transaction, mapping: Mapping) -> Iterator[Finding]:
    """Connections that have never brought anything, though others have: their webhooks may not be set up."""
    seen = habits.last_seen(tx)
    for one in mapping.connections.values() if seen else ():
        if one.source is not None and one.name not in seen:
            message = "nothing has ever come from it"
            remedy = "`loods connect --dry-run` says which webhooks there have to be"
            yield _of(mapping, one.name, Severity.WARNING, "L306", message, remedy)


def _unread(tx: Transaction, mapping: Mapping, now: datetime) -> Iterator[Finding]:
    """What platforms do not announce, and what of it could not be asked for."""
    for (name, feed), (at, words) in cursors.asked(tx).items():
        if words:
            message = f"{feed} could not be read on since {at:%Y-%m-%d %H:%M} UTC: {words}"
            remedy = "it is asked for again every five minutes, and nothing is passed by"
            yield _of(mapping, name, Severity.WARNING, "L308", message, remedy)
        elif now - at > LATE:
            message = f"{feed} was read on last at {at:%Y-%m-%d %H:%M} UTC"
            remedy = "see that `loods run`, or a `loods work`, runs: it asks every five minutes"
            yield _of(mapping, name, Severity.WARNING, "L308", message, remedy)


def _address(settings: Settings, mapping: Mapping) -> Iterator[Finding]:
    listens = any(one.source is not None for one in mapping.connections.values())
    if listens and settings.public_url is None:
        message = "PUBLIC_URL is not set, so that nobody can ask whether webhooks come here"
        remedy = "set it to the address under which senders reach this Loods"
        yield _here(Severity.UNKNOWN, "L303", message, remedy)
    if listens and settings.public_url is not None and is_unencrypted(settings.public_url):
        message = f"PUBLIC_URL is {settings.public_url}: HubSpot and Shopify call https:// only"
        remedy = "let a proxy before Loods speak TLS, and set it to the address with https://"
        yield _here(Severity.WARNING, "L307", message, remedy)


def _disk(settings: Settings) -> Iterator[Finding]:
    file = embedded_file(settings.database_url)
    folder = next((one for one in file.parents if one.exists()), None) if file is not None else None
    if folder is None:
        return
    free = shutil.disk_usage(folder).free
    if free < settings.least_free:
        message = f"{free // 2**20} MiB are free on the disk of the database"
        yield _here(Severity.ERROR, "L300", message, "make room: DISK_LEAST_FREE says how much is too little")
    else:
        yield _here(Severity.OK, "L399", f"{free // 2**20} MiB are free on the disk of the database")


def _here(severity: Severity, code: str, message: str, remedy: str = "") -> Finding:
    return Finding(severity, code, "", message, remedy)


def _of(mapping: Mapping, name: str, severity: Severity, code: str, message: str, remedy: str) -> Finding:
    connection = mapping.connections.get(name)
    if connection is None:
        return _here(severity, code, f"{name}: {message}", remedy)
    place = connection.place
    return Finding(severity, code, name, message, remedy, place.file, place.line, place.column)
