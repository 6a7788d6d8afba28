"""How many contacts a HubSpot account has, and how many of them are marketing contacts, which are paid for.

`hs_marketable_status` says whether a contact is one. The API reads it and cannot write it: a contact that an
app makes is one where HubSpot's settings say so of that app, and workflows can make any contact one
(knowledge.hubspot.com, Manage marketing contacts settings for your integrations). How many are included in
the subscription, the API does not tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.errors import Rejected
from connector.platforms.counting import Headcount
from connector.platforms.hubspot.answers import proven
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.proof import preparing, unproven

IS_MARKETING: Final = {"propertyName": "hs_marketable_status", "operator": "EQ", "value": "true"}


class HubSpotHeadcounter:
    """One account. Both searches end within the client's deadline."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def count(self) -> Headcount:
        """The contacts of the account. Raises a DispatchError."""
        with self._client.one_deadline(), preparing():
            return Headcount(self._found([]), self._marketing())

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _marketing(self) -> int | None:
        """None where the account has none, or no property that would tell."""
        try:
            return self._found([{"filters": [IS_MARKETING]}]) or None
        except Rejected:
            return None

    def _found(self, groups: Sequence[object]) -> int:
        """How many contacts a search finds: its answer tells all of them, though it shows only some (CRM
        search, `total`)."""
        answer = self._client.sdk.crm.contacts.search_api.do_search(
            {"filterGroups": list(groups), "limit": 1}, _preload_content=False
        )
        match proven(answer, 200):
            case {"total": int(found)}:
                return found
            case _:
                raise unproven(answer, "no number of contacts")
