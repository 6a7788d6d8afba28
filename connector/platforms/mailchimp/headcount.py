"""How many contacts a Mailchimp audience has that are paid for.

Subscribed, unsubscribed and non-subscribed contacts count for what a plan costs, and those who are archived
or cleaned do not (Mailchimp's help, About your contacts). For how many the plan is, the API does not tell.
"""

from __future__ import annotations

from connector.platforms.counting import Headcount
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import preparing, unproven

NON_SUBSCRIBED = "transactional"
_FIELDS = ("id", "double_optin", "stats.member_count", "stats.unsubscribe_count")


class MailchimpHeadcounter:
    """One audience. Both reads end within the client's deadline."""

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def count(self) -> Headcount:
        """The contacts of the audience. Raises a DispatchError."""
        with self._client.one_deadline(), preparing():
            answer = self._client.sdk.lists.get_list(self._audience, fields=list(_FIELDS))
            match proven(answer):
                case {
                    "double_optin": bool(asks_twice),
                    "stats": {"member_count": int(subscribed), "unsubscribe_count": int(left)},
                }:
                    contacts = subscribed + left + self._non_subscribed()
                    return Headcount(contacts, asks_twice=asks_twice)
                case _:
                    raise unproven(answer, "no numbers of contacts")

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()

    def _non_subscribed(self) -> int:
        """The numbers of an audience leave them out."""
        answer = self._client.sdk.lists.get_list_members_info(
            self._audience, status=NON_SUBSCRIBED, count=1, fields=["total_items"]
        )
        match proven(answer):
            case {"total_items": int(found)}:
                return found
            case _:
                raise unproven(answer, "no number of contacts")
