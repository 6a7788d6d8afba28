"""The schema: migrations lead to the tables that the code knows, and a foreign version is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from connector.errors import StoreError
from connector.model.delivery import DeliveryStatus
from connector.store import inbox, migrations, outbox, sweeps
from connector.store.database import Store, Transaction, open_store
from connector.store.schema import metadata
from connector.store.sweeps import Only
from tests.store.make import delivery

CONSTRAINTS = (
    "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
)
MIGRATIONS = Path(migrations.__file__).parent
OLD_ACTION = """
    INSERT INTO actions (key, connection, name, contact_id, arguments, kind, cause, decided_at, status,
                         failures, next_attempt_at, words)
    VALUES ('k', 'mailchimp', 'tag', 'eva', '{}', 'marketing', :cause, 0, 'waiting', 0, 0, '')
"""
OLD_SWEEP = """
    INSERT INTO sweeps (kind, name, asked_at, at, who, expected, after, seen)
    VALUES ('moment', 'heat', 0, 0, 'eva', '{}', 'c9', 9)
"""
A_MONTH = re.compile(r"(deliveries|traces|looks)_(default|\d{4}_\d{2})")
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"


def migrated(url: str) -> Store:
    """A store whose schema is up to date."""
    store = open_store(url)
    store.migrate()
    return store


def set_version(store: Store, version: str) -> None:
    """Pretend that another release has been here, beside which no older program may work."""
    store.write(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version}))
    store.write(lambda tx: tx.execute(text("UPDATE works_beside SET oldest = :v"), {"v": version}))


def test_migrations_lead_to_the_tables_of_the_code(fresh_url: str) -> None:
    store = migrated(fresh_url)

    with store.reading() as tx:
        looking = MigrationContext.configure(tx, opts={"include_object": is_no_month})
        assert compare_metadata(looking, metadata) == []
    store.close()


def is_no_month(found: object, name: str | None, kind: str, *_: object) -> bool:
    """Whether it is what both databases have; a month of PostgreSQL is as the table of which it is one."""
    return not (kind == "table" and A_MONTH.search(name or ""))


def test_migrations_make_the_same_constraints_and_indexes_on_postgres(
    make_postgres: Callable[[], str],
) -> None:
    store = migrated(make_postgres())
    engine = create_engine(make_postgres().replace("postgresql:", "postgresql+psycopg:"))

    with store.reading() as tx, engine.begin() as connection:
        metadata.create_all(connection)
        expected = [sorted(connection.scalars(text(query))) for query in (CONSTRAINTS, INDEXES)]
        found = [sorted(tx.scalars(text(query))) for query in (CONSTRAINTS, INDEXES)]
    store.close()
    engine.dispose()

    known = [sorted(as_of_one_table(line) for line in lines if is_shared(line)) for lines in found]
    assert known == expected


def is_shared(line: str) -> bool:
    """Whether it is of a table that the code knows, and not of one month of it."""
    return "alembic_version" not in line and not A_MONTH.search(line)


def as_of_one_table(line: str) -> str:
    """The line as it were if the table were not in months: these need their time in every unique index."""
    alone = line.replace(" ON ONLY ", " ON ")
    for table, key, at in (("traces", "event_id", "decided_at"), ("looks", "id", "at")):
        if f"pk_{table}" in alone:
            return alone.replace(f"({key}, {at})", f"({key})")
    return alone


def test_migrations_make_the_same_constraints_and_indexes_on_sqlite(sqlite_store: Store) -> None:
    engine = create_engine("sqlite://")

    with sqlite_store.reading() as tx, engine.begin() as connection:
        metadata.create_all(connection)
        found, expected = definitions(tx), definitions(connection)
    engine.dispose()

    found.pop("alembic_version")
    assert found == expected


def definitions(connection: Connection) -> dict[str, Counter[str]]:
    """What SQLite was told of each table and index, as parts, since their order does not matter."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {
        row.name: Counter(part.strip(" \n()") for part in re.split(r"[,\s]+", row.sql))
        for row in rows
        if not row.name.startswith("sqlite_")
    }


def test_migrating_twice_changes_nothing(fresh_url: str) -> None:
    store = migrated(fresh_url)
    store.receive([delivery("a")])

    store.migrate()

    with store.reading() as tx:
        assert inbox.counts(tx)["waiting"] == 1
    store.close()


def test_four_that_migrate_at_once_make_one_schema(make_postgres: Callable[[], str]) -> None:
    url = make_postgres()
    stores = [open_store(url) for _ in range(4)]

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda one: one.migrate(), stores))

    assert stores[0].receive([delivery("a")])[0].is_new
    for one in stores:
        one.close()


def test_a_store_without_a_schema_says_what_to_do(fresh_url: str) -> None:
    store = open_store(fresh_url)

    with pytest.raises(StoreError, match="run `loods migrate`"):
        store.receive([delivery("a")])
    with pytest.raises(StoreError, match="run `loods migrate`"), store.reading():
        pass
    store.close()


def test_a_schema_newer_than_the_program_is_refused_and_left_alone(fresh_url: str) -> None:
    first = migrated(fresh_url)
    set_version(first, "9999")
    first.close()
    store = open_store(fresh_url)

    with pytest.raises(StoreError, match="schema 9999, newer than this program"):
        store.write(lambda tx: None)
    with pytest.raises(StoreError, match="upgrade the program"):
        store.migrate()
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind(fresh_url: str) -> None:
    engine = create_engine(fresh_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE traces (x integer)"))
    store = open_store(fresh_url)

    with pytest.raises(DBAPIError, match="traces"):
        store.migrate()

    with engine.begin() as connection:
        connection.execute(text("DROP TABLE traces"))
    engine.dispose()
    store.migrate()
    assert store.receive([delivery("a")])[0].is_new
    store.close()


@pytest.mark.parametrize(
    ("work", "index"),
    [
        (lambda tx: inbox.take(tx, "one", 10, delivery("a").received_at), "ix_deliveries_waiting"),
        (lambda tx: outbox.claim(tx, "mailchimp", delivery("a").received_at, 10), "ix_actions_due"),
        (lambda tx: outbox.claim(tx, "mailchimp", delivery("a").received_at, 10), "ix_actions_line"),
        (lambda tx: outbox.claim_unknown(tx, "mailchimp", delivery("a").received_at, 10), "ix_actions_due"),
        (lambda tx: inbox.listing(tx, DeliveryStatus.FAILED), "ix_deliveries_aside"),
        (lambda tx: inbox.listing(tx, DeliveryStatus.DONE), "ix_deliveries_received"),
    ],
)
def test_what_waits_is_found_by_its_index(
    sqlite_store: Store, work: Callable[[Transaction], object], index: str
) -> None:
    assert index in plans(sqlite_store, work)


def plans(store: Store, work: Callable[[Transaction], object]) -> str:
    """How SQLite would find what the statements of `work` select."""
    seen: list[str] = []

    def look(tx: Transaction) -> str:
        driver = tx.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(seen.append)
        work(tx)
        driver.set_trace_callback(None)
        selects = [one for one in seen if one.startswith("SELECT")]
        return "\n".join(str(row) for one in selects for row in driver.execute(f"EXPLAIN QUERY PLAN {one}"))

    return store.write(look)


def test_actions_of_an_older_schema_are_found_by_their_rule(fresh_url: str) -> None:
    engine = create_engine(fresh_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0002")
        connection.execute(text(OLD_ACTION), {"cause": '{"rule": "trigger:welcome", "step": 1}'})
    engine.dispose()

    store = migrated(fresh_url)

    with store.reading() as tx:
        assert tx.execute(text("SELECT rule FROM actions")).scalars().all() == ["trigger:welcome"]
    store.close()


def test_passes_of_an_older_schema_are_kept(fresh_url: str) -> None:
    engine = create_engine(fresh_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0011")
        connection.execute(text(OLD_SWEEP))
    engine.dispose()

    store = migrated(fresh_url)

    with store.reading() as tx:
        (one,) = sweeps.listing(tx)
    assert (one.name, one.after, one.seen, one.changed, one.asked.only) == ("heat", "c9", 9, 0, Only())
    store.close()
