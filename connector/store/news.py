"""What processes on one database tell each other, so that nobody waits for the next look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

REST: Final = 0.02
"""Seconds between two pieces of news; what is told meanwhile goes with the next."""


class News(StrEnum):
    """What there is: each is a channel of its own on PostgreSQL."""

    DELIVERIES = "loods_deliveries"
    ACTIONS = "loods_actions"


Heard: TypeAlias = Mapping[News, Callable[[], None]]
"""What to do upon each."""
