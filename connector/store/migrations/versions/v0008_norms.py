"""What is usual among all contacts, and the census that finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "norms",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_norms_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norms")),
    )
    op.create_table(
        "census",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_census_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_census")),
    )
