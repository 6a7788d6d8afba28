"""Passes over contacts whose history is folded again, and what came of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "kind IN ('moment', 'rules', 'recompute')"


def upgrade() -> None:
    """SQLite changes no constraint: there the table is made anew, with its rows."""
    if op.get_bind().dialect.name == "sqlite":
        _make_anew()
        return
    for column in _new_columns():
        op.add_column("sweeps", column)
    op.drop_constraint(op.f("ck_sweeps_kind"), "sweeps", type_="check")
    op.create_check_constraint(op.f("ck_sweeps_kind"), "sweeps", KINDS)


def _make_anew() -> None:
    op.drop_index("ix_sweeps_kind", "sweeps")
    op.rename_table("sweeps", "sweeps_before")
    op.create_table(
        "sweeps",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        *_new_columns(),
        sa.CheckConstraint(KINDS, name=op.f("ck_sweeps_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sqlite_autoincrement=True,
    )
    columns = "id, kind, name, asked_at, at, who, expected, after, seen, done_at"
    op.execute(f"INSERT INTO sweeps ({columns}) SELECT {columns} FROM sweeps_before")
    op.drop_table("sweeps_before")
    op.create_index("ix_sweeps_kind", "sweeps", ["kind", "id"], unique=False)


def _new_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("only", sa.Text(), server_default="{}", nullable=False),
        sa.Column("changed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("broken", sa.Integer(), server_default="0", nullable=False),
    ]
