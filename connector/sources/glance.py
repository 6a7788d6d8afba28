"""A delivery in short at first glance: what the receiver asks of bytes that a signature has proven.

`describe` reads a body as strictly as its translation does, which is most of the time that a receipt takes.
Where topic and key stand outside of the body, nothing of it is needed at the door but that it is one JSON
object. What is wrong with it beyond that (depth, size, numbers), its translation finds, with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import orjson

from connector.mapping.source import Source
from connector.sources.body import quotes_in
from connector.sources.delivery import Described, in_short
from connector.sources.scope import view_of

_BODY: Final = re.compile(r"\bbody\b")


def is_told_outside(source: Source) -> bool:
    """Whether the topic and the key of its deliveries are known without their bodies, which are JSON."""
    is_read = any(_BODY.search(one.text) for one in (source.topic, *source.key))
    return source.parse == "json" and source.split is None and not is_read


def glimpse(
    source: Source, headers: Mapping[str, str], query: Mapping[str, str], raw: bytes
) -> Described | None:
    """What `describe` says, without the body, of a source whose deliveries are told outside.

    None where it is not plain that the body is an object: it may be one all the same.
    """
    return in_short(source, view_of(headers, query, raw, None), raw) if _is_object(raw) else None


def _is_object(raw: bytes) -> bool:
    """Whether it is one JSON object, in which no key stands twice."""
    try:
        read = orjson.loads(raw)
        return isinstance(read, dict) and quotes_in(orjson.dumps(read)) == quotes_in(raw)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return False
