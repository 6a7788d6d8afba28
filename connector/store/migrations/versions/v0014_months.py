"""What has an age by months on PostgreSQL; what tells a repeat apart from it; indexes for what is let go of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

AT_ONCE = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ASIDE = sa.text("status IN ('failed', 'parked', 'ignored')")
WAITING = sa.text("status = 'waiting'")
SETTLED = sa.text("settled_at IS NOT NULL")

deliveries = sa.table(
    "deliveries", *(sa.column(one) for one in ("id", "connection", "fingerprint", "received_at"))
)
fingerprints = sa.table("fingerprints", *(sa.column(one) for one in ("digest", "delivery_id", "noted_at")))


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_fingerprints")),
        sqlite_with_rowid=False,
    )
    _note_fingerprints()
    op.create_index("ix_fingerprints_noted", "fingerprints", ["noted_at"], unique=False)
    op.drop_index("ux_deliveries_fingerprint", "deliveries")
    _index("ix_actions_settled", "actions", ["status", "settled_at", "id"], SETTLED)
    if op.get_bind().dialect.name == "postgresql":
        _part_deliveries()
        _part("traces", "decided_at", ["event_id", "decided_at"])
        _part("looks", "at", ["id", "at"])
    else:
        _index("ix_deliveries_aside", "deliveries", ["status", "received_at", "id"], ASIDE)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    partial: dict[str, Any] = {} if where is None else {"sqlite_where": where, "postgresql_where": where}
    op.create_index(name, table, columns, unique=False, **partial)


def _note_fingerprints() -> None:
    tx, after = op.get_bind(), ""
    page = sa.select(deliveries).order_by(deliveries.c.id).limit(AT_ONCE)
    while rows := tx.execute(page.where(deliveries.c.id > after)).all():
        tx.execute(fingerprints.insert(), [_fingerprint(row) for row in rows])
        after = rows[-1].id


def _fingerprint(row: sa.Row[Any]) -> dict[str, object]:
    named = f"{row.connection}\n{row.fingerprint}".encode()
    digest = blake2b(named, digest_size=16).digest()
    return {"digest": digest, "delivery_id": row.id, "noted_at": row.received_at}


def _part_deliveries() -> None:
    """Ids sort by the time at which they were made, if by their bytes: so months are ranges of ids."""
    op.execute('ALTER TABLE deliveries ALTER COLUMN id TYPE text COLLATE "C"')
    _set_aside("deliveries")
    _like("deliveries", "id", ["id"])
    _index("ix_deliveries_received", "deliveries", ["received_at", "id"])
    _index("ix_deliveries_waiting", "deliveries", ["received_at", "id"], WAITING)
    _index("ix_deliveries_aside", "deliveries", ["status", "received_at", "id"], ASIDE)
    newest, last = tuple(_one("SELECT max(received_at), max(id) FROM deliveries_before"))
    month = _month_after(newest)
    bound = _id_from(month)
    _attach("deliveries", month, f"'{bound}'", fits=last is None or last < bound)


def _part(table: str, at: str, key: list[str]) -> None:
    _set_aside(table)
    _like(table, at, key)
    if table == "traces":
        op.create_foreign_key(
            op.f("fk_traces_event_id"), "traces", "events", ["event_id"], ["id"], ondelete="CASCADE"
        )
        _index("ix_traces_decided", "traces", ["decided_at"])
    else:
        op.execute("ALTER SEQUENCE looks_id_seq OWNED BY looks.id")
        _index("ix_looks_contact", "looks", ["contact_id", "at", "id"])
        _index("ix_looks_at", "looks", ["at"])
    op.execute(f"ALTER TABLE {table}_before DROP CONSTRAINT pk_{table}_before")
    month = _month_after(_one(f"SELECT max({at}) FROM {table}_before")[0])
    _attach(table, month, str((month - EPOCH) // timedelta(microseconds=1)))


def _set_aside(table: str) -> None:
    """Give the table, its key and its indexes other names."""
    op.rename_table(table, f"{table}_before")
    op.execute(f"ALTER TABLE {table}_before RENAME CONSTRAINT pk_{table} TO pk_{table}_before")
    indexes = op.get_bind().execute(
        sa.text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :table"),
        {"table": f"{table}_before"},
    )
    for name in indexes.scalars().all():
        if name.startswith("ix_"):
            op.execute(f"ALTER INDEX {name} RENAME TO {name}_before")


def _like(table: str, at: str, key: list[str]) -> None:
    columns = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
    op.execute(f"CREATE TABLE {table} (LIKE {table}_before {columns}) PARTITION BY RANGE ({at})")
    op.create_primary_key(op.f(f"pk_{table}"), table, key)


def _attach(table: str, month: datetime, bound: str, *, fits: bool = True) -> None:
    """What was there is the month of its newest row and all before; an empty table is that for the rest.

    Where an id is not of ours, nothing is known of its time: then all of it is.
    """
    is_empty = _one(f"SELECT NOT EXISTS (SELECT 1 FROM {table}_before)")[0]
    if is_empty or not fits:
        op.rename_table(f"{table}_before", f"{table}_default")
        op.execute(f"ALTER TABLE {table} ATTACH PARTITION {table}_default DEFAULT")
        return
    name = f"{table}_{month - timedelta(days=1):%Y_%m}"
    op.rename_table(f"{table}_before", name)
    op.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM (MINVALUE) TO ({bound})")
    op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")


def _one(query: str) -> sa.Row[Any]:
    return op.get_bind().execute(sa.text(query)).one()


def _month_after(microseconds: int | None) -> datetime:
    at = EPOCH + timedelta(microseconds=microseconds or 0)
    return (at.replace(day=28, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)).replace(day=1)


def _id_from(at: datetime) -> str:
    """The first id of this moment: 48 bits of milliseconds, then 80 of chance, in base 32."""
    number = (at - EPOCH) // timedelta(milliseconds=1) << 80
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
