"""Contacts that have become one with others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("younger_id", sa.Text(), nullable=False),
        sa.Column("older_id", sa.Text(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("identities", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("younger_id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_older", "merges", ["older_id"], unique=False)
    op.create_index("ix_merges_root", "merges", ["root_id", "younger_id"], unique=False)
