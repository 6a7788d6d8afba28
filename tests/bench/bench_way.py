"""How fast deliveries become decisions and queued actions, beside what the database alone could do.

Prints events a second of the processor (claim, translate, identify, decide, write) on one core with SQLite,
and the ratio to bare inserts of rows of the same size into SQLite with the same durability, in the same run.
Both by processor time. Each delivery tells of two events, and three actions follow.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from connector.model.delivery import Delivery
from connector.sandbox import start
from tests.bench.heading import heading
from tests.faults.rig.posts import order
from tests.runtime.busy import busy_mapping
from tests.runtime.shop import Shop

COUNT = 3_000


def main() -> None:
    """Measure and print."""
    heading("deliveries on their way to actions")
    with tempfile.TemporaryDirectory() as folder, start() as sandbox:
        bare = _bare(Path(folder) / "bare.db")
        with Shop(f"sqlite:///{folder}/loods.db", sandbox, busy_mapping(Path(folder) / "mapping")) as shop:
            shop.system.store.receive([_delivery(shop, number) for number in range(COUNT)])
            started = time.process_time()
            while shop.system.processor.step():
                pass
            rate = COUNT / (time.process_time() - started)
    sys.stdout.write(f"deliveries processed: {rate:,.0f}/s, {2 * rate:,.0f} events/s\n")
    sys.stdout.write(f"bare rows, 100 a commit, synchronous=FULL: {bare:,.0f}/s; ratio {rate / bare:.3f}\n")


def _delivery(shop: Shop, number: int) -> Delivery:
    return Delivery(
        connection="webshop",
        topic="order.updated",
        headers={"x-wc-webhook-topic": "order.updated"},
        query={},
        body=json.dumps(_order(number)).encode(),
        received_at=shop.clock(),
        fingerprint=f"bench-{number}",
    )


def _order(number: int) -> dict[str, Any]:
    """Everybody orders once."""
    return {**order(number), "billing": {"first_name": "Eva", "email": f"eva{number}@example.com"}}


def _bare(path: Path) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)")
    body = json.dumps(_order(1)).encode()
    started = time.process_time()
    for _ in range(COUNT // 100):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO row (body) VALUES (?)", [(body,)] * 100)
        connection.execute("COMMIT")
    rate = COUNT / (time.process_time() - started)
    connection.close()
    return rate


if __name__ == "__main__":
    main()
