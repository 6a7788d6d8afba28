"""What happened, and what a live mapping made of it, as the processor writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connector.insight.backtest import backtest
from connector.insight.outcome import Outcome, Window
from connector.mapping.mapping import Mapping
from connector.model.event import Event
from connector.runtime.arrivals import Arrival
from connector.runtime.deciding import apply
from connector.store.database import Store, Transaction
from tests.journey.build import at

BEGIN = at("00:00", day=1)
END = at("00:00", day=30)


@dataclass
class Past:
    """A store to which things happen."""

    store: Store

    def happens(self, live: Mapping, *events: Event, now: datetime | None = None) -> None:
        """Each arrives by itself, when it happens or at `now`, and the live mapping decides."""

        def decide(tx: Transaction) -> None:
            for one in events:
                apply(tx, live, [Arrival(one, f"d-{one.key}")], now or one.occurred_at)

        self.store.write(decide)

    def under(self, draft: Mapping, since: datetime = BEGIN, until: datetime = END) -> list[Outcome]:
        """What becomes of everybody under a draft, by their names."""
        outcomes = backtest(self.store, draft, Window(since, until))
        return sorted(outcomes, key=lambda one: one.contact)
