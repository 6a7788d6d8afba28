"""What a publication plans for runs that wait under an older text of their trigger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import Connection, insert, select

from connector.mapping.mapping import Plan
from connector.store.schema import plans as table

Plans: TypeAlias = Mapping[tuple[str, str], Plan]
"""By trigger and text."""


def store(tx: Connection, publication_id: int, plans: Plans) -> None:
    """Write the plans of a publication down, which has none yet."""
    rows = [
        {"publication_id": publication_id, "trigger": trigger, "text": text, "plan": plan}
        for (trigger, text), plan in sorted(plans.items())
    ]
    if rows:
        tx.execute(insert(table), rows)


def of_publication(tx: Connection, publication_id: int) -> dict[tuple[str, str], Plan]:
    """The plans of a publication."""
    rows = tx.execute(select(table).where(table.c.publication_id == publication_id))
    return {(row.trigger, row.text): row.plan for row in rows}
