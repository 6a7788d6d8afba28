"""What the checker judges: all that senders, database and platforms say of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.faults.rig.history import Line
from tests.faults.rig.posts import Act, Post


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the inbox, by the name of the post that it holds; `body` is that of the post."""

    id: str
    post: str
    body: bytes
    status: str
    version: str = "v1"


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the history: what happened, once."""

    id: int
    connection: str
    key: str
    name: str
    contact: str
    delivery: str
    version: str = "v1"


@dataclass(frozen=True, slots=True)
class Action:
    """A row of the outbox. `id` is the order of decision; `cause` the key of the event from which it came."""

    id: int
    act: Act
    connection: str
    contact: str
    cause: str
    status: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of an action; the outcome of one that has not ended is empty."""

    action: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that took effect at a platform and does not bear repeating."""

    act: Act
    connection: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Waited:
    """A run that waits when the test begins: what it is to do, and not before when."""

    act: Act
    due: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A whole run, once everything has settled.

    `counters` are the events that contacts have counted, by name; `effects` are in the order in which they
    took effect; `versions` are those of the mapping that were live.
    """

    history: tuple[Line, ...]
    posts: Mapping[str, Post]
    deliveries: tuple[Delivery, ...]
    events: tuple[Event, ...]
    counters: Mapping[str, int]
    actions: tuple[Action, ...]
    attempts: tuple[Attempt, ...]
    effects: tuple[Effect, ...]
    waited: tuple[Waited, ...] = ()
    versions: frozenset[str] = frozenset({"v1"})
