"""Webhooks acknowledged and processed at once, by one process and by several, on both databases.

Orders of Shopify of 4 KB come at a rate that does not wait for the answers, from another process; a local
HubSpot and Mailchimp, which are as slow as the real ones (`platforms`), take the actions in a third. All of
them, and PostgreSQL, share the processors of this machine. The fuses of the shipped mapping, which stop a
trigger that acts far more than usual, are left as they are: what they stop is decided all the same. Before
the load, single orders come to idle processes: how soon the first call to a platform follows.

    python -m tests.bench.bench_both --seconds 600 --rate 1500 --only sqlite
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import select

from connector.store import inbox
from connector.store.database import open_store
from connector.store.schema import attempts, deliveries
from tests.bench.bench_receive import postgres
from tests.bench.heading import heading
from tests.bench.load import Result, run_beside
from tests.bench.receiver import SECRET, memory_of, processor_seconds
from tests.platforms.mailchimp.wish import AUDIENCE

PORT: Final = 8896
SANDBOX: Final = 8895
PANELS: Final = 8885
"""From this port on each process that does not receive shows that it is there."""

LOODS: Final = "connector.cli"
PLATFORMS: Final = "tests.bench.platforms"

SEED: Final = 2
MAPPINGS: Final = Path(__file__).parents[2] / "mappings"
ONE: Final[tuple[str, ...]] = ("run",)
APART: Final[tuple[str, ...]] = ("web", "work")
THREE: Final[tuple[str, ...]] = ("web", "work", "work")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--seconds", type=float, default=20.0, help="of load on each")
    asked.add_argument("--rate", type=float, default=1500.0, help="orders a second")
    asked.add_argument("--only", choices=["sqlite", "postgres"], help="this database alone")
    given = asked.parse_args()
    heading(f"acknowledged and processed at once, {given.rate:,.0f} orders/s offered", SEED)
    load = ("--seconds", str(given.seconds), "--rate", str(given.rate), "--connections", "64")
    if given.only != "postgres":
        for roles in (ONE, APART):
            with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
                shown("SQLite", f"sqlite:///{folder}/loods.db", roles, load)
    if given.only != "sqlite":
        for roles in (ONE, APART, THREE):
            with postgres() as url:
                shown("PostgreSQL", url, roles, load)


def shown(what: str, database: str, roles: Sequence[str], load: Sequence[str]) -> None:
    """Load a whole Loods of these processes over this database, and print what came of it."""
    with ExitStack() as begun:
        settings = _settings(database, begun.enter_context(_mappings()))
        begun.enter_context(beside((PLATFORMS, "--port", str(SANDBOX)), SANDBOX, settings))
        processes = [begun.enter_context(one) for one in _processes(roles, settings)]
        soon = idle(database)
        resting = [memory_of(one.pid) for one in processes]
        before = [processor_seconds(one.pid) for one in processes]
        generating = _of_children()
        result = run_beside(PORT, SECRET, *load, "--seed", str(SEED))
        generating = _of_children() - generating
        waiting = left(database)
        spent = [processor_seconds(one.pid) - was for one, was in zip(processes, before, strict=True)]
        memory = [memory_of(one.pid) for one in processes]
    _say(f"{what}, {' + '.join(roles)}: {_told(result, waiting)}")
    _say(f"  alone, an order's first call to a platform comes after {soon * 1000:.0f} ms (median)")
    each = max(1, result.acknowledged)
    for role, seconds, was, mebibytes in zip(roles, spent, resting, memory, strict=True):
        used = f"{seconds:.1f} s processor, {seconds / each * 1e6:.0f} µs each"
        _say(f"  {role}: {used}; {was} MiB idle, {mebibytes} MiB behind the load")
    _say(f"  the load itself: {generating:.1f} s processor")
    if set(result.statuses) - {"200"}:
        _say(f"  answers by status: {result.statuses}; turned away in {result.shed_p99:.1f} ms (p99)")


def _told(result: Result, waiting: int) -> str:
    processed = (result.acknowledged - waiting) / result.seconds
    times = f"p50 {result.p50:.1f}, p99 {result.p99:.1f}, longest {result.longest:.1f} ms"
    return (
        f"{result.rate:,.0f}/s acknowledged ({times}), {processed:,.0f}/s processed meanwhile; "
        f"{waiting:,} wait"
    )


def idle(database: str) -> float:
    """Seconds from an order that comes alone to the first call that follows; the median of some."""
    run_beside(PORT, SECRET, "--seconds", "10", "--rate", "1.2", "--connections", "1", "--first", "900000000")
    time.sleep(1.0)
    store = open_store(database)
    with store.reading() as tx:
        came = list(tx.scalars(select(deliveries.c.received_at).order_by(deliveries.c.received_at)))
        began = list(tx.scalars(select(attempts.c.started_at).order_by(attempts.c.started_at)))
    store.close()
    first = [next((call for call in began if call >= moment), None) for moment in came]
    took = [(call - moment).total_seconds() for call, moment in zip(first, came, strict=True) if call]
    return float(median(took))


def left(database: str) -> int:
    """How many deliveries wait."""
    store = open_store(database)
    try:
        with store.reading() as tx:
            return inbox.counts(tx)["waiting"]
    finally:
        store.close()


def _processes(
    roles: Sequence[str], settings: Mapping[str, str]
) -> Iterator[AbstractContextManager[subprocess.Popen[bytes]]]:
    """One after the other, each to be entered; where there are several, the tables are made before."""
    if len(roles) > 1:
        for words in (("migrate",), ("publish", "--if-new")):
            command = [sys.executable, "-m", LOODS, *words]
            subprocess.run(command, env=dict(settings), check=True, capture_output=True)
    for number, role in enumerate(roles):
        if role == "work":
            panel = {"METRICS_PORT": str(PANELS + number)}
            yield beside((LOODS, "work"), PANELS + number, {**settings, **panel})
        else:
            watching = ("--no-watch",) if role == "run" else ()
            yield beside((LOODS, role, *watching, "--port", str(PORT)), PORT, settings)


@contextmanager
def beside(
    command: Sequence[str], port: int, settings: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A module as another process, with its words, from the moment at which it listens at its port."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=dict(settings), stdout=said, stderr=said
        )
        try:
            _until_it_listens(process, port)
            yield process
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def _mappings() -> Iterator[Path]:
    """A copy of the shipped files: what is published is noted in the folder."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(MAPPINGS, Path(folder) / "mappings"))


def _settings(database: str, mappings: Path) -> dict[str, str]:
    ours = {
        "DATABASE_URL": database,
        "LOODS_MAPPINGS": str(mappings),
        "SHOPIFY_SECRET": SECRET,
        "HUBSPOT_TOKEN": "pat-bench",
        "HUBSPOT_URL": f"http://127.0.0.1:{SANDBOX}",
        "MAILCHIMP_API_KEY": "bench-us21",
        "MAILCHIMP_AUDIENCE": AUDIENCE,
        "MAILCHIMP_URL": f"http://127.0.0.1:{SANDBOX}",
    }
    return dict(os.environ) | ours  # noqa: TID251 the surroundings of another process


def _until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen")


def _of_children() -> float:
    """Processor seconds of the processes that were begun here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
