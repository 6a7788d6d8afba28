"""Webhooks acknowledged and processed at once: `loods run` with the shipped mapping, on both databases.

Orders of Shopify of 4 KB come at a rate that does not wait for the answers, from another process; the local
HubSpot and Mailchimp of the sandbox take the actions, in a third. The fuses of the shipped mapping, which
stop a trigger that acts far more than usual, are left as they are: what they stop is decided all the same.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from connector.store import inbox
from connector.store.database import open_store
from tests.bench.bench_receive import postgres
from tests.bench.heading import heading
from tests.bench.load import run_beside
from tests.bench.receiver import SECRET, memory_of, processor_seconds

PORT: Final = 8896
SANDBOX: Final = 8895
SEED: Final = 2
MAPPINGS: Final = Path(__file__).parents[2] / "mappings"


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--rate", type=float, default=1500.0, help="orders a second")
    given = asked.parse_args()
    heading(f"acknowledged and processed at once, {given.rate:,.0f} orders/s offered", SEED)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder, beside("sandbox", "--port", str(SANDBOX)):
        shown("SQLite", f"sqlite:///{folder}/loods.db", given.seconds, given.rate)
    with postgres() as url, beside("sandbox", "--port", str(SANDBOX)):
        shown("PostgreSQL", url, given.seconds, given.rate)


def shown(what: str, database: str, seconds: float, rate: float) -> None:
    """Load a whole Loods over this database, and print what came of it."""
    with beside("run", "--no-watch", "--port", str(PORT), DATABASE_URL=database) as process:
        options = ["--seconds", str(seconds), "--rate", str(rate), "--connections", "64", "--seed", str(SEED)]
        result = run_beside(PORT, SECRET, *options)
        waiting = left(database)
        spent = processor_seconds(process.pid) / max(1, result.acknowledged)
        memory = memory_of(process.pid)
    processed = (result.acknowledged - waiting) / result.seconds
    times = f"p50 {result.p50:.1f}, p99 {result.p99:.1f}, longest {result.longest:.1f} ms"
    sys.stdout.write(
        f"{what}: {result.rate:,.0f}/s acknowledged ({times}), {processed:,.0f}/s processed meanwhile;\n"
    )
    sys.stdout.write(
        f"  {waiting:,} wait; {spent * 1e6:.0f} µs processor each, starting included; {memory} MiB\n"
    )
    if set(result.statuses) - {"200"}:
        sys.stdout.write(
            f"  answers by status: {result.statuses}; turned away in {result.shed_p99:.1f} ms (p99)\n"
        )
    sys.stdout.flush()


def left(database: str) -> int:
    """How many deliveries wait."""
    store = open_store(database)
    try:
        with store.reading() as tx:
            return inbox.counts(tx)["waiting"]
    finally:
        store.close()


@contextmanager
def beside(*command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of Loods in another process, from the moment at which it listens."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "connector.cli", *command],
            env=_environment(settings),
            stdout=said,
            stderr=said,
        )
        try:
            _until_it_listens(process, PORT if command[0] == "run" else SANDBOX)
            yield process
        finally:
            process.terminate()
            process.wait(60)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    ours = {
        "LOODS_MAPPINGS": str(MAPPINGS),
        "SHOPIFY_SECRET": SECRET,
        "HUBSPOT_TOKEN": "pat-bench",
        "HUBSPOT_URL": f"http://127.0.0.1:{SANDBOX}",
        "MAILCHIMP_API_KEY": "bench-us21",
        "MAILCHIMP_AUDIENCE": "bench",
        "MAILCHIMP_URL": f"http://127.0.0.1:{SANDBOX}",
    }
    return dict(os.environ) | ours | dict(settings)  # noqa: TID251 the surroundings of another process


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen")


if __name__ == "__main__":
    main()
