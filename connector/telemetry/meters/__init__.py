"""What this process counts: deliveries settled, calls, ends of actions, and how long things take.

docs/observability.md has the table of all metrics.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from connector.runtime.observing import Several
from connector.telemetry.meters.calls import Calls
from connector.telemetry.meters.deliveries import Deliveries
from connector.telemetry.meters.ends import Ends
from connector.telemetry.meters.receipts import Receipts
from connector.telemetry.meters.rules import Rules

__all__ = ["Meters"]


class Meters(Several):
    """Counts on a registry what it hears; safe from all threads. `receipts` hears of commits."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.receipts = Receipts(registry)
        self.heard = (Deliveries(registry), Rules(registry), Calls(registry), Ends(registry))
        super().__init__(*self.heard)
