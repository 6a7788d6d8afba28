"""The reads of Mailchimp's API that an inspection is made of; None is what is not there."""

from __future__ import annotations

from typing import Any, Final

from connector.platforms.looking_over import Account
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

FIELDS_AT_ONCE: Final = 200


class Reads:
    """Each raises a DispatchError where Mailchimp cannot be asked. All are of one audience."""

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def account(self) -> Account:
        """Whose key it is."""
        with preparing():
            answer: Answer = self._client.sdk.root.get_root(fields=["account_id", "account_name", "login_id"])
            found = proven(answer)
            if not (found.get("login_id") or found.get("account_id")):
                raise unproven(answer, "no account")
            return Account(answer, str(found.get("account_name") or found.get("login_id")), found)

    def audience(self) -> dict[str, Any] | None:
        """The settings of the audience."""
        return _one(self._client.sdk.lists.get_list(self._audience, fields=["id", "name", "double_optin"]))

    def fields(self) -> dict[str, dict[str, Any]]:
        """The merge fields by their tags in capitals."""
        with preparing():
            answer = self._client.sdk.lists.get_list_merge_fields(self._audience, count=FIELDS_AT_ONCE)
            found = proven(answer).get("merge_fields")
            if not isinstance(found, list):
                raise unproven(answer, "no merge fields")
            return {str(one.get("tag")).upper(): one for one in found if isinstance(one, dict)}

    def has_tag(self, name: str) -> bool:
        """Whether anybody has, or had, the tag: Mailchimp makes one with its first member."""
        with preparing():
            answer = self._client.sdk.lists.tag_search(self._audience, name=name)
            found = proven(answer).get("tags")
            if not isinstance(found, list):
                raise unproven(answer, "no tags")
        named = [str(one.get("name")) for one in found if isinstance(one, dict)]
        return name.lower() in map(str.lower, named)

    def automation(self, id_: str) -> dict[str, Any] | None:
        """A classic automation."""
        return _one(self._client.sdk.automations.get(id_, fields=["id", "status", "recipients.list_id"]))

    def automation_email(self, automation: str, id_: str) -> dict[str, Any] | None:
        """An e-mail of a classic automation."""
        return _one(self._client.sdk.automations.get_workflow_email(automation, id_))

    def store(self, id_: str) -> dict[str, Any] | None:
        """A store."""
        return _one(self._client.sdk.ecommerce.get_store(id_, fields=["id", "list_id", "is_syncing"]))


def _one(answer: Answer) -> dict[str, Any] | None:
    if is_absent(answer):
        return None
    with preparing():
        found = proven(answer)
        if not found.get("id"):
            raise unproven(answer, "no id")
        return found
