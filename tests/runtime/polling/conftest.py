"""A shop whose mapping uses what HubSpot and Mailchimp do not announce."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector.failpoints import arm
from connector.sandbox import start
from tests.runtime.polling.portal import Portal
from tests.runtime.shop import Shop

MAPPING = Path(__file__).parent / "mapping"
OF_SENT = Path(__file__).parent / "mapping_of_sent"


@pytest.fixture
def portal(database_url: str) -> Iterator[Portal]:
    """The first turn is over: from now on everything counts. Platforms and shop have one clock."""
    with _portal(database_url, MAPPING) as portal:
        yield portal


@pytest.fixture
def sending(database_url: str) -> Iterator[Portal]:
    """The same with a mapping that uses what was sent from Mailchimp, and nothing else."""
    with _portal(database_url, OF_SENT) as portal:
        yield portal


@contextmanager
def _portal(database_url: str, mapping: Path) -> Iterator[Portal]:
    shops: list[Shop] = []
    with (
        start(clock=lambda: shops[0].clock().timestamp() if shops else 0.0) as sandbox,
        Shop(database_url, sandbox, mapping) as made,
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
