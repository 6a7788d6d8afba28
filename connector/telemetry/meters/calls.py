"""Calls of platforms: how long they take, what comes of them, and how long we are asked to wait."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from connector.runtime.observing import Called, Observer
from connector.telemetry.meters.outcomes import outcome_of, outcome_of_call

_LONG: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)


class Calls(Observer):
    """Counts calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._outcomes = Counter(
            "loods_outcomes",
            "Actions that went to a platform, by what came of it.",
            ("connection", "outcome"),
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

    def called(self, call: Called) -> None:
        """Count a call, and what came of its actions."""
        outcomes = [outcome_of(one) for one in call.outcomes]
        for outcome, count in Tally(outcomes).items():
            self._outcomes.labels(call.connection, outcome).inc(count)
        self._calls.labels(call.connection, outcome_of_call(outcomes)).observe(call.seconds)

    def asked_to_wait(self, connection: str, seconds: float) -> None:
        """Count a wait."""
        self._waits.labels(connection).inc()
        self._waited.labels(connection).inc(seconds)
