"""Members of a Mailchimp audience: written by PUT, which adds who is new and never changes a status."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import md5
from typing import Any

from connector.errors import Rejected
from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.arguments import UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.values import as_field, depends_on_kind
from connector.platforms.proof import is_absent, preparing, unproven

SUBSCRIBED = "subscribed"


class Members:
    """Writing members one by one; every write is repeatable."""

    def __init__(self, client: MailchimpClient, audience: Audience) -> None:
        self._client, self._audience = client, audience
        self.has_joined = False
        """Whether somebody is subscribed whom we have written since this was last set to no."""

    def update(self, addressee: Addressee, wanted: UpdateMember) -> Done:
        """Set merge fields and language. Raises a DispatchError."""
        return self.write(addressee, self.written(wanted))[0]

    def write(self, addressee: Addressee, body: Mapping[str, Any]) -> tuple[Done, str]:
        """Set what `written` gave; with the status that the person has. Raises a DispatchError."""
        found = self._put(addressee, body)
        return as_proven(found, body), str(found.get("status"))

    def written(self, wanted: UpdateMember, *, in_full: bool = False) -> dict[str, Any]:
        """What is said of a member, in Mailchimp's words. Raises `Rejected` for what it would not keep.

        `in_full`: every value is held against the kind of its field, so that it cannot spoil a batch.
        """
        values = {tag.upper(): value for tag, value in wanted.fields.items() if value is not None}
        reads = (in_full and values) or any(map(depends_on_kind, values.values()))
        kinds = self._audience.kinds() if reads else {}
        fields = {tag: _as_field(tag, value, kinds.get(tag)) for tag, value in values.items()}
        return {"merge_fields": fields} | ({"language": wanted.language} if wanted.language else {})

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

    def _put(self, addressee: Addressee, more: Mapping[str, Any]) -> dict[str, Any]:
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


def member_id(addressee: Addressee) -> str:
    """The md5 of the address in lower case (audiences, contacts). Raises `Rejected` without an address."""
    if not addressee.email:
        raise Rejected("the contact has no e-mail address, and Mailchimp knows people by nothing else")
    return md5(addressee.email.lower().encode(), usedforsecurity=False).hexdigest()


def as_proven(found: Mapping[str, Any], body: Mapping[str, Any]) -> Done:
    """The member was written. Raises `Rejected` for a field that it silently left out."""
    held = found.get("merge_fields")
    known = {str(tag).upper() for tag in held} if isinstance(held, dict) else set()
    if unknown := sorted(tag for tag in body["merge_fields"] if tag not in known):
        raise Rejected(
            f"the audience has no merge field {', '.join(unknown)}; everything else was written", status=200
        )
    return Done()


def _as_field(tag: str, value: Any, kind: str | None) -> str | dict[str, str]:
    try:
        return as_field(value, kind)
    except ValueError as error:
        raise Rejected(f"the merge field {tag} {error}", code="merge_fields") from error
