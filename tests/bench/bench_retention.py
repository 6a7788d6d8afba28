"""How long senders wait for their acknowledgement while 100,000 deliveries of 4 KB are let go of.

    python -m tests.bench.bench_retention [--count 100000] [--only sqlite]

Four senders, one after another each, some 200 deliveries a second together: first beside nothing, then beside
one pass of the retention as a process makes it; on PostgreSQL once row by row, and once as a month that is
over. The limit is 500 ms at the 99th percentile.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from connector.model.delivery import Delivery, DeliveryStatus
from connector.model.keep import Keep
from connector.runtime.retention import Retention
from connector.store import inbox
from connector.store.database import Store, open_store
from tests.bench.heading import heading
from tests.bench.plenty import KINDS, Copies, at, databases, resident

NOW: Final = datetime(2026, 11, 20, 10, tzinfo=UTC)
OLD: Final = NOW - timedelta(days=31)
MONTH_IS_OVER: Final = datetime(2026, 12, 1, 1, tzinfo=UTC)
BODY: Final = os.urandom(3072).hex().encode()[:4096]
SENDERS: Final = 4
PAUSE: Final = 0.015
QUIET: Final = 10.0
"""Seconds of the run beside nothing."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="deliveries that are too old")
    parser.add_argument("--only", choices=KINDS)
    asked = parser.parse_args()
    heading("acknowledgements while old deliveries go")
    for kind in (asked.only,) if asked.only else KINDS:
        with tempfile.TemporaryDirectory(prefix="pg") as folder, databases(kind, Path(folder)) as make:
            _measure(kind, make("retention"), asked.count)


def _measure(kind: str, url: str, count: int) -> None:
    store = open_store(url)
    store.migrate()
    Retention(store, lambda: OLD, Keep()).make_months()
    quiet, _ = _beside(store, "quiet", lambda: time.sleep(QUIET))
    _tell(f"{kind}, beside nothing", quiet)
    _let_go(kind, store, count, NOW)
    if not store.is_embedded:
        _let_go(f"{kind}, as a month", store, count, MONTH_IS_OVER)
    store.close()


def _let_go(kind: str, store: Store, count: int, now: datetime) -> None:
    """Fill up with what is old by then, and let it go beside senders."""
    (first,) = store.receive([_delivery(f"first of {now}", OLD)])
    ended = inbox.Settled(first.id, DeliveryStatus.DONE, "v1", OLD)
    store.write(lambda tx: inbox.settle(tx, [ended]))
    Copies(first.id, count, OLD, DeliveryStatus.DONE).write(store)
    before = resident()
    times, seconds = _beside(store, f"beside {now}", Retention(store, lambda: now, Keep()).run)
    with store.reading() as tx:
        left = inbox.counts(tx)["done"]
    _tell(f"{kind}, beside retention", times)
    sys.stdout.write(
        f"{kind}: {count + 1 - left:,} let go of in {seconds:.1f} s, {left} left; memory "
        f"{resident() - before:+.1f} MiB; p99 {at(times, 0.99) / 0.5:.2f} of the limit of 500 ms\n"
    )
    sys.stdout.flush()


def _tell(name: str, times: list[float]) -> None:
    sys.stdout.write(
        f"{name}: {len(times):,} acknowledged, p50 {at(times, 0.5) * 1000:.1f} ms, "
        f"p99 {at(times, 0.99) * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms\n"
    )


def _beside(store: Store, name: str, work: Callable[[], None]) -> tuple[list[float], float]:
    """How long each acknowledgement took beside this work, and how long the work."""
    over = threading.Event()

    def send(sender: int) -> list[float]:
        times: list[float] = []
        while not over.is_set():
            one = _delivery(f"{name}-{sender}-{len(times)}", NOW)
            began = time.perf_counter()
            store.receive([one])
            times.append(time.perf_counter() - began)
            time.sleep(PAUSE)
        return times

    with ThreadPoolExecutor(SENDERS) as senders:
        sending = [senders.submit(send, sender) for sender in range(SENDERS)]
        began = time.perf_counter()
        try:
            work()
        finally:
            seconds = time.perf_counter() - began
            over.set()
        return [one for times in sending for one in times.result()], seconds


def _delivery(fingerprint: str, received_at: datetime) -> Delivery:
    return Delivery("shopify", "orders/create", {}, {}, BODY, received_at, fingerprint)


if __name__ == "__main__":
    main()
