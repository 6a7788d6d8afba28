"""What every room of tables is made with: the metadata, and words of CHECKs and partial indexes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, MetaData, literal_column, text


def status_is(table: FromClause, *statuses: StrEnum) -> ColumnElement[bool]:
    """That the status is one of these; literals, since bound values hide a partial index from the planner."""
    if len(statuses) == 1:
        return table.c.status == literal_column(repr(statuses[0].value))
    return table.c.status.in_([literal_column(repr(status.value)) for status in statuses])


def one_of(column: str, values: Iterable[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

_TO_TAKE: Final = text("status = 'waiting'")

WAITING: Final[dict[str, Any]] = {"sqlite_where": _TO_TAKE, "postgresql_where": _TO_TAKE}
