"""How long a receipt waits for its commit while a backup is made, beside the same without.

python -m tests.bench.bench_backup [MiB of database] [receipts a second]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click

from connector.store.database import Store, open_store
from tests.bench.heading import heading
from tests.store.make import delivery

BODY = b"x" * 4_000
THREADS = 8
say = click.echo


def main(megabytes: int = 400, rate: int = 1_500) -> None:
    """Fill a database, then measure."""
    heading("a backup under load")
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "loods.db"
        store = open_store(f"sqlite:///{database}")
        store.migrate()
        for first in range(0, megabytes * 220, 200):
            store.receive([delivery(f"old{one}", body=BODY) for one in range(first, first + 200)])
        say(f"a database of {database.stat().st_size / 2**20:.0f} MiB, {rate} receipts a second")
        _tell("without a backup", _measured(store, rate, "a", threading.Event(), seconds=5.0))
        over = threading.Event()
        copying = threading.Thread(target=_back_up, args=(database, Path(folder) / "copy.db", over))
        copying.start()
        _tell("during a backup", _measured(store, rate, "b", over, seconds=120.0))
        copying.join()
        store.close()


def _back_up(database: Path, file: Path, over: threading.Event) -> None:
    words = ["--database", f"sqlite:///{database}", "backup", str(file)]
    log, largest, started = database.with_name("loods.db-wal"), 0, time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "connector.cli", *words], stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            largest = max(largest, log.stat().st_size)
            time.sleep(0.05)
    took = time.monotonic() - started
    over.set()
    say(f"{file.stat().st_size / 2**20:.0f} MiB in {took:.1f} s; the log grew to {largest / 2**20:.0f} MiB")


def _measured(store: Store, rate: int, name: str, over: threading.Event, seconds: float) -> list[float]:
    """How long each receipt took, sent at a fixed rate by some threads."""
    took: list[float] = []
    until = time.monotonic() + seconds

    def send(thread: int) -> None:
        due = time.monotonic()
        number = 0
        while time.monotonic() < until and not over.is_set():
            due += THREADS / rate
            time.sleep(max(0.0, due - time.monotonic()))
            started = time.monotonic()
            store.receive([delivery(f"{name}{thread}-{number}", body=BODY)])
            took.append(time.monotonic() - started)
            number += 1

    threads = [threading.Thread(target=send, args=(one,)) for one in range(THREADS)]
    began = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    say(f"{len(took) / (time.monotonic() - began):.0f} receipts a second")
    return sorted(took)


def _tell(what: str, took: list[float]) -> None:
    median, p99, most = (took[min(int(len(took) * share), len(took) - 1)] * 1_000 for share in (0.5, 0.99, 1))
    say(f"{what}: median {median:.1f} ms, p99 {p99:.1f} ms, most {most:.1f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
