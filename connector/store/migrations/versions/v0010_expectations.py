"""How many runs of a trigger were shown to whoever published it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "expectations",
        sa.Column("publication_id", COUNTED, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_expectations_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", "rule", name=op.f("pk_expectations")),
    )
    op.create_index("ix_expectations_rule", "expectations", ["rule", "publication_id"], unique=False)
