"""Actions on their way to platforms, every try of each, and what comes back of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, text

from connector.model.action import Kind
from connector.store.columns import COUNTED, Json, Key, Moment, Words
from connector.store.schema.parts import WAITING, metadata, one_of


class ActionStatus(StrEnum):
    """Where an action is. `unknown`: a call's outcome was lost and the adapter has to look first."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    DEAD = "dead"


UNFINISHED: Final = (ActionStatus.WAITING, ActionStatus.SENDING, ActionStatus.UNKNOWN)
_OPEN: Final = text(one_of("status", UNFINISHED))
_UNFINISHED: Final[dict[str, Any]] = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}
_OVER: Final = text("settled_at IS NOT NULL")
_SETTLED: Final[dict[str, Any]] = {"sqlite_where": _OVER, "postgresql_where": _OVER}

actions: Final = Table(
    "actions",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("key", Key, nullable=False),
    Column("connection", Key, nullable=False),
    Column("name", Words, nullable=False),
    Column("contact_id", Key, nullable=False),
    Column("arguments", Json, nullable=False),
    Column("kind", Key, nullable=False),
    Column("cause", Json, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("consent", Words),
    Column("status", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("reference", Words),
    Column("words", Words, nullable=False),
    Column("settled_at", Moment),
    Column("rule", Key, nullable=False, server_default=""),
    CheckConstraint(one_of("kind", Kind), name="kind"),
    CheckConstraint(one_of("status", ActionStatus), name="status"),
    CheckConstraint("(status IN ('done', 'dead')) = (settled_at IS NOT NULL)", name="settled"),
    CheckConstraint("failures >= 0", name="failures"),
    Index("ux_actions_key", "key", unique=True),
    Index("ix_actions_contact", "contact_id", "connection", "id"),
    Index("ix_actions_due", "connection", "status", "next_attempt_at", "id", **_UNFINISHED),
    Index("ix_actions_line", "contact_id", "connection", "id", **_UNFINISHED),
    Index("ix_actions_rule", "rule", "id", **WAITING),
    Index("ix_actions_settled", "status", "settled_at", "id", **_SETTLED),
    sqlite_autoincrement=True,
)
"""The outbox; `id` is the order of decision, `rule` that of the cause."""

attempts: Final = Table(
    "attempts",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("action_id", COUNTED, ForeignKey("actions.id", ondelete="CASCADE"), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Words, nullable=False),
    Column("words", Words, nullable=False),
    CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ended"),
    Index("ix_attempts_action", "action_id", "id"),
    sqlite_autoincrement=True,
)
"""Every try of every action; an open one has no outcome yet."""

pauses: Final = Table(
    "pauses",
    metadata,
    Column("connection", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("words", Words, nullable=False),
)
"""Connections of which nothing is claimed."""

echoes: Final = Table(
    "echoes",
    metadata,
    Column("action_id", COUNTED, primary_key=True, autoincrement=False),
    Column("name", Key, primary_key=True),
    Column("digest", Key, primary_key=True),
    Column("scope", Key, nullable=False),
    Column("contact_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_echoes_contact", "contact_id"),
    Index("ix_echoes_at", "at"),
    sqlite_with_rowid=False,
)
"""What our actions change at platforms, until it has come back or an hour has gone."""

accounts: Final = Table(
    "accounts",
    metadata,
    Column("credentials", Key, primary_key=True),
    Column("account", Key, nullable=False),
)
"""To which account of a platform credentials lead, by their hash: what the platform once said of them."""

posts: Final = Table(
    "posts",
    metadata,
    Column("connection", Key, primary_key=True),
    Column("account", Key, nullable=False),
    Column("holder", Key, nullable=False),
)
"""Which process has last served a connection, and on which account."""
