"""A shop whose mapping uses what HubSpot and Mailchimp do not announce."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.failpoints import arm
from connector.sandbox import start
from tests.runtime.polling.portal import Portal
from tests.runtime.shop import Shop

MAPPING = Path(__file__).parent / "mapping"


@pytest.fixture
def portal(database_url: str) -> Iterator[Portal]:
    """The first turn is over: from now on everything counts. Platforms and shop have one clock."""
    shops: list[Shop] = []
    with (
        start(clock=lambda: shops[0].clock().timestamp() if shops else 0.0) as sandbox,
        Shop(database_url, sandbox, MAPPING) as made,
    ):
        shops.append(made)
        portal = Portal(made)
        portal.asks()
        yield portal


@pytest.fixture
def disarmed() -> Iterator[None]:
    """Nothing is armed any more when the test has ended."""
    yield
    arm(None)
