"""At whom a worker is looking, and at how many deaths of a worker it was looking at a contact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "looking",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("contact_ids", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_looking")),
    )
    op.add_column("stumbles", sa.Column("deaths", sa.Integer(), server_default="0", nullable=False))
