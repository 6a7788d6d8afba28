"""A sandbox, and the adapters that speak to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox, start
from tests.platforms.mailchimp.wish import AUDIENCE, STORE


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of its own for each test."""
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def hubspot(sandbox: Sandbox) -> Iterator[HubSpot]:
    """The adapter with a default owner, whom the sandbox knows."""
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, owner="sales@example.com", deadline=10.0)
    yield adapter
    adapter.close()


@pytest.fixture
def mailchimp(sandbox: Sandbox) -> Iterator[Mailchimp]:
    """The adapter for the audience without double opt-in."""
    adapter = Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=sandbox.mailchimp_url, deadline=10.0)
    yield adapter
    adapter.close()
