"""Deliveries that were settled, and how long that takes."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from connector.runtime.observing import Batch, Observer
from connector.telemetry.meters.steps import SHORT, SIZES

_TINY: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)


class Deliveries(Observer):
    """Counts batches."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._processed = Counter(
            "loods_processed", "Deliveries that were settled.", ("connection", "status"), registry=registry
        )
        self._decided = Counter(
            "loods_actions_decided", "Actions that deliveries have led to.", registry=registry
        )
        self._batch_size = Histogram(
            "loods_batch_deliveries", "Deliveries of one batch.", registry=registry, buckets=SIZES
        )
        self._batch_seconds = Histogram(
            "loods_batch_seconds",
            "How long a batch took, until it was committed.",
            registry=registry,
            buckets=SHORT,
        )
        self._deciding = Histogram(
            "loods_decision_seconds",
            "How long deciding took for a delivery, the mean of its batch, with what was read for it.",
            registry=registry,
            buckets=_TINY,
        )

    def settled(self, batch: Batch) -> None:
        """Count a batch of deliveries."""
        if not batch.settled:
            return
        ends = Tally((delivery.connection, status.value) for delivery, status in batch.settled)
        for labels, count in ends.items():
            self._processed.labels(*labels).inc(count)
        self._decided.inc(batch.actions)
        self._batch_size.observe(len(batch.settled))
        self._batch_seconds.observe(batch.seconds)
        self._deciding.observe(batch.deciding / len(batch.settled))
