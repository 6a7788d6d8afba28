"""What time does: contacts to be woken, runs that wait, stops, tallies, and pages over all contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RULE = {
    "sqlite": "UPDATE actions SET rule = json_extract(cause, '$.rule')",
    "postgresql": "UPDATE actions SET rule = cause::json ->> 'rule'",
}


def upgrade() -> None:
    op.add_column("contacts", sa.Column("wakes_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_contacts_wakes",
        "contacts",
        ["wakes_at", "id"],
        unique=False,
        sqlite_where=sa.text("wakes_at IS NOT NULL"),
        postgresql_where=sa.text("wakes_at IS NOT NULL"),
    )
    op.add_column("actions", sa.Column("rule", sa.Text(), server_default="", nullable=False))
    op.execute(RULE[op.get_bind().dialect.name])
    op.create_index(
        "ix_actions_rule",
        "actions",
        ["rule", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "looks",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("moves", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_looks_at", "looks", ["at"], unique=False)
    op.create_index("ix_looks_contact", "looks", ["contact_id", "at", "id"], unique=False)
    op.create_table(
        "waiting",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "trigger", "text", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waiting_text", "waiting", ["trigger", "text", "version"], unique=False)
    op.create_table(
        "stumbles",
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_stumbles")),
    )
    op.create_table(
        "stops",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_stops")),
    )
    op.create_table(
        "tallies",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("forgiven", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "hour", name=op.f("pk_tallies")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tallies_hour", "tallies", ["hour"], unique=False)
    op.create_table(
        "results",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_results")),
    )
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
        sa.CheckConstraint("kind IN ('moment', 'rules')", name=op.f("ck_sweeps_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sweeps_kind", "sweeps", ["kind", "id"], unique=False)
    op.create_table(
        "plans",
        sa.Column("publication_id", COUNTED, nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.CheckConstraint("plan IN ('keep', 'move', 'end')", name=op.f("ck_plans_plan")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publications.id"], name=op.f("fk_plans_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", "trigger", "text", name=op.f("pk_plans")),
    )
