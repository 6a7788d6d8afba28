"""Opens the database and runs transactions: one writer thread on SQLite, a pool on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from connector.errors import SettingsError
from connector.store.base import Store, Transaction
from connector.store.sqlite.beside import Place
from connector.store.sqlite.store import SqliteStore

__all__ = ["Place", "Store", "Transaction", "embedded_file", "open_store"]


def open_store(url: str, place: Place = Place.ALONE) -> Store:
    """The store at `url`: `sqlite:///var/loods.db` or `postgresql://…`. Opens nothing before it is used.

    `place` says beside whom SQLite's is written; on PostgreSQL everybody writes. Raises SettingsError where
    the address names neither.
    """
    parsed = _parse(url)
    match parsed.get_backend_name():
        case "sqlite":
            return SqliteStore(parsed, place)
        case "postgresql" | "postgres":
            from connector.store.postgres.store import PostgresStore

            return PostgresStore(parsed)
        case other:
            raise SettingsError(f"DATABASE_URL: sqlite:///… or postgresql://… is understood, not {other}://…")


def embedded_file(url: str) -> Path | None:
    """The file of an embedded database; None where `url` names a server. Raises SettingsError."""
    parsed = _parse(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        raise SettingsError("DATABASE_URL: SQLite needs a file, as in sqlite:///var/loods.db")
    return Path(parsed.database).absolute()


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SettingsError("DATABASE_URL: this is no address of a database") from error
