"""Actions on their way to their platforms: waiting, sending, unknown, done or dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from connector.model.action import Action


class ActionStatus(StrEnum):
    """Where an action is. `unknown`: a call's outcome was lost and the adapter has to look first."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Queued:
    """An action in the outbox. `sequence` is the order of decision; `failures` counts failed attempts so far."""

    id: int
    action: Action
    status: ActionStatus
    failures: int
    next_attempt_at: datetime
    reference: str | None = None
    words: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: `outcome` is `done`, `transient`, `unknown`, `rejected`, `unauthorized`, `looked_done` or `looked_absent`."""

    action_id: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    words: str = ""


def add(tx: Connection, actions: Sequence[Action], now: datetime) -> int:
    """Queue actions in this order; one whose key exists is left out. Returns how many are new."""
    raise NotImplementedError


def claim(tx: Connection, connection: str, now: datetime, limit: int) -> list[Queued]:
    """The heads that are due, oldest first, marked `sending` with an open attempt each.

    A head is the oldest action of its contact and connection that is neither done nor dead: the next one is
    not claimed before it is settled. All are of the first one's action name (one batch call). Rows in `unknown` come by
    `claim_unknown`.
    """
    raise NotImplementedError


def claim_unknown(tx: Connection, connection: str, now: datetime, limit: int) -> list[Queued]:
    """Those whose outcome is unknown and whose time to look has come (`next_attempt_at`); they stay `unknown`."""
    raise NotImplementedError


def interrupted(tx: Connection, connection: str, now: datetime, look_at: datetime) -> list[Queued]:
    """After a death: what is `sending` becomes `unknown`, to be looked at from `look_at`; its attempts end as unknown."""
    raise NotImplementedError


def done(tx: Connection, action_id: int, now: datetime, reference: str | None, outcome: str = "done") -> None:
    """It took effect: settles it and its attempt (`looked_done` where a look has shown it)."""
    raise NotImplementedError


def again(
    tx: Connection, action_id: int, now: datetime, next_attempt_at: datetime, outcome: str, words: str
) -> None:
    """It waits until `next_attempt_at` (outcome `transient`, `looked_absent` or `unknown`); the attempt is closed."""
    raise NotImplementedError


def unknown(tx: Connection, action_id: int, now: datetime, look_at: datetime, words: str) -> None:
    """Nobody knows whether it happened: to be looked up from `look_at`."""
    raise NotImplementedError


def dead(tx: Connection, action_id: int, now: datetime, outcome: str, words: str) -> None:
    """Given up, with the platform's own words."""
    raise NotImplementedError


def give_back(tx: Connection, action_ids: Sequence[int], now: datetime, words: str) -> None:
    """They were claimed but certainly not called (their connection paused): they wait again, no failure counted."""
    raise NotImplementedError


def references(tx: Connection, contact_id: str, connection: str) -> frozenset[str]:
    """What the platform calls the settled actions of this contact."""
    raise NotImplementedError


def earliest(tx: Connection, connection: str) -> datetime | None:
    """When the next waiting or unknown action is due."""
    raise NotImplementedError


def find(tx: Connection, action_id: int) -> Queued | None:
    """One action."""
    raise NotImplementedError


def listing(
    tx: Connection, status: ActionStatus | None = None, contact_id: str | None = None, limit: int = 100
) -> list[Queued]:
    """The newest actions first."""
    raise NotImplementedError


def attempts(tx: Connection, action_id: int) -> list[Attempt]:
    """Every try, in order."""
    raise NotImplementedError


def counts(tx: Connection) -> dict[str, int]:
    """How many actions there are of each status."""
    raise NotImplementedError


def replay(tx: Connection, action_id: int, now: datetime) -> bool:
    """A dead action waits again, with no failures; False where there is none such."""
    raise NotImplementedError


def discard(tx: Connection, action_id: int, now: datetime) -> bool:
    """A waiting or unknown action is given up by a person; False where there is none such."""
    raise NotImplementedError


def pause(tx: Connection, connection: str, now: datetime, words: str) -> None:
    """The connection is paused: nothing of it is claimed until `resume`."""
    raise NotImplementedError


def resume(tx: Connection, connection: str) -> None:
    """The connection goes on."""
    raise NotImplementedError


def paused(tx: Connection) -> dict[str, tuple[datetime, str]]:
    """The paused connections, since when and why."""
    raise NotImplementedError
