"""How many runs of a rule were shown to a person who then published it: its fuse stands above that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from connector.store.schema import expectations as table
from connector.store.schema import publications


@dataclass(frozen=True, slots=True)
class Expectation:
    """So many runs were shown, and confirmed by publishing `at`."""

    runs: int
    at: datetime


def store(tx: Connection, publication_id: int, expected: Mapping[str, int]) -> None:
    """Write down what was shown of a publication, by rule; what was shown of it before is forgotten."""
    rows = [
        {"publication_id": publication_id, "rule": rule, "runs": runs}
        for rule, runs in sorted(expected.items())
    ]
    if rows:
        tx.execute(delete(table).where(table.c.publication_id == publication_id))
        tx.execute(insert(table), rows)


def of_rule(tx: Connection, rule: str) -> Expectation | None:
    """What was shown of a rule when it was last published anew; None where nobody was shown anything."""
    shown = select(table.c.runs, publications.c.at).join(
        publications, publications.c.id == table.c.publication_id
    )
    newest = shown.where(table.c.rule == rule).order_by(table.c.publication_id.desc()).limit(1)
    row = tx.execute(newest).first()
    return Expectation(row.runs, row.at) if row else None
