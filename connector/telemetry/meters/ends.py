"""Actions that have come to their end, and those that did not leave."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from connector.runtime.observing import Observer
from connector.telemetry.meters.outcomes import DONE


class Ends(Observer):
    """Counts ends."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._ended = Counter(
            "loods_actions_ended",
            "Actions that are done, or dead.",
            ("connection", "end"),
            registry=registry,
        )
        self._not_left = Counter(
            "loods_not_left",
            "Actions that were due and did not leave: held back, or nothing to close.",
            ("connection",),
            registry=registry,
        )

    def ended(self, connection: str, *, is_failed: bool) -> None:
        """Count an action that has ended."""
        self._ended.labels(connection, "dead" if is_failed else DONE).inc()

    def held_back(self, connection: str, actions: int) -> None:
        """Count actions that did not leave."""
        self._not_left.labels(connection).inc(actions)
