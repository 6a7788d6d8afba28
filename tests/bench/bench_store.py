"""How many receipts a second SQLite takes from 32 threads, beside what the same disk and SQLite could do.

The limit is a bare table of 4 KB rows, one thread, `synchronous=FULL`, with 1, 10 and 100 rows a commit. A
delivery is more than a row: its id, its fingerprint and what waits stand in four indexes, and each of the 32
threads asks for one delivery at a time and waits for its commit. Ratios in one run count, not the figures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, event

from connector.store.database import open_store
from connector.store.sqlite import driver
from tests.bench.heading import heading
from tests.store.make import delivery

THREADS = 32
EACH = 100
ROUNDS = 3
BODY = os.urandom(4096)


def main() -> None:
    """Measure and print."""
    heading("receipts of a second on SQLite")
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        limits = {rows: middle(partial(bare, Path(folder), rows)) for rows in (1, 10, 100)}
        commits: list[object] = []
        event.listen(Engine, "commit", commits.append)
        rate = middle(partial(received, Path(folder)))
    together = THREADS * EACH * ROUNDS / len(commits)
    sys.stdout.write(f"receipts, {THREADS} threads: {rate:,.0f}/s, {together:.0f} a commit\n")
    for rows, limit in limits.items():
        sys.stdout.write(f"bare rows, {rows} a commit: {limit:,.0f}/s; ratio {rate / limit:.2f}\n")


def middle(measure: Callable[[int], float]) -> float:
    """The median of some rounds."""
    return median(measure(turn) for turn in range(ROUNDS))


def bare(folder: Path, rows: int, turn: int) -> float:
    """Rows a second into a table without any index."""
    connection = driver.module().connect(folder / f"bare-{rows}-{turn}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)")
    commits = min(2_000, 20_000 // rows)
    started = time.perf_counter()
    for _ in range(commits):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare (body) VALUES (?)", [(BODY,)] * rows)
        connection.execute("COMMIT")
    rate = commits * rows / (time.perf_counter() - started)
    connection.close()
    return rate


def received(folder: Path, turn: int) -> float:
    """Deliveries a second, each sender waiting for the answer to its last."""
    store = open_store(f"sqlite:///{folder}/store-{turn}.db")
    store.migrate()

    def send(sender: int) -> None:
        for number in range(EACH):
            store.receive([delivery(f"{sender}-{number}", body=BODY)])

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as senders:
        list(senders.map(send, range(THREADS)))
    rate = THREADS * EACH / (time.perf_counter() - started)
    store.close()
    return rate


if __name__ == "__main__":
    main()
