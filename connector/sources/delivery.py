"""What the receiver needs to know of an authentic request: its topic, and how to tell a repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from connector.errors import BodyError, TranslationError
from connector.mapping.source import Source
from connector.model.values import Value
from connector.sources.body import read_body
from connector.sources.scope import LONGEST_TOPIC, View, key_of, parts_of, topic_of, view_of

UNREADABLE: Final = "unreadable"
"""The topic of a delivery whose body cannot be read."""

UNKNOWN: Final = "unknown"
"""The topic of a delivery that does not say what happened."""


@dataclass(frozen=True, slots=True)
class Described:
    """A request in short. Without `body` it cannot be read, and `problem` says why.

    It has no traceback: that would know the bytes, and keep them in memory until garbage is searched for.
    """

    topic: str
    fingerprint: str
    body: Value = None
    problem: BodyError | None = None


def describe(source: Source, headers: Mapping[str, str], query: Mapping[str, str], raw: bytes) -> Described:
    """The topic, and a fingerprint that only a repeat of the same request shares. Never raises.

    A repeat has the same topic, key and bytes. Of a split delivery the parts have the keys, and the bytes
    alone tell; a sender that counts its attempts in the body is then caught by the keys of the events.
    """
    try:
        body = read_body(raw, source.parse)
    except BodyError as error:
        problem = BodyError(error.code, error.detail, error.path)
        return Described(UNREADABLE, _fingerprint(UNREADABLE, (), raw), problem=problem)
    return in_short(source, view_of(headers, query, raw, body), raw)


def in_short(source: Source, view: View, raw: bytes) -> Described:
    """What `describe` says of a request whose source's expressions see this."""
    topic = _topics(source, view)
    view["topic"] = topic
    return Described(topic, _fingerprint(topic, _key(source, view), raw), view["body"])


def _topics(source: Source, view: View) -> str:
    """The topic, or the different ones of the parts in the order of the alphabet."""
    if source.split is None:
        return _topic(source, view)
    try:
        topics = sorted({_topic(source, part) for part in parts_of(source, view)})
    except TranslationError:
        return UNKNOWN
    return ", ".join(topics)[:LONGEST_TOPIC] or UNKNOWN


def _topic(source: Source, view: View) -> str:
    try:
        return topic_of(source, view)
    except TranslationError:
        return UNKNOWN


def _key(source: Source, view: View) -> Iterable[str]:
    if source.split is not None:
        return ()
    try:
        return key_of(source, view)
    except TranslationError:
        return ()


def _fingerprint(topic: str, key: Iterable[str], raw: bytes) -> str:
    """Each part with its length before it, so that no two requests run into the same text."""
    digest = hashlib.sha256()
    for part in (topic, *key):
        text = part.encode(errors="backslashreplace")
        digest.update(b"%d:" % len(text) + text)
    digest.update(raw)
    return digest.hexdigest()
