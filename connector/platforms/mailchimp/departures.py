"""Members who go: by their own wish, or because the company has no more use for them in its audience."""

from __future__ import annotations

from connector.model.changes import LEFT
from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.proof import unproven

GETS_MARKETING = frozenset({"subscribed", "pending"})


class Departures:
    """Unsubscribing and archiving. Both look first, and repeating them changes nothing more."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members

    def unsubscribe(self, addressee: Addressee) -> Done:
        """Write that the person unsubscribed, unless they get no marketing anyway. Raises a DispatchError."""
        if self._members.status(addressee) in GETS_MARKETING:
            answer = self._client.sdk.lists.update_list_member(
                self._audience.id, member_id(addressee), {"status": "unsubscribed"}
            )
            if proven(answer).get("status") != "unsubscribed":
                raise unproven(answer, "not unsubscribed")
            return Done(has_left=True)
        return Done(has_left=True, became={LEFT: []}, is_read=True)

    def archive(self, addressee: Addressee) -> Done:
        """Archive the person, unless they are or are not there at all. Raises a DispatchError."""
        if self._members.status(addressee) not in {None, "archived"}:
            answer = self._client.sdk.lists.delete_list_member(self._audience.id, member_id(addressee))
            check_status(answer, 204)
            return Done()
        return Done(became={LEFT: []}, is_read=True)
