"""Rules that would have acted and did not, and what they were asked about."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter

from connector.model.decision import HELD_BACK, TraceEntry
from connector.runtime.observing import Batch, Observer

_Traces: TypeAlias = Sequence[Sequence[TraceEntry]]


class Rules(Observer):
    """Counts what rules made of deliveries, and of time that went by."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._held_back = Counter(
            "loods_held_back",
            "Rules that would have acted, upon an event or because time went by, and were held back.",
            ("reason",),
            registry=registry,
        )
        self._looked = Counter(
            "loods_looks", "Contacts that were looked at because time went by.", registry=registry
        )

    def settled(self, batch: Batch) -> None:
        """Count what was held back."""
        if batch.settled:
            self._hold_back(batch.traces)

    def looked(self, traces: _Traces) -> None:
        """Count contacts that were looked at."""
        self._looked.inc(len(traces))
        self._hold_back(traces)

    def _hold_back(self, traces: _Traces) -> None:
        for reason, count in _held_back(traces).items():
            self._held_back.labels(reason).inc(count)


def _held_back(traces: _Traces) -> Mapping[str, int]:
    """How many rules were held back, by reason."""
    return Tally(one.answer.value for trace in traces for one in trace if one.answer in HELD_BACK)
