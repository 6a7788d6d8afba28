"""A mapping with one source, and deliveries to it: what the tests of translation start from."""

from __future__ import annotations

import json
from collections.abc import Mapping as Table
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.mapping.accounts import Connection, Setting
from connector.mapping.load import load_source
from connector.mapping.mapping import Defaults, Mapping, WorkingDays
from connector.mapping.source import Source
from connector.mapping.terms import Place
from connector.model.delivery import Delivery
from connector.model.event import Event
from connector.model.types import number, record
from connector.sources.delivery import describe
from connector.sources.translate import Translation, translate

SHIPPED = Path(__file__).parents[2] / "connector" / "sources" / "shipped"
PAYLOADS = Path(__file__).parent / "payloads"
RECEIVED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOPIC_HEADER = {"shopify": "x-shopify-topic", "woocommerce": "x-wc-webhook-topic"}


@cache
def shipped(name: str) -> Source:
    """A source that comes with Loods."""
    return load_source((SHIPPED / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


def mapping_with(source: Source) -> Mapping:
    """A mapping that knows nothing but this source, and one field of its own: `employees`, a number."""
    defaults = Defaults(ZoneInfo("Europe/Amsterdam"), "nl_NL", WorkingDays(), {}, {})
    return Mapping(
        version="1",
        connections={},
        sources={source.name: source},
        journeys={},
        triggers={},
        fields={"employees": number()},
        segments={},
        defaults=defaults,
        contact_type=record(),
        triggers_on={},
    )


def connection_to(source: Source, **settings: Setting) -> Connection:
    """A connection called `here`."""
    return Connection("here", None, source.name, "here", (), settings, Place("connections.yaml", 1, 1))


def delivery_of(
    source: Source, raw: bytes, headers: Table[str, str] | None = None, received_at: datetime = RECEIVED_AT
) -> Delivery:
    """The delivery that the receiver makes of these bytes."""
    described = describe(source, headers or {}, {}, raw)
    return Delivery("here", described.topic, headers or {}, {}, raw, received_at, described.fingerprint)


def translated(source: Source, raw: bytes, headers: Table[str, str] | None = None) -> Translation:
    """What the bytes mean to the source."""
    return translate(mapping_with(source), connection_to(source), delivery_of(source, raw, headers))


def posted(name: str, topic: str, body: object) -> Translation:
    """What a body means to a shipped source; the topic is for sources that tell it in a header."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    header = TOPIC_HEADER.get(name)
    return translated(shipped(name), raw, {header: topic} if header else {})


def from_file(name: str, file: str, topic: str = "", /, **changes: object) -> Translation:
    """What a payload file of ours means, with some of its top-level members changed."""
    raw = (PAYLOADS / name / file).read_bytes()
    if changes:
        raw = json.dumps({**json.loads(raw), **changes}, default=str).encode()
    return posted(name, topic, raw)


def only(translation: Translation) -> Event:
    """The one event of a translation that has nothing else."""
    assert translation.failures == ()
    (event,) = translation.events
    return event


def named(translation: Translation, name: str) -> Event:
    """The event of this name."""
    return next(event for event in translation.events if event.name == name)


def names(translation: Translation) -> list[str]:
    """The names of the events, in order."""
    assert translation.failures == ()
    return [event.name for event in translation.events]
