"""All that is asked of an audience at Mailchimp again and again."""

from __future__ import annotations

from typing import Final

from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.polling.activity import Activity
from connector.platforms.mailchimp.polling.sent import Sent
from connector.platforms.polling import Feed
from connector.platforms.transport import Gate

DEADLINE: Final = 20.0
"""Seconds for a page: a process that is to end waits for it."""


class MailchimpFeeds:
    """One audience's, over a connection of their own; every call waits at `gate` for its turn."""

    def __init__(self, token: str, audience: str, gate: Gate, *, base_url: str | None) -> None:
        self._client = MailchimpClient(token, base_url=base_url, deadline=DEADLINE)
        self._client.go_through(gate)
        self.feeds: tuple[Feed, ...] = (Sent(self._client, audience), Activity(self._client, audience))

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()
