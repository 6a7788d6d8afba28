"""What a million deliveries that wait cost: taking, settling and asking what is due, the rate, and memory.

    python -m tests.bench.bench_million [--waiting 1000000] [--sample 20000] [--only sqlite] [--whole]

20,000 are worked off by the shipped mapping where nothing else waits, and as many in front of the rest of the
million, some of each in turn; the second rate is extrapolated to all of it. The rest is copied by SQL, and is
never read; with `--whole` every one is an order of its own and all are worked off. It takes some 7 GB of disk
for a while. Ratios in one run count, not the figures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

from connector.model.delivery import Delivery, DeliveryStatus
from connector.sandbox import Sandbox, start
from connector.store import contacts, inbox, outbox
from connector.store.database import Store, Transaction
from tests.bench.heading import heading
from tests.bench.orders import Orders
from tests.bench.plenty import KINDS, Copies, databases, resident
from tests.runtime.busy import fearless
from tests.runtime.shop import Shop

NOW: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
SHIPPED: Final = Path(__file__).parents[2] / "mappings"
ORDERS: Final = Orders(7, NOW - timedelta(minutes=5))
ROUNDS: Final = 50
BATCH: Final = 100
A_TURN: Final = 400
"""Deliveries of one database before it is the other's turn: so both meet the same noise."""


@dataclass(slots=True)
class Drained:
    """So many settled in so many seconds of the wall's clock and of this process's processor; most memory."""

    count: int = 0
    wall: float = 0.0
    processor: float = 0.0
    most: float = 0.0

    def goes_on(self, shop: Shop) -> None:
        """Some batches more."""
        wall, own, until = time.perf_counter(), time.process_time(), self.count + A_TURN
        while self.count < until and (done := shop.system.processor.step()):
            self.count += done
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - own
        self.most = max(self.most, resident())

    @property
    def by_wall(self) -> float:
        """Deliveries a second of the wall's clock."""
        return self.count / self.wall

    @property
    def by_processor(self) -> float:
        """Deliveries a second of this process's processor."""
        return self.count / self.processor

    @property
    def rates(self) -> str:
        """Both."""
        return f"{self.by_wall:,.0f} /s by wall, {self.by_processor:,.0f} by processor"


class Backed(Exception):
    """A measured write is undone, so that the next one finds the same."""


def main() -> None:
    """Measure and print."""
    asked = _asked()
    heading("a million deliveries that wait")
    for kind in (asked.only,) if asked.only else KINDS:
        with tempfile.TemporaryDirectory(prefix="pg") as folder, ExitStack() as open_things:
            sandbox = open_things.enter_context(start())
            make = open_things.enter_context(databases(kind, Path(folder)))
            mapping = fearless(SHIPPED, Path(folder) / "mapping")
            _compare(kind, asked, partial(_open, make, sandbox, mapping))


def _open(make: Callable[[str], str], sandbox: Sandbox, mapping: Path, name: str) -> Shop:
    return Shop(make(name), sandbox, mapping)


def _compare(kind: str, asked: Any, open_shop: Callable[[str], Shop]) -> None:
    _print(kind, f"memory before anything waits {resident():.0f} MiB")
    own = asked.waiting if asked.whole else asked.sample
    rest = asked.waiting - own
    with open_shop("few") as beside_few, open_shop("many") as beside_many:
        _fill(beside_few, 0, 1_000)
        _fill(beside_many, 0, own)
        if rest:
            _copy(beside_many, rest)
        few, many = _costs(beside_few.system.store), _costs(beside_many.system.store)
        _fill(beside_few, 1_000, asked.sample)
        alone, among = Drained(), Drained()
        while alone.count < asked.sample:
            alone.goes_on(beside_few)
            among.goes_on(beside_many)
        ratios = (among.by_wall / alone.by_wall, among.by_processor / alone.by_processor)
        while among.count < own:
            among.goes_on(beside_many)
    for name, seconds in few.items():
        both = f"{many[name] * 1000:.2f} ms beside {asked.waiting:,}, {seconds * 1000:.2f} beside 1,000"
        _print(kind, f"{name}: {both}; ratio {many[name] / seconds:.2f}")
    _print(kind, f"the first {alone.count:,} alone: {alone.rates}")
    _print(kind, f"the first {among.count:,} of {asked.waiting:,}: {among.rates}")
    by_wall, by_processor = ratios
    _print(kind, f"ratio {by_wall:.2f} by wall, {by_processor:.2f} by processor; the limit is 0.95")
    _print(kind, f"most memory, both in one process: {max(alone.most, among.most):.0f} MiB; the limit is 300")
    if rest:
        minutes = asked.waiting / among.count * among.wall / 60
        _print(kind, f"at that rate all of it would take {minutes:.0f} minutes; {rest:,} were left waiting")


def _print(kind: str, words: str) -> None:
    sys.stdout.write(f"{kind}: {words}\n")
    sys.stdout.flush()


def _costs(store: Store) -> dict[str, float]:
    """The median of what each costs, in seconds of the wall's clock."""
    with store.reading() as tx:
        ids = [row.delivery.id for row in inbox.listing(tx, DeliveryStatus.WAITING, BATCH)]
    settled = [inbox.Settled(one, DeliveryStatus.DONE, "v1", NOW) for one in ids]
    numbers = count(10**8, BATCH)

    def receive(tx: Transaction) -> None:
        first = next(numbers)
        inbox.insert(tx, [_delivery(number, ORDERS.body(number)) for number in range(first, first + BATCH)])

    return {
        f"receive {BATCH}": _undone(store, receive),
        f"take {BATCH}": _undone(store, lambda tx: inbox.take(tx, "bench", BATCH, NOW)),
        f"settle {BATCH}": _undone(store, lambda tx: inbox.settle(tx, settled)),
        "earliest contact": _read(store, contacts.earliest),
        "earliest action": _read(store, lambda tx: outbox.earliest(tx, "hubspot")),
        "list 50": _read(store, lambda tx: inbox.listing(tx, DeliveryStatus.WAITING)),
        "count by status (a person asks)": _read(store, inbox.counts),
    }


def _undone(store: Store, work: Callable[[Transaction], object]) -> float:
    taken: list[float] = []

    def timed(tx: Transaction) -> None:
        began = time.perf_counter()
        work(tx)
        taken.append(time.perf_counter() - began)
        raise Backed

    for _ in range(ROUNDS):
        try:
            store.write(timed)
        except Backed:
            continue
    return median(taken)


def _read(store: Store, work: Callable[[Transaction], object]) -> float:
    taken = []
    for _ in range(ROUNDS // 5):
        with store.reading() as tx:
            began = time.perf_counter()
            work(tx)
            taken.append(time.perf_counter() - began)
    return median(taken)


def _fill(shop: Shop, first: int, end: int) -> None:
    """Orders that came one after another, each of a person of its own."""
    shop.clock.at = NOW
    for begin in range(first, end, 500):
        numbers = range(begin, min(end, begin + 500))
        shop.system.store.receive([_delivery(number, ORDERS.body(number)) for number in numbers])


def _copy(shop: Shop, number: int) -> None:
    """What came behind them, all of it like the first."""
    with shop.system.store.reading() as tx:
        first = inbox.listing(tx, DeliveryStatus.WAITING, 1)[0].delivery.id
    Copies(first, number, NOW - timedelta(minutes=1), DeliveryStatus.WAITING).write(shop.system.store)


def _delivery(number: int, body: bytes) -> Delivery:
    return Delivery(
        connection="shopify",
        topic="orders/create",
        headers={
            "x-shopify-topic": "orders/create",
            "x-shopify-event-id": f"event-{number}",
            "x-shopify-triggered-at": NOW.isoformat(),
        },
        query={},
        body=body,
        received_at=NOW - timedelta(hours=1) + timedelta(microseconds=number),
        fingerprint=f"bench-{number}",
    )


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--waiting", type=int, default=1_000_000, help="deliveries that wait")
    parser.add_argument("--sample", type=int, default=20_000, help="how many of them are worked off")
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--whole", action="store_true", help="work off all of them")
    return parser.parse_args()


if __name__ == "__main__":
    main()
