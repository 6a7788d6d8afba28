"""A database with something in it, for the commands to show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.sandbox import Sandbox, start
from tests.cli.command import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start() as server:
        yield server


@pytest.fixture
def database(migrated_url: str, sandbox: Sandbox) -> str:
    """A database in which Eva has paid an order, a task was refused, and one delivery could not be read."""
    sandbox.reset()
    sandbox.script(
        {"method": "POST", "path": "/crm/v3/objects/tasks"},
        [{"status": 400, "body": {"message": "no \x1b[31mred"}}],
    )
    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.posts("webshop", order(), {TOPIC: "order.updated"})
        shop.posts("webshop", order(id=78, total="many"), {TOPIC: "order.updated"})
        shop.turns()
    return migrated_url
