"""The tables, for SQLite and PostgreSQL alike. A state machine is a CHECK; what waits has a partial index.

Long because it is one list: what the database holds is read from the top.

Deliveries live 30 days, event keys and traces 90, events as long as their contact; so they are tables of
their own, and an event names its delivery without a foreign key. An identity names its contact without one
too: it is claimed before the contact is saved, and a contact that never was is simply made under that id.

On PostgreSQL what has an age is parted by months (`connector.store.months`), so the primary keys of `traces`
and `looks` end with their time there. Events live as long as their contact: no month of them is ever over.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    literal_column,
    text,
)

from connector.model.action import Kind
from connector.model.delivery import DeliveryStatus
from connector.store.columns import COUNTED, Json, Key, Moment, Sorted, Words


def status_is(table: FromClause, *statuses: StrEnum) -> ColumnElement[bool]:
    """That the status is one of these; literals, since bound values hide a partial index from the planner."""
    if len(statuses) == 1:
        return table.c.status == literal_column(repr(statuses[0].value))
    return table.c.status.in_([literal_column(repr(status.value)) for status in statuses])


def _one_of(column: str, values: Iterable[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class ActionStatus(StrEnum):
    """Where an action is. `unknown`: a call's outcome was lost and the adapter has to look first."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    DEAD = "dead"


UNFINISHED: Final = (ActionStatus.WAITING, ActionStatus.SENDING, ActionStatus.UNKNOWN)

REPLAYABLE: Final = (DeliveryStatus.FAILED, DeliveryStatus.PARKED, DeliveryStatus.IGNORED)
"""What a person may want to look at, and let wait again."""

_TO_TAKE: Final = text("status = 'waiting'")
_WAITING: Final[dict[str, Any]] = {"sqlite_where": _TO_TAKE, "postgresql_where": _TO_TAKE}
_TO_LOOK_AT: Final = text(_one_of("status", REPLAYABLE))
_ASIDE: Final[dict[str, Any]] = {"sqlite_where": _TO_LOOK_AT, "postgresql_where": _TO_LOOK_AT}
_TO_WAKE: Final = text("wakes_at IS NOT NULL")
_ASLEEP: Final[dict[str, Any]] = {"sqlite_where": _TO_WAKE, "postgresql_where": _TO_WAKE}
_OPEN: Final = text(_one_of("status", UNFINISHED))
_UNFINISHED: Final[dict[str, Any]] = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}
_OVER: Final = text("settled_at IS NOT NULL")
_SETTLED: Final[dict[str, Any]] = {"sqlite_where": _OVER, "postgresql_where": _OVER}

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("id", Sorted, primary_key=True),
    Column("connection", Key, nullable=False),
    Column("topic", Words, nullable=False),
    Column("fingerprint", Key, nullable=False),
    Column("headers", Json, nullable=False),
    Column("query", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("status", Words, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("version", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("path", Words, nullable=False),
    Column("settled_at", Moment),
    CheckConstraint(_one_of("status", DeliveryStatus), name="status"),
    CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name="settled"),
    CheckConstraint("attempts >= 0 AND repeats >= 0", name="counts"),
    Index("ix_deliveries_received", "received_at", "id"),
    Index("ix_deliveries_waiting", "received_at", "id", **_WAITING),
    Index("ix_deliveries_aside", "status", "received_at", "id", **_ASIDE),
)
"""The inbox."""

fingerprints: Final = Table(
    "fingerprints",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("delivery_id", Key, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Index("ix_fingerprints_noted", "noted_at"),
    sqlite_with_rowid=False,
)
"""Which deliveries came: a hash of connection and fingerprint, which tells a repeat."""

hands: Final = Table(
    "hands",
    metadata,
    Column("worker", Key, primary_key=True),
    Column("delivery_ids", Json, nullable=False),
    Column("taken_at", Moment, nullable=False),
)
"""One row a worker: the deliveries that it is working on, committed before it begins."""

contacts: Final = Table(
    "contacts",
    metadata,
    Column("id", Key, primary_key=True),
    Column("state", Json, nullable=False),
    Column("wakes_at", Moment),
    Index("ix_contacts_wakes", "wakes_at", "id", **_ASLEEP),
)
"""One row a person; `wakes_at` is when time itself may mean something for them."""

identities: Final = Table(
    "identities",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("contact_id", Key, nullable=False),
    Column("is_person", Boolean, nullable=False),
    Index("ix_identities_contact", "contact_id"),
)
"""Whom or whose thing each identity means."""

merges: Final = Table(
    "merges",
    metadata,
    Column("younger_id", Key, primary_key=True),
    Column("older_id", Key, nullable=False),
    Column("root_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("connection", Key, nullable=False),
    Column("event_key", Words, nullable=False),
    Column("identities", Json, nullable=False),
    Index("ix_merges_older", "older_id"),
    Index("ix_merges_root", "root_id", "younger_id"),
)
"""Who has become one with whom, and who that is now (`root_id`); `identities` were the younger's."""

companies: Final = Table(
    "companies",
    metadata,
    Column("id", Key, primary_key=True),
    Column("state", Json, nullable=False),
)
"""One row a company."""

company_identities: Final = Table(
    "company_identities",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("company_id", Key, nullable=False),
    Index("ix_company_identities_company", "company_id"),
)
"""Which company each identity means."""

event_keys: Final = Table(
    "event_keys",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("noted_at", Moment, nullable=False),
    Index("ix_event_keys_noted", "noted_at"),
    sqlite_with_rowid=False,
)
"""Which events have happened: a hash of connection and key, so that a row stays narrow."""

events: Final = Table(
    "events",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("event", Json, nullable=False),
    Column("delivery_id", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("moves", Json, nullable=False),
    Index("ix_events_contact", "contact_id", "occurred_at", "id"),
    sqlite_autoincrement=True,
)
"""What happened to whom, and where it led."""

traces: Final = Table(
    "traces",
    metadata,
    Column("event_id", COUNTED, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("decided_at", Moment, nullable=False),
    Column("trace", Json, nullable=False),
    Index("ix_traces_decided", "decided_at"),
)
"""Why each event meant what it did."""

snapshots: Final = Table(
    "snapshots",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("place", Json, nullable=False),
    Column("is_base", Boolean, nullable=False),
    Column("after", COUNTED, nullable=False),
    Column("state", Json, nullable=False),
    Index("ix_snapshots_contact", "contact_id", "id"),
    sqlite_autoincrement=True,
)
"""What a contact's history had come to; events up to the number `after` are in its base."""

looks: Final = Table(
    "looks",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("contact_id", Key, nullable=False),
    Column("at", Moment, nullable=False),
    Column("version", Words, nullable=False),
    Column("moves", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Index("ix_looks_contact", "contact_id", "at", "id"),
    Index("ix_looks_at", "at"),
    sqlite_autoincrement=True,
)
"""What time itself has meant for a contact, and why."""

waiting: Final = Table(
    "waiting",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("trigger", Key, primary_key=True),
    Column("text", Key, primary_key=True),
    Column("version", Words, nullable=False),
    Index("ix_waiting_text", "trigger", "text", "version"),
    sqlite_with_rowid=False,
)
"""Under which texts of which triggers a contact has runs that wait, and a version that has that text."""

stumbles: Final = Table(
    "stumbles",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("words", Words, nullable=False),
    Column("deaths", Integer, nullable=False, server_default="0"),
)
"""Contacts for whom time cannot be told because something of ours breaks; tried again at `next_at`.

Of whom it is only known that they were in hand at `deaths` of a worker, nothing has failed yet.
"""

looking: Final = Table(
    "looking",
    metadata,
    Column("worker", Key, primary_key=True),
    Column("contact_ids", Json, nullable=False),
)
"""One row a worker: the contacts at whom it is looking, committed before it begins."""

parked: Final = Table(
    "parked",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("occurred_at", Moment, nullable=False),
    Column("event", Json, nullable=False),
    Column("delivery_id", Words, nullable=False),
    Column("until", Moment, nullable=False),
    Index("ix_parked_until", "until"),
    Index("ix_parked_delivery", "delivery_id"),
    sqlite_autoincrement=True,
)
"""Events whose owner is not known yet."""

parked_under: Final = Table(
    "parked_under",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("scope", Key, primary_key=True),
    Column("value", Key, primary_key=True),
    Column("parked_id", COUNTED, ForeignKey("parked.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_parked_under_parked", "parked_id"),
)
"""By which identities a parked event will be found."""

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
    CheckConstraint(_one_of("kind", Kind), name="kind"),
    CheckConstraint(_one_of("status", ActionStatus), name="status"),
    CheckConstraint("(status IN ('done', 'dead')) = (settled_at IS NOT NULL)", name="settled"),
    CheckConstraint("failures >= 0", name="failures"),
    Index("ux_actions_key", "key", unique=True),
    Index("ix_actions_contact", "contact_id", "connection", "id"),
    Index("ix_actions_due", "connection", "status", "next_attempt_at", "id", **_UNFINISHED),
    Index("ix_actions_line", "contact_id", "connection", "id", **_UNFINISHED),
    Index("ix_actions_rule", "rule", "id", **_WAITING),
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

stops: Final = Table(
    "stops",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("words", Words, nullable=False),
)
"""Rules of which no action leaves; the empty one stands for all."""

held: Final = Table(
    "held",
    metadata,
    Column("contact_id", Key, primary_key=True),
    Column("rule", Key, primary_key=True),
    Index("ix_held_rule", "rule", "contact_id"),
)
"""Contacts of whom runs wait because a rule, or everything, is stopped."""

tallies: Final = Table(
    "tallies",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("runs", Integer, nullable=False),
    Column("forgiven", Integer, nullable=False),
    Index("ix_tallies_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How many runs of a rule acted in an hour; `forgiven` are those after which a person let it go on."""

results: Final = Table(
    "results",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("last", Words, nullable=False),
)
"""How the last actions of a rule ended, oldest first: `.` done, `x` failed."""

pardons: Final = Table(
    "pardons",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("at", Moment, nullable=False),
)
"""When a person last let a rule go on that was stopped."""

failings: Final = Table(
    "failings",
    metadata,
    Column("rule", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("contact_id", Key, nullable=False),
    Column("words", Words, nullable=False),
    Index("ix_failings_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How often a rule failed inside in an hour; the contact and the words are those of the last time."""

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


class SweepKind(StrEnum):
    """Why contacts are gone through: a moment was fired by hand, the rules about time changed, or a person
    wants their history folded again."""

    MOMENT = "moment"
    RULES = "rules"
    RECOMPUTE = "recompute"


sweeps: Final = Table(
    "sweeps",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("expected", Json, nullable=False),
    Column("after", Words, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("done_at", Moment),
    Column("only", Json, nullable=False, server_default="{}"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("broken", Integer, nullable=False, server_default="0"),
    CheckConstraint(_one_of("kind", SweepKind), name="kind"),
    Index("ix_sweeps_kind", "kind", "id"),
    sqlite_autoincrement=True,
)
"""Work on contacts, page by page; `after` is the last id that is done, `only` for whom it is."""

norms: Final = Table(
    "norms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("version", Words, nullable=False),
    Column("figures", Json, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""What is usual among all contacts: one row, of the census that was taken last."""

census: Final = Table(
    "census",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("asked", Key, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("after", Words, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("counts", Json, nullable=False),
    Column("worker", Key, nullable=False),
    Column("told_at", Moment, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""The census that is being taken, if any; `after` is the last contact that is counted."""

mapping_versions: Final = Table(
    "mapping_versions",
    metadata,
    Column("version", Key, primary_key=True),
    Column("files", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""Every text of the mapping that was published, under the hash that names it."""

publications: Final = Table(
    "publications",
    metadata,
    Column("id", COUNTED, primary_key=True, autoincrement=True),
    Column("version", Key, ForeignKey("mapping_versions.version"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("made_from", Key),
    sqlite_autoincrement=True,
)
"""What was live from when on, by whom and why; the newest is."""

plans: Final = Table(
    "plans",
    metadata,
    Column("publication_id", COUNTED, ForeignKey("publications.id"), primary_key=True),
    Column("trigger", Key, primary_key=True),
    Column("text", Key, primary_key=True),
    Column("plan", Words, nullable=False),
    CheckConstraint("plan IN ('keep', 'move', 'end')", name="plan"),
)
"""What becomes of runs that wait under an older text of their trigger, as the publication says."""

expectations: Final = Table(
    "expectations",
    metadata,
    Column("publication_id", COUNTED, ForeignKey("publications.id"), primary_key=True),
    Column("rule", Key, primary_key=True),
    Column("runs", Integer, nullable=False),
    Index("ix_expectations_rule", "rule", "publication_id"),
)
"""How many runs of a rule were shown to the person who published it."""

habits: Final = Table(
    "habits",
    metadata,
    Column("connection", Key, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("deliveries", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Index("ix_habits_hour", "hour"),
    sqlite_with_rowid=False,
)
"""How many deliveries a connection brought in an hour, repeats included, and when the last one came."""

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

works_beside: Final = Table(
    "works_beside",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("oldest", Key, nullable=False),
    CheckConstraint("id = 1", name="only"),
)
"""The oldest revision of the schema whose program may work on this one, too."""
