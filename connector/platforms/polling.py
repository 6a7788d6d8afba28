"""What a platform does not announce is asked of it: one feed, one page at a time, from where it stood."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

State: TypeAlias = Mapping[str, Any]
"""Where a feed stands: numbers, texts, lists and mappings of them, which only the feed itself understands."""

OVERLAP: Final = 15 * 60 * 1000
"""Milliseconds: what is older than the newest that was seen by less than this is asked for again.

Platforms show things some time after the moment that they give them, and not in order. What comes twice is
told by its key.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What one question brought: bodies as the source of the connection reads them, and where to go on.

    `is_last`: nothing is left to be asked for now.
    """

    bodies: Sequence[bytes]
    state: State
    is_last: bool


class Feed(Protocol):
    """One kind of thing that happens at a platform. It keeps nothing in mind: all is in the state."""

    @property
    def name(self) -> str:
        """What it is called among those of its connection."""

    @property
    def topics(self) -> Sequence[str]:
        """Those of the source under which it comes."""

    def begin(self, now: datetime) -> State:
        """The state of who asks for the first time: from now on, never what is past."""

    def ask(self, state: State, now: datetime) -> Page:
        """The next page, by one call or a few. Raises a DispatchError, and the state stays as it is."""


class Feeds(Protocol):
    """Those of an account, over connections of their own."""

    @property
    def feeds(self) -> Sequence[Feed]:
        """All of them, in the order in which they are read."""

    def close(self) -> None:
        """Give up the connections."""


def body_of(told: Mapping[str, Any]) -> bytes:
    """The bytes of a body: the same for the same, whatever the order in which it was told."""
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp() * 1000)
