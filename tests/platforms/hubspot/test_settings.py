"""What a connection to HubSpot says, and what its calls are then."""

from __future__ import annotations

import pytest

from connector.bootstrap.connections import platform_of
from connector.bootstrap.doors import Doors
from connector.errors import SettingsError
from connector.mapping.accounts import Connection
from connector.mapping.terms import Place
from connector.platforms.base import Done, Platform
from connector.sandbox import Sandbox
from connector.settings import Settings
from tests.platforms.hubspot.wish import wish


def connected(sandbox: Sandbox, **settings: str) -> Platform:
    """The platform of a connection with these settings."""
    said = {"token": "pat-test", "url": sandbox.hubspot_url, **settings}
    connection = Connection("crm", "hubspot", None, "crm", (), said, Place("connections.yaml", 2, 3))
    platform = platform_of(Settings(), connection, Doors())
    assert platform is not None
    return platform


def test_a_connection_names_its_version_and_where_its_tags_are(sandbox: Sandbox) -> None:
    platform = connected(sandbox, api="2026-03", tags="lists")

    outcome = platform.dispatch("tag", [wish("tag", {"add": ["VIP"]})])[0]

    assert isinstance(outcome, Done)
    assert sandbox.state()["calls"][-1]["path"] == "/crm/lists/2026-03/123/memberships/add"
    platform.close()


@pytest.mark.parametrize("settings", [{"api": "2027-03"}, {"tags": "segments"}], ids=str)
def test_what_it_cannot_be_is_told_with_the_connections_name(
    sandbox: Sandbox, settings: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match=r"crm.*cannot be"):
        connected(sandbox, **settings)
