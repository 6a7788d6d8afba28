"""Published versions of the mapping."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mapping_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_mapping_versions")),
    )
    op.create_table(
        "publications",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_from", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"], ["mapping_versions.version"], name=op.f("fk_publications_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sqlite_autoincrement=True,
    )
