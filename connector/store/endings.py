"""How tries end that are not known to have taken effect, and what becomes of their actions: as values.

`connector.store.settling.end` writes down many of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from connector.store.queued import APART
from connector.store.schema import UNFINISHED, ActionStatus

Failures: TypeAlias = Mapping[ActionStatus, int]
"""From which statuses an action may come, and how many failures it has more then."""

_SENT: Final[Failures] = {ActionStatus.SENDING: 0}
_OPEN: Final[Failures] = dict.fromkeys(UNFINISHED, 0)
_FAILED: Final[Failures] = dict.fromkeys(UNFINISHED, 1)


@dataclass(frozen=True, slots=True)
class Missed:
    """An attempt that ended `at` a moment without an effect that is known; what follows is `due` later.

    `counts`: as a failure of the action, of which there may be so many.
    """

    at: datetime
    due: datetime
    words: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Ending:
    """An action becomes `to`, and its try ended `at` a moment in this way.

    It stays as it is, try and all, where its status is not among the keys of `failures`. `others` are columns
    of it that change, too.
    """

    action_id: int
    to: ActionStatus
    failures: Failures
    at: datetime
    outcome: str
    words: str
    others: Mapping[str, Any] = field(default_factory=dict)


def again(action_id: int, missed: Missed, outcome: str) -> Ending:
    """It waits until it is due, and the attempt ends (`transient`, `looked_absent` or `unknown`).

    Counts as a failure, unless it was counted when its outcome became unknown. What waits is left as it is.
    """
    failures = {ActionStatus.SENDING: int(missed.counts), ActionStatus.UNKNOWN: 0}
    due = {"next_attempt_at": missed.due}
    return Ending(action_id, ActionStatus.WAITING, failures, missed.at, outcome, missed.words, due)


def lost(action_id: int, missed: Missed) -> Ending:
    """No answer came to a call: the same as `unknown`, for what is being sent and nothing else."""
    return _lost(action_id, missed, {ActionStatus.SENDING: int(missed.counts)})


def unknown(action_id: int, missed: Missed) -> Ending:
    """Nobody knows whether it happened: to be looked up when it is due. Counts as a failure."""
    return _lost(action_id, missed, _FAILED if missed.counts else _OPEN)


def dead(action_id: int, now: datetime, outcome: str, words: str) -> Ending:
    """Given up, with the platform's own words. Counts as a failure."""
    return Ending(action_id, ActionStatus.DEAD, _FAILED, now, outcome, words, {"settled_at": now})


def needless(action_id: int, now: datetime, words: str) -> Ending:
    """There was nothing to do, and why: settled as done, without a call."""
    return Ending(action_id, ActionStatus.DONE, _OPEN, now, "needless", words, {"settled_at": now})


def given_back(action_id: int, now: datetime, words: str) -> Ending:
    """It was claimed but certainly not called: it waits again, and no failure is counted."""
    return Ending(action_id, ActionStatus.WAITING, _SENT, now, "given_back", words)


def apart(action_id: int, now: datetime, words: str) -> Ending:
    """It was refused together with others: it waits, to be tried alone, and no failure is counted."""
    return Ending(action_id, ActionStatus.WAITING, _SENT, now, APART, words)


def _lost(action_id: int, missed: Missed, failures: Failures) -> Ending:
    due = {"next_attempt_at": missed.due}
    return Ending(action_id, ActionStatus.UNKNOWN, failures, missed.at, "unknown", missed.words, due)
