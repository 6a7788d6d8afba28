"""What both databases hold alike: column types for texts, times and values.

PostgreSQL refuses NUL in a text, and both drivers refuse half a surrogate pair; either may come in a webhook.
`clean` replaces them here, at the one door through which every text goes in, also when it is searched for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from connector.model.event import Identity
from connector.model.values import dumps, loads

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")

_LONGEST_KEY: Final = 400
"""In characters: PostgreSQL refuses an index row over 2,704 bytes (its documentation, chapter "B-Tree")."""

COUNTED: Final = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up; SQLite does so only for its own INTEGER PRIMARY KEY."""


def clean(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD, the replacement character."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def as_key(text: str) -> str:
    """The text as a `Key` column holds it: cleaned; over 400 characters cut, and told apart by a SHA-256."""
    if text.isascii() and len(text) <= _LONGEST_KEY and "\0" not in text:
        return text
    cleaned = clean(text)
    if len(cleaned) <= _LONGEST_KEY:
        return cleaned
    return f"{cleaned[: _LONGEST_KEY - 65]}#{hashlib.sha256(cleaned.encode()).hexdigest()}"


def are_plain(texts: Sequence[str | None]) -> bool:
    """Whether any text column, also a `Key`, holds each of them as it is; asked of all at once."""
    given = [one for one in texts if one is not None]
    joined = "".join(given)
    return joined.isascii() and "\0" not in joined and max(map(len, given), default=0) <= _LONGEST_KEY


def identity_key(identity: Identity) -> tuple[str, str, str]:
    """What an identity is searched by."""
    return as_key(identity.kind), as_key(identity.scope), as_key(identity.value)


class Words(TypeDecorator[str]):
    """A text that was cleaned.

    What goes in is made by `bind_processor`, of which SQLAlchemy asks once a statement. Its documentation
    prefers `process_bind_param`, for the sake of the type underneath; here that does nothing, and a batch
    binds thousands of values.
    """

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Clean what goes in."""
        return _cleaned


class Key(Words):
    """A text that is searched for: see `as_key`."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Clean what goes in, and shorten it."""
        return _as_key


class Sorted(Key):
    """A key that sorts by its bytes on either database, whatever the language of the PostgreSQL."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL's own order is that of its language (its documentation, "Collation Support")."""
        return Text(collation="C") if dialect.name == "postgresql" else self.impl_instance


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970 so that both databases compare and index it alike."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """The microseconds; a time without a zone is a TypeError."""
        return microseconds

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A value of `connector.model.values`, as JSON text: decimals and times survive."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """The JSON, cleaned; a NUL is escaped in it and stays."""
        return _as_json

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value."""
        return None if value is None else loads(value)


def _cleaned(value: str | None) -> str | None:
    return None if value is None else clean(value)


def _as_key(value: str | None) -> str | None:
    return None if value is None else as_key(value)


def microseconds(value: datetime | None) -> int | None:
    """A time as a `Moment` column holds it."""
    return None if value is None else (value - _EPOCH) // _MICROSECOND


def _as_json(value: Any) -> str:
    if not value and isinstance(value, dict):
        return "{}"
    return clean(dumps(value))
