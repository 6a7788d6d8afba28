"""What it costs to take actions out of the outbox and to write down what came of them, by processor time.

Shopify orders are decided by the shipped mapping; the HubSpot updates that follow leave a hundred a call, to
the sandbox: first of people whom HubSpot does not know, then of the same people. Both transactions count with
their commits, the call between them does not, nor does what a PostgreSQL server does itself.

    python -m tests.bench.bench_dispatch --count 1000 --only sqlite
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeVar

from connector.model.delivery import Delivery
from connector.sandbox import start
from connector.store import outbox
from connector.store.database import Transaction
from connector.store.lease import SureLease, Writing
from tests.bench.bench_backlog import NOW, SHIPPED
from tests.bench.heading import heading
from tests.bench.orders import Orders
from tests.bench.plenty import KINDS, databases
from tests.runtime.busy import fearless
from tests.runtime.shop import Shop

T = TypeVar("T")

CONNECTION: Final = "hubspot"
TOGETHER: Final = 100
"""Actions in one call."""


class Costs(SureLease):
    """Lets a dispatcher write, and keeps what it took: µs of this process's processor, write by write."""

    def __init__(self, writing: Writing) -> None:
        super().__init__(writing)
        self.taken: list[float] = []

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Write."""
        started = time.process_time()
        try:
            return super().write(work)
        finally:
            self.taken.append((time.process_time() - started) * 1e6)


def main() -> None:
    """Measure and print."""
    asked = _asked()
    heading("actions on their way out and back", seed=7)
    with tempfile.TemporaryDirectory(prefix="pg") as folder, start() as sandbox:
        mapping = fearless(SHIPPED, Path(folder) / "mapping")
        for kind in asked.only or KINDS:
            with databases(kind, Path(folder)) as url, Shop(url("dispatch"), sandbox, mapping) as shop:
                _measure(kind, shop, asked.count)


def _measure(kind: str, shop: Shop, count: int) -> None:
    """Of each contact the first action tells the platform's id of them; the others wait until then."""
    shop.clock.at = NOW
    orders = Orders(7, NOW)
    _decide(shop, [orders.body(number) for number in range(count)])
    actions = [one for one in shop.actions() if one.action.connection == CONNECTION]
    firsts = {one.action.contact_id: one.id for one in reversed(actions)}
    seconds = [one.id for one in actions if one.id != firsts[one.action.contact_id]]
    for whose, letting in (("new", outbox.discard), ("known", outbox.replay)):
        shop.system.store.write(partial(_let, letting, seconds, shop.clock()))
        claim, settle, calls = _sent(shop)
        sys.stdout.write(
            f"{kind}, {whose} contacts: {claim:,.0f} µs to claim and {settle:,.0f} µs to settle an action, "
            f"the middle of {calls} calls of {TOGETHER}\n"
        )
        sys.stdout.flush()


def _let(
    letting: Callable[[Transaction, int, datetime], bool],
    actions: Sequence[int],
    now: datetime,
    tx: Transaction,
) -> None:
    for one in actions:
        letting(tx, one, now)


def _sent(shop: Shop) -> tuple[float, float, int]:
    """Let all that is due take effect: what it cost to claim and to settle, and how many calls that is of.

    A step looks for what is in doubt first; it settles in one write or several.
    """
    costs = Costs(shop.system.store.write)
    [dispatcher] = [one for one in shop.system.dispatchers if one.connection == CONNECTION]
    dispatcher.serve_under(costs)
    whole: list[tuple[float, float]] = []
    while sent := dispatcher.step():
        _, claim, *settle = costs.taken
        if sent == TOGETHER:
            whole.append((claim, sum(settle)))
        costs.taken.clear()
    claims, settles = (median(one) / TOGETHER for one in zip(*whole, strict=True))
    return claims, settles, len(whole)


def _decide(shop: Shop, bodies: Sequence[bytes]) -> None:
    shop.system.store.receive([_delivery(shop, body) for body in bodies])
    while shop.system.processor.step():
        pass


def _delivery(shop: Shop, body: bytes) -> Delivery:
    name = sha256(body).hexdigest()
    return Delivery(
        connection="shopify",
        topic="orders/create",
        headers={
            "x-shopify-topic": "orders/create",
            "x-shopify-event-id": name,
            "x-shopify-triggered-at": NOW.isoformat(),
        },
        query={},
        body=body,
        received_at=shop.clock(),
        fingerprint=name,
    )


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="orders")
    parser.add_argument("--only", action="append", choices=KINDS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
