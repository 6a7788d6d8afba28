"""What of our own changes may come back, how often rules failed inside, and when a rule was let go on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pardons",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_pardons")),
    )
    op.create_table(
        "failings",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "hour", name=op.f("pk_failings")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_failings_hour", "failings", ["hour"], unique=False)
    op.create_table(
        "echoes",
        sa.Column(
            "action_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("action_id", "name", "digest", name=op.f("pk_echoes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_echoes_at", "echoes", ["at"], unique=False)
    op.create_index("ix_echoes_contact", "echoes", ["contact_id"], unique=False)
