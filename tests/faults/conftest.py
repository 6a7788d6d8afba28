"""What faults are done to: an installation on each database, the platforms, and a quick start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox, start
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote
from tests.ports import free_port


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    """HubSpot and Mailchimp in a process of their own; a campaign makes them forget what was before."""
    with Platforms(free_port()) as running:
        yield running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """HubSpot and Mailchimp in this process, empty, for a test that starts few processes."""
    with start() as server:
        yield server


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Starts processes quickly."""
    with Zygote() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def installed(request: pytest.FixtureRequest) -> Loods:
    """Loods on an empty database of each kind, not started."""
    made: Loods = request.getfixturevalue(f"on_{request.param}")
    return made


@pytest.fixture
def on_sqlite(tmp_path: Path, platforms: Platforms) -> Iterator[Loods]:
    """Loods on an empty file."""
    made = Loods(tmp_path, platforms.url)
    yield made
    made.ends()


@pytest.fixture
def on_postgres(tmp_path: Path, platforms: Platforms, make_postgres: Callable[[], str]) -> Iterator[Loods]:
    """Loods on an empty database of PostgreSQL."""
    made = Loods(tmp_path, platforms.url, database=make_postgres())
    yield made
    made.ends()
