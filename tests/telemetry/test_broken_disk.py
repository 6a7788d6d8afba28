"""A database that cannot be trusted any more turns health red at once, and readiness too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import StoreError
from connector.sandbox import Sandbox
from connector.store import pauses
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop


@pytest.fixture
def torn(migrated_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose file somebody has overwritten, as SQLite notices at the next write."""
    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.system.panel.lookout.step()
        with (tmp_path / "loods.db").open("r+b") as file:
            file.write(b"\0" * 200_000)
        (tmp_path / "loods.db-wal").write_bytes(b"")
        yield shop


def test_a_file_that_cannot_be_trusted_any_more_is_told_of(torn: Shop) -> None:
    with pytest.raises(StoreError):
        torn.system.store.write(lambda tx: pauses.pause(tx, "hubspot", torn.clock(), ""))

    health = torn.web.get("/health")

    assert health.status_code == 503
    assert health.json is not None
    assert health.json["checks"]["database"]["status"] == "red"
    assert "restart once it is sound" in health.json["checks"]["database"]["says"]
    assert torn.web.get("/health/ready").status_code == 503
