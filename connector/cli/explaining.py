"""`loods explain`: a payload file, read as its connection would have received it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import click

from connector import bootstrap
from connector.cli import show
from connector.errors import LoodsError
from connector.mapping.mapping import Connection, Mapping, Source
from connector.model.delivery import Delivery
from connector.settings import Settings
from connector.sources.delivery import describe
from connector.store.database import Store, open_store

HEADER = re.compile(r"headers\[['\"]([^'\"]+)['\"]\]")


@dataclass(frozen=True, slots=True)
class Payload:
    """What the command line says of a payload."""

    file: Path
    connection: str
    headers: tuple[str, ...]
    topic: str | None


class ExplainError(LoodsError):
    """The payload cannot be explained as asked; the message says what to give."""


def explain(settings: Settings, payload: Payload) -> None:
    """Print what the payload would do and why."""
    mapping = bootstrap.load(settings)
    connection = _connection(mapping, payload.connection)
    delivery = _delivery(mapping, connection, payload)
    store = _existing_store(settings)
    try:
        explanation = bootstrap.explainer(settings, mapping, store).explain(
            connection, delivery, bootstrap.clock()
        )
    finally:
        if store is not None:
            store.close()
    show.explanation(explanation, delivery)
    if explanation.translation.failures:
        raise SystemExit(1)


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
    if (named := HEADER.fullmatch(source.topic.text.strip())) is None:
        raise ExplainError(f"the topic of {source.name} stands in its body; leave --topic out")
    return {named[1].lower(): topic}


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


def _existing_store(settings: Settings) -> Store | None:
    """The database where there is one, so that the person is known; a fresh folder explains without."""
    path = settings.database_url.removeprefix("sqlite:///")
    if path != settings.database_url and not Path(path).exists():
        click.echo("(no database yet: everybody is new)\n")
        return None
    return open_store(settings.database_url)
