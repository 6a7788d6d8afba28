"""Under which texts of their triggers runs wait, so that nobody reads all contacts to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, and_, delete, func, or_, select

from connector.model.contact import Contact
from connector.store.dialect import chunks, insert_new
from connector.store.rows import pick
from connector.store.schema import waiting as table

_Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text of a trigger under which `contacts` have runs that wait, and a version that holds this text."""

    trigger: str
    text: str
    version: str
    contacts: int


def note(tx: Connection, contacts: Sequence[Contact], version: str) -> None:
    """Write down under which texts these contacts wait now.

    A text that was not noted for a contact before is the one of `version`; what was noted keeps its version.
    """
    if not contacts:
        return
    wanted = {key for one in contacts for key in _waits(one)}
    known = _known(tx, [one.id for one in contacts])
    for some in chunks(sorted(known - wanted)):
        tx.execute(delete(table).where(or_(*(_is(key) for key in some))))
    names = ("contact_id", "trigger", "text")
    rows = [{**dict(zip(names, key, strict=True)), "version": version} for key in sorted(wanted - known)]
    insert_new(tx, table, rows, tell="contact_id")


def texts(tx: Connection) -> list[WaitingText]:
    """Every text under which somebody waits, by trigger."""
    by = (table.c.trigger, table.c.text)
    counted = select(*by, func.min(table.c.version).label("version"), func.count().label("contacts"))
    rows = tx.execute(counted.group_by(*by).order_by(*by))
    return [WaitingText(row.trigger, row.text, row.version, row.contacts) for row in rows]


def _waits(contact: Contact) -> set[_Key]:
    return {
        (contact.id, trigger, run.text)
        for trigger, runs in contact.runs.items()
        for run in runs.values()
        if run.is_waiting
    }


def _known(tx: Connection, ids: Sequence[str]) -> set[_Key]:
    names = ("contact_id", "trigger", "text")
    return {
        (of, trigger, text)
        for of, trigger, text in pick(tx, table, [(one,) for one in ids], names[:1], names)
    }


def _is(key: _Key) -> Any:
    columns = (table.c.contact_id, table.c.trigger, table.c.text)
    return and_(*(column == value for column, value in zip(columns, key, strict=True)))
