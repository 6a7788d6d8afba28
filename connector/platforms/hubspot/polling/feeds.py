"""All that is asked of a HubSpot account again and again."""

from __future__ import annotations

from typing import Final

from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.polling.email_events import KINDS, EmailEvents
from connector.platforms.hubspot.polling.engagements import CALLS, MEETINGS, Engagements
from connector.platforms.hubspot.polling.forms import Forms
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.polling import Feed
from connector.platforms.transport import Gate

DEADLINE: Final = 15.0
"""Seconds for a page: a process that is to end waits for it."""


class HubSpotFeeds:
    """One account's, over a connection of their own; every call waits at `gate` for its turn."""

    def __init__(self, token: str, gate: Gate, *, base_url: str, api: str = USUAL) -> None:
        self._client = HubSpotClient(token, base_url=base_url, deadline=DEADLINE, api=api)
        self._client.go_through(gate)
        self.feeds: tuple[Feed, ...] = (
            Forms(self._client),
            Engagements(self._client, MEETINGS),
            Engagements(self._client, CALLS),
            *(EmailEvents(self._client, kind) for kind in KINDS),
        )

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()
