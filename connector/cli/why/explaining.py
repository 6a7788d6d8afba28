"""`loods explain`: a payload file, a stored delivery or a typed event, and what it would do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from connector import bootstrap
from connector.cli.here.of_folder import mapping_of_folder
from connector.cli.why import show_explained
from connector.cli.why.asked import Asked, Payload, Stored
from connector.errors import LoodsError
from connector.mapping.accounts import Connection
from connector.mapping.local_time import tell_local
from connector.mapping.mapping import Mapping
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.runtime.explaining import Explainer, Explanation
from connector.settings import Settings
from connector.sources.delivery import UNKNOWN, describe
from connector.sources.typed import Typed, read_typed
from connector.store import inbox
from connector.store.database import Store, open_store
from connector.store.inbox import InboxRow

HEADER = re.compile(r"headers\[['\"]([^'\"]+)['\"]\]")


class ExplainError(LoodsError):
    """The payload cannot be explained as asked; the message says what to give."""


def explain(settings: Settings, asked: Asked, *, as_json: bool) -> None:
    """Print what it would do and why. Exit code 1 where some of it cannot be read."""
    mapping = mapping_of_folder(settings)
    with _existing_store(settings) as store:
        explainer = bootstrap.explainer(settings, mapping, store)
        heading, explanation = _Asking(mapping, explainer, store).answer(asked)
    show_explained.explanation(explanation, heading, as_json=as_json)
    if explanation.translation.failures:
        raise SystemExit(1)


@dataclass(frozen=True, slots=True)
class _Asking:
    mapping: Mapping
    explainer: Explainer
    store: Store | None

    def answer(self, asked: Asked) -> tuple[str, Explanation]:
        match asked:
            case Payload():
                delivery = _delivery(self.mapping, _connection(self.mapping, asked.connection), asked)
                return f"{delivery.connection} {delivery.topic}", self._explained(delivery)
            case Stored():
                row = self._row(asked.id)
                return _heading(self.mapping, row), self._explained(row.delivery)
            case Typed():
                event = read_typed(self.mapping, asked, bootstrap.clock())
                heading = f"{event.name}, as {event.connection} would tell it"
                return heading, self.explainer.explain_event(event, bootstrap.clock())

    def _explained(self, delivery: Delivery) -> Explanation:
        connection = _connection(self.mapping, delivery.connection)
        return self.explainer.explain(connection, delivery, bootstrap.clock())

    def _row(self, delivery_id: str) -> InboxRow:
        row = None
        if self.store is not None:
            with self.store.reading() as tx:
                row = inbox.find(tx, delivery_id)
        if row is None:
            raise ExplainError(f"there is no delivery {delivery_id}; `loods deliveries` lists them")
        return row


def _heading(mapping: Mapping, row: InboxRow) -> str:
    delivery, version = row.delivery, f" under mapping {row.version[:12]}" if row.version else ""
    at = tell_local(delivery.received_at, mapping.defaults.time_zone)
    received = f"{delivery.connection} {delivery.topic}, received {at}"
    return f"{received}; {row.status.value}{version}" + (f": {row.reason}" if row.reason else "")


def _connection(mapping: Mapping, name: str) -> Connection:
    connection = mapping.connections.get(name)
    if connection is None or connection.source is None:
        listening = sorted(one.name for one in mapping.connections.values() if one.source)
        raise ExplainError(f"no connection {name!r} listens to webhooks; there are: {', '.join(listening)}")
    return connection


def _delivery(mapping: Mapping, connection: Connection, payload: Payload) -> Delivery:
    source = mapping.sources[connection.source or ""]
    headers = _recorded_headers(payload.file) | _headers(payload.headers) | _topic(source, payload.topic)
    body = _read(payload.file)
    described = describe(source, headers, {}, body)
    if described.problem is not None:
        raise ExplainError(f"{payload.file}: {described.problem}")
    if described.topic == UNKNOWN and (header := _header_of_topic(source)):
        raise ExplainError(
            f"{payload.file} does not say what happened: {source.name} names it in the header {header}; "
            f"say it by --topic: {', '.join(source.events)}"
        )
    return Delivery(
        connection=connection.name,
        topic=described.topic,
        headers=headers,
        query={},
        body=body,
        received_at=bootstrap.clock(),
        fingerprint=described.fingerprint,
        id="explained",
    )


def _topic(source: Source, topic: str | None) -> dict[str, str]:
    """The header in which this source names its topic, where the command line gave one."""
    if topic is None:
        return {}
    header = _header_of_topic(source)
    if header is None:
        raise ExplainError(f"the topic of {source.name} stands in its body; leave --topic out")
    return {header.lower(): topic}


def _header_of_topic(source: Source) -> str | None:
    """The header in which this source names its topic; None where that stands in the body."""
    named = HEADER.fullmatch(source.topic.text.strip())
    return named[1] if named else None


def _recorded_headers(file: Path) -> dict[str, str]:
    """The headers beside the payload, in NAME.headers.json, where they were recorded."""
    beside = file.with_name(file.stem + ".headers.json")
    if not beside.exists():
        return {}
    try:
        found = json.loads(_read(beside))
    except ValueError as error:
        raise ExplainError(f"{beside}: this is no JSON; mend it, or give --header instead") from error
    if not isinstance(found, dict):
        raise ExplainError(f"{beside}: an object is wanted, with the names of headers and their values")
    return {str(name).lower(): str(value) for name, value in found.items()}


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ExplainError(f"{file}: {error.strerror or error}") from error


def _headers(lines: tuple[str, ...]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


@contextmanager
def _existing_store(settings: Settings) -> Iterator[Store | None]:
    """The database where there is one, so that the person is known; a fresh folder explains without."""
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        click.echo("(no database yet: everybody is new)\n", err=True)
        yield None
        return
    store = open_store(settings.database_url)
    try:
        yield store
    finally:
        store.close()
