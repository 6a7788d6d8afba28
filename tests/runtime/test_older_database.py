"""A database of an older release goes on: nothing in it is lost, and time begins to mean something for it.

`older/schema_0002.json` has the rows that a release with that schema wrote, table by table.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, func, select

from connector.mapping.rules import Move
from connector.mapping.terms import Place
from connector.model.delivery import DeliveryStatus
from connector.sandbox import Sandbox
from connector.store import contacts, migrations
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.timed import goes_by, waits_in

EVA = "eva@example.com"
ROWS = Path(__file__).parent / "older" / "schema_0002.json"
NUMBERED = ("publications", "events", "parked", "actions", "attempts")


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/loods.db"
    make: Callable[[], str] = request.getfixturevalue("make_postgres")
    return make()


@pytest.fixture
def older(fresh_database_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    """A Loods of this release on a database of an older one."""
    make_older(fresh_database_url, "0002", ROWS)
    with Shop(fresh_database_url, sandbox, MAPPING) as shop:
        yield shop


def make_older(url: str, schema: str, rows: Path) -> None:
    """Give an empty database this older schema, and these rows."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        command.upgrade(config, schema)
        fill(connection, rows)
    engine.dispose()


def fill(connection: Connection, file: Path) -> None:
    """Write the rows as they were; on PostgreSQL what counts goes on behind them."""
    tables = MetaData()
    tables.reflect(connection)
    for name, rows in json.loads(file.read_text(encoding="utf-8")).items():
        connection.execute(tables.tables[name].insert(), [_bytes(row) for row in rows])
    if connection.dialect.name == "postgresql":
        for name in NUMBERED:
            last = select(func.max(tables.tables[name].c.id)).scalar_subquery()
            connection.execute(select(func.setval(func.pg_get_serial_sequence(name, "id"), last)))


def _bytes(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: base64.b64decode(value["base64"]) if isinstance(value, dict) else value
        for name, value in row.items()
    }


def test_what_was_known_and_done_is_there(older: Shop) -> None:
    statuses = sorted(one.status for one in older.deliveries())

    assert older.stage(EVA) == "care"
    assert [one.event.name for one in older.history(EVA)] == [
        "order.placed",
        "order.paid",
        "newsletter.confirmed",
    ]
    assert statuses == [DeliveryStatus.DONE] * 4 + [DeliveryStatus.PARKED]
    assert {one.status for one in older.actions()} == {"done"}


def test_runs_that_acted_before_do_not_act_again(older: Shop) -> None:
    before = len(older.actions())

    older.turns()

    assert len(older.actions()) == before


def test_who_was_known_before_can_wait_and_acts(older: Shop) -> None:
    waits_in(older, "series")
    older.says("newsletter.confirmed", EVA)
    older.turns()
    before = len(older.actions())

    older.clock.moves(hours=5)
    older.turns()

    assert [one.action.name for one in older.actions()[before:]] == ["start_journey"]


def test_who_was_known_before_is_gone_through_for_rules_about_time(older: Shop) -> None:
    journey = older.system.mapping.journeys["main"]
    quiet = Move(
        frozenset(),
        "think",
        "care",
        None,
        Place("shop.yaml", 1, 1),
        timedelta(days=365),
        frozenset({"order.paid"}),
    )
    changed = replace(journey, moves=(*journey.moves, quiet))
    goes_by(older, replace(older.system.mapping, journeys={"main": changed}))

    older.turns()

    eva = older.contact(EVA)
    with older.system.store.reading() as tx:
        wakes = contacts.wakes_of(tx, [eva.id])
    assert wakes == {eva.id: eva.standings["main"].since + timedelta(days=365)}
