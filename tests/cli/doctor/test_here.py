"""What `loods doctor` says of this machine's clock, and of what platforms were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector import bootstrap
from connector.bootstrap.inspecting_here import LATE, inspect_here
from connector.mapping.mapping import Mapping
from connector.model.finding import Finding, Severity
from connector.settings import Settings
from connector.store import cursors
from connector.store.cursors import Cursor
from connector.store.database import Store, open_store

NOW = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
LISTENING = "connections:\n  hubspot: {platform: hubspot, token: $T, secret: $S}\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder that listens to HubSpot."""
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "connections.yaml").write_text(LISTENING)
    return Settings(mappings=folder)


@pytest.fixture
def mapping(settings: Settings) -> Mapping:
    return bootstrap.load(settings)


def with_code(found: Iterable[Finding], code: str) -> list[tuple[Severity, str, str]]:
    return [(one.severity, one.about, one.message) for one in found if one.code == code]


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(minutes=-2)])
def test_a_clock_that_is_not_the_servers_is_told(
    settings: Settings, mapping: Mapping, postgres_store: Store, postgres_url: str, ahead: timedelta
) -> None:
    postgres_store.migrate()
    on_postgres = Settings(mappings=settings.mappings, database_url=postgres_url)

    found = list(inspect_here(on_postgres, mapping, wall=lambda: bootstrap.clock() + ahead))

    [(severity, about, message)] = with_code(found, "L305")
    assert (severity, about) == (Severity.ERROR, "")
    assert ("ahead of" if ahead > timedelta(0) else "behind") in message


@pytest.mark.parametrize(
    ("ago", "words", "said"),
    [
        (timedelta(minutes=5), "", []),
        (LATE, "", []),
        (LATE + timedelta(seconds=1), "", ["forms was read on last at 2026-11-23 08:59 UTC"]),
        (
            timedelta(minutes=5),
            "HTTP 403: the scope forms",
            ["forms could not be read on since 2026-11-23 09:55 UTC: HTTP 403: the scope forms"],
        ),
    ],
)
def test_what_is_not_read_on_is_told_at_its_connection(
    settings: Settings, mapping: Mapping, migrated_url: str, ago: timedelta, words: str, said: list[str]
) -> None:
    store = open_store(migrated_url)
    store.write(lambda tx: cursors.move(tx, Cursor("hubspot", "forms", {}, NOW - ago, words)))
    store.close()
    known = Settings(mappings=settings.mappings, database_url=migrated_url)

    found = list(inspect_here(known, mapping, wall=lambda: NOW))

    assert with_code(found, "L308") == [(Severity.WARNING, "hubspot", one) for one in said]
