"""What this process counts: deliveries settled, calls, ends of actions, and how long things take.

docs/observability.md has the table of all metrics.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from connector.errors import Rejected, Unauthorized, Unknown
from connector.model.decision import HELD_BACK, TraceEntry
from connector.platforms.base import Done, Outcome
from connector.runtime.observing import Batch, Called, Observer

DONE: Final = "done"
_SHORT: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_LONG: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)
_TINY: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Meters(Observer):
    """Counts on a registry what it hears; safe from all threads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._processed = Counter(
            "loods_processed", "Deliveries that were settled.", ("connection", "status"), registry=registry
        )
        self._decided = Counter(
            "loods_actions_decided", "Actions that deliveries have led to.", registry=registry
        )
        self._held_back = Counter(
            "loods_held_back",
            "Rules that would have acted, upon an event or because time went by, and were held back.",
            ("reason",),
            registry=registry,
        )
        self._looked = Counter(
            "loods_looks", "Contacts that were looked at because time went by.", registry=registry
        )
        self._not_left = Counter(
            "loods_not_left",
            "Actions that were due and did not leave: held back, or nothing to close.",
            ("connection",),
            registry=registry,
        )
        self._outcomes = Counter(
            "loods_outcomes",
            "Actions that went to a platform, by what came of it.",
            ("connection", "outcome"),
            registry=registry,
        )
        self._ended = Counter(
            "loods_actions_ended",
            "Actions that are done, or dead.",
            ("connection", "end"),
            registry=registry,
        )
        self._waits = Counter(
            "loods_asked_to_wait",
            "Answers of a platform that ask us to wait.",
            ("connection",),
            registry=registry,
        )
        self._waited = Counter(
            "loods_asked_to_wait_seconds",
            "For how long platforms asked us to wait, in all.",
            ("connection",),
            registry=registry,
        )
        self._calls = Histogram(
            "loods_call_seconds",
            "How long a call of a platform took.",
            ("connection", "outcome"),
            registry=registry,
            buckets=_LONG,
        )
        self._batch_size = Histogram(
            "loods_batch_deliveries", "Deliveries of one batch.", registry=registry, buckets=_SIZES
        )
        self._batch_seconds = Histogram(
            "loods_batch_seconds",
            "How long a batch took, until it was committed.",
            registry=registry,
            buckets=_SHORT,
        )
        self._deciding = Histogram(
            "loods_decision_seconds",
            "How long deciding took for a delivery, the mean of its batch, with what was read for it.",
            registry=registry,
            buckets=_TINY,
        )
        self._group_size = Histogram(
            "loods_commit_deliveries",
            "Deliveries that were made durable by one commit.",
            registry=registry,
            buckets=_SIZES,
        )
        self._commit_seconds = Histogram(
            "loods_commit_seconds",
            "How long such a commit took.",
            registry=registry,
            buckets=_SHORT,
        )

    def settled(self, batch: Batch) -> None:
        """Count a batch of deliveries."""
        if not batch.settled:
            return
        ends = Tally((delivery.connection, status.value) for delivery, status in batch.settled)
        for labels, count in ends.items():
            self._processed.labels(*labels).inc(count)
        self._decided.inc(batch.actions)
        self._hold_back(batch.traces)
        self._batch_size.observe(len(batch.settled))
        self._batch_seconds.observe(batch.seconds)
        self._deciding.observe(batch.deciding / len(batch.settled))

    def looked(self, traces: Sequence[Sequence[TraceEntry]]) -> None:
        """Count contacts that were looked at."""
        self._looked.inc(len(traces))
        self._hold_back(traces)

    def called(self, call: Called) -> None:
        """Count a call, and what came of its actions."""
        outcomes = [outcome_of(one) for one in call.outcomes]
        for outcome, count in Tally(outcomes).items():
            self._outcomes.labels(call.connection, outcome).inc(count)
        self._calls.labels(call.connection, outcome_of_call(outcomes)).observe(call.seconds)

    def ended(self, connection: str, *, is_failed: bool) -> None:
        """Count an action that has ended."""
        self._ended.labels(connection, "dead" if is_failed else DONE).inc()

    def held_back(self, connection: str, actions: int) -> None:
        """Count actions that did not leave."""
        self._not_left.labels(connection).inc(actions)

    def asked_to_wait(self, connection: str, seconds: float) -> None:
        """Count a wait."""
        self._waits.labels(connection).inc()
        self._waited.labels(connection).inc(seconds)

    def _hold_back(self, traces: Sequence[Sequence[TraceEntry]]) -> None:
        for reason, count in _held_back(traces).items():
            self._held_back.labels(reason).inc(count)

    def committed(self, deliveries: int, seconds: float) -> None:
        """Count a commit of what was received."""
        self._group_size.observe(deliveries)
        self._commit_seconds.observe(seconds)


def _held_back(traces: Sequence[Sequence[TraceEntry]]) -> Mapping[str, int]:
    """How many rules were held back, by reason."""
    return Tally(one.answer.value for trace in traces for one in trace if one.answer in HELD_BACK)


def outcome_of(outcome: Outcome) -> str:
    """One word for what came of an action at its platform."""
    match outcome:
        case Done():
            return DONE
        case Rejected():
            return "rejected"
        case Unauthorized():
            return "unauthorized"
        case Unknown():
            return "unknown"
        case _:
            return "again"


def outcome_of_call(outcomes: Sequence[str]) -> str:
    """One word for a whole call: the first that is not done."""
    return next((one for one in outcomes if one != DONE), DONE)
