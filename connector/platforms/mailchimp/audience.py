"""What Mailchimp's account says of an audience: how one gets in, and of what kind its merge fields are."""

from __future__ import annotations

import time
from collections.abc import Mapping

from connector.platforms.base import Addressee
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import preparing, unproven

KEPT_FOR = 3600.0
"""Seconds after which the settings are read again: somebody may have changed them in Mailchimp."""
FIELDS_AT_ONCE = 200


class Audience:
    """One audience by its id. Settings are read when first needed and again after an hour."""

    def __init__(self, client: MailchimpClient, id_: str) -> None:
        self._client, self.id = client, id_
        self._is_double_optin: tuple[float, bool] | None = None
        self._kinds: tuple[float, Mapping[str, str]] | None = None

    def status_of_new(self, addressee: Addressee) -> str:
        """The status that a new member gets: nobody is subscribed without consent. Raises a DispatchError."""
        if not addressee.has_consent:
            return "transactional"
        return "pending" if self._asks_twice() else "subscribed"

    def require(self) -> None:
        """Raises a DispatchError where the account has no such audience, or does not say."""
        self._asks_twice()

    def kinds(self) -> Mapping[str, str]:
        """The kind of each merge field by its tag. Raises a DispatchError."""
        if self._kinds is None or _is_old(self._kinds[0]):
            self._kinds = (time.monotonic(), self._read_kinds())
        return self._kinds[1]

    def _asks_twice(self) -> bool:
        if self._is_double_optin is None or _is_old(self._is_double_optin[0]):
            self._is_double_optin = (time.monotonic(), self._read_double_optin())
        return self._is_double_optin[1]

    def _read_double_optin(self) -> bool:
        with preparing():
            answer = self._client.sdk.lists.get_list(self.id, fields=["id", "double_optin"])
            found = proven(answer).get("double_optin")
            if not isinstance(found, bool):
                raise unproven(answer, "no double_optin")
            return found

    def _read_kinds(self) -> dict[str, str]:
        with preparing():
            answer = self._client.sdk.lists.get_list_merge_fields(
                self.id, count=FIELDS_AT_ONCE, fields=["merge_fields.tag", "merge_fields.type"]
            )
            found = proven(answer).get("merge_fields")
            if not isinstance(found, list):
                raise unproven(answer, "no merge fields")
            return {str(one.get("tag")): str(one.get("type")) for one in found if isinstance(one, dict)}


def _is_old(read_at: float) -> bool:
    return time.monotonic() - read_at > KEPT_FOR
