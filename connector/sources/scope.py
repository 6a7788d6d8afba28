"""What expressions of a source file see: `body`, `headers`, `query`; keys see `topic` and `body_hash` too."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, TypeAlias

from connector.errors import ExpressionFailed, TranslationError
from connector.mapping.source import Source
from connector.mapping.terms import CannotTell, Expression
from connector.model.values import Value
from connector.sources.convert import LONGEST, Unreadable, as_elements, as_text, kept

View: TypeAlias = dict[str, Value]

LONGEST_TOPIC: Final = 200
"""Characters that are kept of a topic."""

LONGEST_SHOWN: Final = 60
"""Characters up to which an expression stands in the reason of a failure."""


def view_of(headers: Mapping[str, str], query: Mapping[str, str], raw: bytes, body: Value) -> View:
    """The names for one delivery; those of headers are lower-case, so that they are found however written.

    Of a long text its beginning is seen: whoever complains at length is heard all the same. No text is longer
    than the bytes of which it was read.
    """
    return {
        "body": kept(body) if len(raw) > LONGEST else body,
        "headers": {name.lower(): value for name, value in headers.items()},
        "query": dict(query),
        "body_hash": hashlib.sha256(raw).hexdigest(),
    }


def value_in(expression: Expression | None, view: View) -> Value:
    """The expression's value, None where it is missing. Raises ExpressionFailed."""
    value = expression(view) if expression is not None else None
    return None if isinstance(value, CannotTell) else value


def parts_of(source: Source, view: View) -> list[View]:
    """One view for each part of a split delivery; a body that is no list is its own only part.

    Raises TranslationError.
    """
    if source.split is None:
        return [view]
    try:
        whole = value_in(source.split, view)
    except ExpressionFailed as error:
        raise TranslationError(source.split.text, str(error)) from error
    return [{**view, "body": part} for part in as_elements(whole)]


def topic_of(source: Source, view: View) -> str:
    """The source's own name for what happened. Raises TranslationError where there is none."""
    topic = _text(source.topic, view, "the topic")
    if topic is None:
        raise TranslationError("", f"it does not say what happened: {_looked_at(source.topic)} is missing")
    return topic[:LONGEST_TOPIC]


def key_of(source: Source, view: View) -> list[str]:
    """The parts of the source's key, empty where missing. Raises TranslationError where all of them are."""
    found = [_text(part, view, "the key") or "" for part in source.key]
    if not any(found):
        raise TranslationError("", "nothing is there of what its key is made of")
    return found


def _looked_at(expression: Expression) -> str:
    """The expression, or its kind where it is too long to help a reader."""
    return expression.text if len(expression.text) <= LONGEST_SHOWN else "the topic"


def _text(expression: Expression, view: View, name: str) -> str | None:
    try:
        return as_text(value_in(expression, view))
    except Unreadable as error:
        raise TranslationError(expression.text, f"{name} {error}") from error
    except ExpressionFailed as error:
        raise TranslationError(expression.text, str(error)) from error
