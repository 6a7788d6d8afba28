"""Members of a Mailchimp audience: written by PUT, which adds who is new and never changes a status."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from connector.errors import Rejected
from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.arguments import Tag, UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.values import as_field, may_be_a_day
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

SUBSCRIBED = "subscribed"


class Members:
    """Writing members and their tags; every write is repeatable."""

    def __init__(self, client: MailchimpClient, audience: Audience) -> None:
        self._client, self._audience = client, audience
        self.has_joined = False
        """Whether somebody is subscribed whom we have written since this was last set to no."""

    def update(self, addressee: Addressee, wanted: UpdateMember) -> Done:
        """Set merge fields and language. Raises a DispatchError."""
        fields = self._fields(wanted)
        more = {"merge_fields": fields} | ({"language": wanted.language} if wanted.language else {})
        held = self._put(addressee, more).get("merge_fields")
        known = {str(tag).upper() for tag in held} if isinstance(held, dict) else set()
        if unknown := sorted(tag for tag in fields if tag not in known):
            raise Rejected(
                f"the audience has no merge field {', '.join(unknown)}; everything else was written",
                status=200,
            )
        return Done()

    def tag(self, addressee: Addressee, wanted: Tag) -> Done:
        """Add and remove tags, also of who is not a member yet. Raises a DispatchError."""
        answer = self._tagged(addressee, wanted)
        if is_absent(answer) and self.add_absent(addressee):
            answer = self._tagged(addressee, wanted)
        check_status(answer, 204)
        return Done()

    def add_absent(self, addressee: Addressee) -> bool:
        """Put the person into the audience where they are not in it; whether that was done.

        For the time before the call that counts. Raises a DispatchError.
        """
        if self.status(addressee) not in {None, "archived"}:
            return False
        with preparing():
            self._put(addressee, {})
        return True

    def status(self, addressee: Addressee) -> str | None:
        """The person's status in the audience, None where they are not in it.

        For the time before the call that counts. Raises a DispatchError.
        """
        with preparing():
            answer = self._client.sdk.lists.get_list_member(
                self._audience.id, member_id(addressee), fields=["id", "status"]
            )
            if is_absent(answer):
                return None
            if isinstance(found := proven(answer).get("status"), str):
                return found
            raise unproven(answer, "no status")

    def _put(self, addressee: Addressee, more: dict[str, Any]) -> dict[str, Any]:
        id_ = member_id(addressee)
        body = {
            "email_address": addressee.email,
            "status_if_new": self._audience.status_of_new(addressee),
            **more,
        }
        answer = self._client.sdk.lists.set_list_member(
            self._audience.id, id_, body, skip_merge_validation=True
        )
        found = proven(answer)
        if found.get("id") != id_:
            raise unproven(answer, f"no member {id_}")
        self.has_joined = found.get("status") == SUBSCRIBED
        return found

    def _tagged(self, addressee: Addressee, wanted: Tag) -> Answer:
        tags = [{"name": name, "status": "active"} for name in wanted.add]
        tags += [{"name": name, "status": "inactive"} for name in wanted.remove]
        answer: Answer = self._client.sdk.lists.update_list_member_tags(
            self._audience.id, member_id(addressee), {"tags": tags}
        )
        return answer

    def _fields(self, wanted: UpdateMember) -> dict[str, Any]:
        values = {tag.upper(): value for tag, value in wanted.fields.items() if value is not None}
        kinds = self._audience.kinds() if any(map(may_be_a_day, values.values())) else {}
        return {tag: as_field(value, kinds.get(tag)) for tag, value in values.items()}


def member_id(addressee: Addressee) -> str:
    """The md5 of the address in lower case (audiences, contacts). Raises `Rejected` without an address."""
    if not addressee.email:
        raise Rejected("the contact has no e-mail address, and Mailchimp knows people by nothing else")
    return md5(addressee.email.lower().encode(), usedforsecurity=False).hexdigest()
