"""Commits of what was received: how many deliveries each has, and how long it takes."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram

from connector.telemetry.meters.steps import SHORT, SIZES


class Receipts:
    """Counts commits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._group_size = Histogram(
            "loods_commit_deliveries",
            "Deliveries that were made durable by one commit.",
            registry=registry,
            buckets=SIZES,
        )
        self._commit_seconds = Histogram(
            "loods_commit_seconds",
            "How long such a commit took.",
            registry=registry,
            buckets=SHORT,
        )

    def committed(self, deliveries: int, seconds: float) -> None:
        """Count a commit of what was received."""
        self._group_size.observe(deliveries)
        self._commit_seconds.observe(seconds)
