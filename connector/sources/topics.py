"""Which rules of a source a topic means: by its name, else by a pattern in which `*` stands for anything."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from connector.mapping.source import Source

Heard = TypeVar("Heard")

_NEAR = 0.8
"""How alike two names are, from 0 to 1, of which one is probably the other mistyped."""


def heard(source: Source, topics: Mapping[str, Heard], topic: str) -> Heard | str:
    """What stands in `topics` for it, or a sentence that says why it means nothing.

    `topics` has a value for each topic of the source. Names go before patterns, in file order.
    """
    if topic in topics:
        return topics[topic]
    said = f"{source.name} does not listen to {topic[:80]}"
    if topic in source.ignore:
        return said
    if (pattern := _first(topics, topic)) is not None:
        return topics[pattern]
    if _first(source.ignore, topic) is not None:
        return said
    return f"{said}: its source file does not name it{_hint(topic[:80], tuple(topics))}"


def _first(patterns: Iterable[str], topic: str) -> str | None:
    return next((one for one in patterns if "*" in one and _compiled(one).fullmatch(topic)), None)


@lru_cache(maxsize=1024)
def _hint(topic: str, names: tuple[str, ...]) -> str:
    """The name that was probably meant, where one is near."""
    near = difflib.get_close_matches(topic, names, n=1, cutoff=_NEAR)
    return f'; did you mean "{near[0]}"?' if near else ""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
