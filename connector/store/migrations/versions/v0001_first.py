"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

COUNTED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('done', 'dead')) = (settled_at IS NOT NULL)", name=op.f("ck_actions_settled")
        ),
        sa.CheckConstraint("kind IN ('marketing', 'service', 'internal')", name=op.f("ck_actions_kind")),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'unknown', 'done', 'dead')", name=op.f("ck_actions_status")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_actions_failures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_actions_contact", "actions", ["contact_id", "connection", "id"], unique=False)
    op.create_index(
        "ix_actions_due",
        "actions",
        ["connection", "status", "next_attempt_at", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
        postgresql_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_actions_line",
        "actions",
        ["contact_id", "connection", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
        postgresql_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_index("ux_actions_key", "actions", ["key"], unique=True)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name=op.f("ck_deliveries_settled")),
        sa.CheckConstraint(
            "status IN ('waiting', 'done', 'ignored', 'parked', 'failed')", name=op.f("ck_deliveries_status")
        ),
        sa.CheckConstraint("attempts >= 0 AND repeats >= 0", name=op.f("ck_deliveries_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_received", "deliveries", ["received_at", "id"], unique=False)
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["received_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index("ux_deliveries_fingerprint", "deliveries", ["connection", "fingerprint"], unique=True)
    op.create_table(
        "event_keys",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_event_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_keys_noted", "event_keys", ["noted_at"], unique=False)
    op.create_table(
        "events",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("moves", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_contact", "events", ["contact_id", "occurred_at", "id"], unique=False)
    op.create_table(
        "hands",
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("delivery_ids", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_hands")),
    )
    op.create_table(
        "identities",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("is_person", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "scope", "value", name=op.f("pk_identities")),
    )
    op.create_index("ix_identities_contact", "identities", ["contact_id"], unique=False)
    op.create_table(
        "parked",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_parked_delivery", "parked", ["delivery_id"], unique=False)
    op.create_index("ix_parked_until", "parked", ["until"], unique=False)
    op.create_table(
        "pauses",
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("connection", name=op.f("pk_pauses")),
    )
    op.create_table(
        "attempts",
        sa.Column("id", COUNTED, autoincrement=True, nullable=False),
        sa.Column("action_id", COUNTED, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome = '')", name=op.f("ck_attempts_ended")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["actions.id"], name=op.f("fk_attempts_action_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempts_action", "attempts", ["action_id", "id"], unique=False)
    op.create_table(
        "parked_under",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("parked_id", COUNTED, nullable=False),
        sa.ForeignKeyConstraint(
            ["parked_id"], ["parked.id"], name=op.f("fk_parked_under_parked_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "scope", "value", "parked_id", name=op.f("pk_parked_under")),
    )
    op.create_index("ix_parked_under_parked", "parked_under", ["parked_id"], unique=False)
    op.create_table(
        "traces",
        sa.Column("event_id", COUNTED, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_traces_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_traces")),
    )
    op.create_index("ix_traces_decided", "traces", ["decided_at"], unique=False)
