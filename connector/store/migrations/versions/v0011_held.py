"""Of whom runs wait because something is stopped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "rule", name=op.f("pk_held")),
    )
    op.create_index("ix_held_rule", "held", ["rule", "contact_id"], unique=False)
