"""Who serves which account, and which older programs may work beside this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

is_additive = False
"""A program from before does not know that others serve accounts, too."""


def upgrade() -> None:
    """Three small tables."""
    op.create_table(
        "accounts",
        sa.Column("credentials", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("credentials", name=op.f("pk_accounts")),
    )
    op.create_table(
        "posts",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection", name=op.f("pk_posts")),
    )
    op.create_table(
        "works_beside",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("oldest", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_works_beside_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_beside")),
    )
