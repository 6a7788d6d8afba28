"""HubSpot's subscriptions to e-mail: taking somebody off.

HubSpot has it in v3 and v4 of its communication preferences; only v4 can take somebody off all of it, and
says "no change" where they were off already. Its SDK has v3 only.
"""

from __future__ import annotations

from typing import Any, Final

from connector.errors import Rejected, Unknown
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import check_status, dicts, proven, text
from connector.platforms.hubspot.arguments import Unsubscribe
from connector.platforms.hubspot.client import HubSpotClient, Query
from connector.platforms.proof import unproven

STATUSES: Final = "/communication-preferences/v4/statuses/{email}"
ALL: Final = f"{STATUSES}/unsubscribe-all"
OFF: Final = "UNSUBSCRIBED"
BY_EMAIL: Final[Query] = (("channel", "EMAIL"),)


class Subscriptions:
    """Who gets which e-mail. Repeating changes nothing more."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def end(self, call: Call, wanted: Unsubscribe) -> Done:
        """Take the address off; off all of it, it has left. Raises a DispatchError."""
        if not (email := call.addressee.email):
            raise Rejected("HubSpot takes people off its e-mail by address, and this one has none")
        if wanted.subscription is None:
            self._end_all(email)
        else:
            self._end_one(email, wanted.subscription)
        is_all = wanted.subscription is None
        return Done(has_left=is_all, is_read=is_all)

    def is_off(self, email: str, subscription: int | None) -> bool:
        """Whether HubSpot shows an address as off this subscription, or off all. Raises a DispatchError."""
        path = ALL if subscription is None else STATUSES
        found = dicts(proven(self._client.call("GET", path, query=BY_EMAIL, email=email), 200).get("results"))
        if subscription is None:
            return any(one.get("status") == OFF for one in found)
        return any(_is_off(one, subscription) for one in found)

    def _end_one(self, email: str, subscription: int) -> None:
        body = {"channel": "EMAIL", "statusState": OFF, "subscriptionId": subscription}
        answer = self._client.call("POST", STATUSES, body=body, email=email)
        if not any(_is_off(one, subscription) for one in dicts(proven(answer, 200).get("results"))):
            raise unproven(answer, f"nobody off subscription {subscription}")

    def _end_all(self, email: str) -> None:
        """The answer shows each type by itself; that it is all of them is read back."""
        answer = self._client.call("POST", ALL, query=BY_EMAIL, email=email)
        check_status(answer, 200, 204)
        if not self.is_off(email, None):
            raise Unknown("HubSpot does not show the address as off all e-mail yet", status=answer.status)


def _is_off(result: dict[str, Any], subscription: int) -> bool:
    return result.get("status") == OFF and text(result.get("subscriptionId")) == str(subscription)
