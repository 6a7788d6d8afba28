"""Whether a batch leaves the status alone of somebody for whom it says none.

Mailchimp documents that of PUT only, and a wrong guess would subscribe people who never asked for it. So the
account itself is asked, once: one person who is only transactional, and about whom something is written
anyway, is written once more by a batch of one. Until that has left their status as it was, whoever
is in the audience already is written singly.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import member_id
from connector.platforms.proof import unproven

TELLING: Final = "transactional"
"""The status that a batch would change if it took a missing one for `subscribed`.

Of who is unsubscribed or cleaned it would leave the status in any case (a membership plugin, thread 151), and
who is pending would be asked once more when that is put back.
"""


class Shown:
    """What an audience has shown, nothing at first; for all threads that write to it. One of them tries."""

    def __init__(self) -> None:
        self.is_kept: bool | None = None
        self.trying = Lock()


class Trial:
    """Tries it through one client."""

    def __init__(self, client: MailchimpClient, audience: Audience, shown: Shown | None = None) -> None:
        self._client, self._audience = client, audience
        self.shown = shown or Shown()

    @property
    def is_passed(self) -> bool:
        """Whether it is certain that a status stays."""
        return self.shown.is_kept is True

    def on(self, addressee: Addressee, body: Mapping[str, Any], status: str) -> None:
        """Try it on somebody who has this status and of whom this was written, where that tells anything.

        Raises `Rejected` where their status was changed by it and could not be put back.
        """
        if status != TELLING or not self.shown.trying.acquire(blocking=False):
            return
        try:
            if self.shown.is_kept is None:
                self._try(addressee, body, status)
        finally:
            self.shown.trying.release()

    def _try(self, addressee: Addressee, body: Mapping[str, Any], status: str) -> None:
        try:
            became = self._tried(addressee, body)
        except Rejected:
            self.shown.is_kept = False
        except DispatchError:
            return  # another time
        else:
            self.shown.is_kept = became == status
            if became not in {status, None}:
                self._put_back(addressee, status)

    def _tried(self, addressee: Addressee, body: Mapping[str, Any]) -> object:
        """The status that they have after it, None where it was refused."""
        whole = {"members": [{"email_address": addressee.email, **body}], "update_existing": True}
        answer = self._client.sdk.lists.batch_list_members(
            self._audience.id, whole, skip_merge_validation=True
        )
        match proven(answer):
            case {"updated_members": [{"id": str(id_), "status": str(status)}]} if id_ == member_id(
                addressee
            ):
                return status
            case {"errors": [_]}:
                return None
            case _:
                raise unproven(answer, "nobody")

    def _put_back(self, addressee: Addressee, status: str) -> None:
        answer = self._client.sdk.lists.update_list_member(
            self._audience.id, member_id(addressee), {"status": status}
        )
        try:
            found = proven(answer).get("status")
        except DispatchError as error:
            found = error.words
        if found != status:
            raise Rejected(f"a batch changed the status of {addressee.email}, who was {status}: {found}")
