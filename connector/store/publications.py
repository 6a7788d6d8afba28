"""Which mapping is live: the texts that were ever published, and the log of publications.

The newest publication is the live one. A version is the name of a text and stays what it is; publishing an
older one again is another line in the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, update

from connector.errors import OutdatedError
from connector.store.dialect import insert_new, one_at_a_time
from connector.store.schema import mapping_versions, publications


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the log. `made_from` is the version that it was made from, None where there was none."""

    id: int
    version: str
    at: datetime
    who: str
    why: str
    made_from: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """When a mapping is published, by whom and why; and from which version it was made."""

    at: datetime
    who: str
    why: str
    made_from: str | None


def publish(tx: Connection, version: str, files: Mapping[str, str], signed: Signed) -> Publication:
    """Make this text the live version; where it is live already, nothing is written.

    Raises OutdatedError where it was made from another version than the live one.
    """
    in_turn(tx)
    before = live(tx)
    if before is not None and before.version == version:
        return before
    if before is not None and before.version != signed.made_from:
        raise OutdatedError(signed.made_from, before.version)
    text = {"version": version, "files": dict(files), "created_at": signed.at}
    insert_new(tx, mapping_versions, [text], tell="version")
    return _written(tx, version, before.version if before else None, signed)


def repeat(tx: Connection, signed: Signed) -> Publication:
    """Write what is live into the log once more: the text stays, something that goes with it changes.

    Raises OutdatedError where another version than the one that was meant is live.
    """
    in_turn(tx)
    before = live(tx)
    if before is None or before.version != signed.made_from:
        raise OutdatedError(signed.made_from, before.version if before else "")
    return _written(tx, before.version, before.version, signed)


def in_turn(tx: Connection) -> None:
    """From here to the end of the transaction nobody else publishes."""
    one_at_a_time(tx, "publish")


def sign(tx: Connection, line: Publication, who: str, why: str) -> Publication | None:
    """Write another name and reason into this line of the log; None where somebody else just did."""
    as_read = (publications.c.id == line.id, publications.c.who == line.who, publications.c.why == line.why)
    changed = update(publications).where(*as_read).values(who=who, why=why)
    row = tx.execute(changed.returning(publications)).first()
    return _publication(row) if row else None


def newest(tx: Connection) -> int:
    """The number of the newest publication, 0 where there is none: what to ask often."""
    found: int = tx.execute(select(func.coalesce(func.max(publications.c.id), 0))).scalar_one()
    return found


def live(tx: Connection) -> Publication | None:
    """The newest publication, None where nothing was published yet."""
    lines = listing(tx, limit=1)
    return lines[0] if lines else None


def listing(tx: Connection, limit: int = 50) -> list[Publication]:
    """The log, newest first."""
    rows = tx.execute(select(publications).order_by(publications.c.id.desc()).limit(limit))
    return [_publication(row) for row in rows]


def files_of(tx: Connection, version: str) -> dict[str, str]:
    """The files of a version that was published, by name."""
    query = select(mapping_versions.c.files).where(mapping_versions.c.version == version)
    found: dict[str, str] = tx.execute(query).scalar_one()
    return found


def was_published(tx: Connection, version: str) -> bool:
    """Whether this version is live, or was."""
    return bool(tx.execute(select(exists().where(mapping_versions.c.version == version))).scalar())


def published_of(tx: Connection, versions: Iterable[str]) -> frozenset[str]:
    """Those of these versions that are live, or were."""
    column = mapping_versions.c.version
    return frozenset(tx.scalars(select(column).where(column.in_(list(versions)))))


def ancestry(tx: Connection, version: str, most: int = 100) -> tuple[str, ...]:
    """The version, and what was live before it was published last, newest first; each once."""
    last = select(func.max(publications.c.id)).where(publications.c.version == version).scalar_subquery()
    before = select(publications.c.version).where(publications.c.id <= last)
    return tuple(dict.fromkeys(tx.scalars(before.order_by(publications.c.id.desc()).limit(most))))


def numbered(tx: Connection, number: int) -> str | None:
    """The version of one line of the log."""
    return tx.scalars(select(publications.c.version).where(publications.c.id == number)).first()


def beginning_with(tx: Connection, start: str) -> list[str]:
    """The versions whose names begin like this: one, where enough of it was said."""
    column = mapping_versions.c.version
    return list(tx.scalars(select(column).where(column.startswith(start, autoescape=True)).order_by(column)))


def _written(tx: Connection, version: str, made_from: str | None, signed: Signed) -> Publication:
    line = {"version": version, "at": signed.at, "who": signed.who, "why": signed.why, "made_from": made_from}
    return _publication(tx.execute(publications.insert().returning(publications), line).one())


def _publication(row: Row[Any]) -> Publication:
    return Publication(row.id, row.version, row.at, row.who, row.why, row.made_from)
