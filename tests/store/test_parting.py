"""A database of the release before has no months: its rows are kept, also where the migration is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from connector.model.decision import Answer, TraceEntry
from connector.model.delivery import Delivery
from connector.model.ids import new_id
from connector.model.values import dumps
from connector.store import history, inbox, looks, migrations, months
from connector.store.database import Store, open_store
from connector.store.encoding import encode
from tests.store.make import event

BEGIN = datetime(2027, 2, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROWS = {
    "deliveries": """
        INSERT INTO deliveries (id, connection, topic, fingerprint, headers, query, body, received_at, status,
                                attempts, repeats, version, reason, path, settled_at)
        VALUES (:id, 'webshop', 'order', :key, '{}', '{}', :body, :at, 'done', 0, 0, 'v1', '', '', :at)
    """,
    "events": """
        INSERT INTO events (contact_id, occurred_at, event, delivery_id, version, decided_at, moves)
        VALUES ('eva', :at, :event, :id, 'v1', :at, '[]')
    """,
    "traces": "INSERT INTO traces (event_id, decided_at, trace) VALUES (:number, :at, :trace)",
    "looks": """
        INSERT INTO looks (contact_id, at, version, moves, trace) VALUES ('eva', :at, 'v1', '[]', :trace)
    """,
}
EVENT = dumps(encode(event("k")))
NEVER = TraceEntry("trigger:cart", Answer.ACTED, "shop.yaml:3")
MIGRATE = "import sys; from connector.store.database import open_store; open_store(sys.argv[1]).migrate()"


def at(number: int) -> datetime:
    """A row every hour, from February on."""
    return BEGIN + timedelta(hours=number)


def make_older(url: str, count: int) -> None:
    """A database of the release before, with so many rows."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, "0013")
        for statement in ROWS.values():
            connection.execute(text(statement), [_values(number) for number in range(count)])
    engine.dispose()


def _values(number: int) -> dict[str, object]:
    micros = (at(number) - EPOCH) // timedelta(microseconds=1)
    what = {"id": new_id(at(number)), "key": str(number), "at": micros, "number": number + 1}
    return what | {"body": b"x" * 1000, "event": EVENT, "trace": "[]"}


def migrated(url: str) -> Store:
    """A store of this release on it."""
    store = open_store(url)
    store.migrate()
    return store


def counted(tx: Connection) -> list[int]:
    """How many rows there are of each kind."""
    tables = ("deliveries", "fingerprints", "events", "traces", "looks")
    return [tx.execute(text(f"SELECT count(*) FROM {one}")).scalar_one() for one in tables]  # noqa: S608


def repeat(number: int) -> Delivery:
    """What came then comes once more."""
    return Delivery("webshop", "order", {}, {}, b"{}", at(number), str(number))


def test_every_row_of_an_older_database_is_kept(fresh_url: str) -> None:
    make_older(fresh_url, 1500)

    store = migrated(fresh_url)

    with store.reading() as tx:
        assert counted(tx) == [1500] * 5
        assert len(history.of_contact(tx, "eva", limit=2000)) == 1500
        assert len(looks.of_contact(tx, "eva", limit=2000)) == 1500
        assert inbox.counts(tx)["done"] == 1500
    store.close()


def test_a_repeat_of_what_came_before_is_told(fresh_url: str) -> None:
    make_older(fresh_url, 3)
    store = migrated(fresh_url)

    again, new = store.receive([repeat(1), repeat(9)])

    with store.reading() as tx:
        first = inbox.find(tx, again.id)
    assert (again.is_new, new.is_new) == (False, True)
    assert first is not None
    assert first.repeats == 1
    store.close()


def test_what_was_there_is_one_month_and_new_ones_follow_upon_it(make_postgres: Callable[[], str]) -> None:
    url = make_postgres()
    make_older(url, 1500)
    store = migrated(url)

    with store.reading() as tx:
        known = [one.name for one in months.made(tx)]
        wanted = [one.name for one in months.missing(tx, at(1500)) if one.table == "deliveries"]
    store.close()

    assert known == ["deliveries_2027_04", "looks_2027_04", "traces_2027_04"]
    assert wanted == ["deliveries_2027_05", "deliveries_2027_06"]


def test_numbers_go_on_behind_those_that_were_there(fresh_url: str) -> None:
    make_older(fresh_url, 5)
    store = migrated(fresh_url)

    store.write(lambda tx: looks.record(tx, [looks.Look("bob", at(6), "v1", (), (NEVER,))]))

    with store.reading() as tx:
        assert tx.execute(text("SELECT id FROM looks WHERE contact_id = 'bob'")).scalars().all() == [6]
    store.close()


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.5, 0.8, 1.1])
def test_a_migration_that_is_killed_leaves_all_as_it_was_or_done(fresh_url: str, seconds: float) -> None:
    make_older(fresh_url, 20_000)
    started = subprocess.Popen([sys.executable, "-c", MIGRATE, fresh_url])
    time.sleep(seconds)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()

    store = migrated(fresh_url)

    with store.reading() as tx:
        assert counted(tx) == [20_000] * 5
    assert not store.receive([repeat(7)])[0].is_new
    store.close()
