"""A shop on each database, with a small mapping of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox, start
from tests.runtime.shop import Shop

MAPPING = Path(__file__).parent / "mapping"


def with_rules(folder: Path, rules: str, setting: str = "") -> Path:
    """The mapping's connections with other rules, in a folder; `setting` is one more of HubSpot's."""
    mapping, owner = folder / "rules", "    owner: sales@example.com\n"
    mapping.mkdir()
    said = (MAPPING / "shop.yaml").read_text(encoding="utf-8")
    (mapping / "shop.yaml").write_text(said.replace(owner, owner + setting, 1), encoding="utf-8")
    (mapping / "rules.yaml").write_text(rules, encoding="utf-8")
    return mapping


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with start() as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def shop(database_url: str, sandbox: Sandbox) -> Iterator[Shop]:
    with Shop(database_url, sandbox, MAPPING) as made:
        yield made
