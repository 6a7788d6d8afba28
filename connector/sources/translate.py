"""A delivery becomes events through its source's file: pure, and total over all that a sender can send.

Forgiving about what is missing, strict about what is wrong: a total that is no number fails its part, and
only that, with its place in the payload. What can be let go without harm (a time that cannot be right, an
address that is none) is, and the event's `note` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from connector.errors import TranslationError
from connector.mapping.accounts import Connection, FromEnvironment, Setting
from connector.mapping.mapping import Mapping
from connector.mapping.source import Source
from connector.model.delivery import IMPORTED, Delivery
from connector.model.event import Event
from connector.model.light import light
from connector.sources.body import read_body
from connector.sources.part import Part
from connector.sources.reader import Reader, reader_of
from connector.sources.scope import View, parts_of, view_of

Resolve: TypeAlias = "Callable[[Setting | None], str | None]"


@dataclass(frozen=True, slots=True)
class Failure:
    """A part that is genuine and cannot be read: which (from 0), where in the payload, and why."""

    index: int
    path: str
    reason: str


@light
class Translation:
    """What a delivery means. `ignored` says what of it means nothing here; empty where all of it does."""

    events: tuple[Event, ...]
    ignored: str
    failures: tuple[Failure, ...]


def translate(
    mapping: Mapping, connection: Connection, delivery: Delivery, resolve: Resolve | None = None
) -> Translation:
    """The events of a delivery in the order in which they stand there, each key once.

    `resolve` gives the value of a setting; without it one that stands in the environment has none, and an
    `app_id` there matches no echo. Raises nothing, whatever was sent; the connection has to have a source.
    """
    reader = reader_of(mapping, connection.source or "")
    app_id = (resolve or _written)(connection.settings.get("app_id"))
    try:
        views = _views(reader.source, delivery)
    except TranslationError as error:
        return Translation((), "", (Failure(0, error.path, error.reason),))
    parts = [Part(view, delivery.received_at, connection, app_id) for view in views]
    told = _gathered(reader, parts)
    since = delivery.headers.get(IMPORTED)
    return told if since is None else _as_past(told, since)


def _as_past(told: Translation, since: str) -> Translation:
    """The same of what was imported: what happened before `since`, if it is given, is history only."""
    begin = datetime.fromisoformat(since) if since else None
    events = tuple(
        replace(one, is_past=True) if begin is None or one.occurred_at < begin else one for one in told.events
    )
    return Translation(events, told.ignored, told.failures)


def _written(setting: Setting | None) -> str | None:
    return None if isinstance(setting, FromEnvironment) else setting


def _views(source: Source, delivery: Delivery) -> list[View]:
    body = read_body(delivery.body, source.parse)
    return parts_of(source, view_of(delivery.headers, delivery.query, delivery.body, body))


def _gathered(reader: Reader, parts: list[Part]) -> Translation:
    events: dict[str, Event] = {}
    ignored: dict[str, None] = {}
    failures = []
    for index, part in enumerate(parts):
        try:
            found = reader.read(part)
        except TranslationError as error:
            failures.append(Failure(index, _path(error.path, index, len(parts)), error.reason))
            continue
        if isinstance(found, str):
            ignored[found] = None
        else:
            for event in found:
                events.setdefault(event.key, event)
    nothing = () if parts else (f"this delivery of {reader.source.name} is empty",)
    return Translation(tuple(events.values()), "; ".join([*nothing, *list(ignored)[:5]]), tuple(failures))


def _path(path: str, index: int, count: int) -> str:
    """A path within one of several parts begins with its number."""
    return path if count == 1 else f"[{index}]" + (f".{path}" if path else "")
