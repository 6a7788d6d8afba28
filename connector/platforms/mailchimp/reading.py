"""What Mailchimp shows of what it has answered to be done; it has no read for many members."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from connector.errors import Unseen
from connector.platforms.alike import is_alike
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.arguments import Archive, Tag, Unsubscribe, UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.departures import GETS_MARKETING
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.tags import Tags
from connector.platforms.proof import is_absent, preparing
from connector.platforms.sampling import sampled

Asked: TypeAlias = tuple[Call, Any]
"""A call, and its arguments."""

Lack: TypeAlias = Callable[[Addressee, Any], str]
"""What a read does not show of a wish; empty where it shows all of it. Raises a DispatchError."""

GONE: Final = frozenset({None, "archived"})


class Reading:
    """Reads members back."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members, tags: Tags) -> None:
        self._client, self._audience, self._members = client, audience, members
        self._lacks: dict[type, Lack] = {
            Tag: tags.lack,
            UpdateMember: self._lacks_value,
            Unsubscribe: self._gets_marketing,
            Archive: self._is_there,
        }

    def of(self, asked: Sequence[Asked], done: Sequence[Done]) -> list[Outcome]:
        """One outcome each, in order."""
        return sampled(asked, done, self._shown)

    def _shown(self, asked: Asked, was: Done) -> Done:
        call, wanted = asked
        with preparing():
            lack = self._lacks[type(wanted)](call.addressee, wanted)
        if lack:
            raise Unseen(f"Mailchimp shows something else: {lack}")
        return replace(was, has_left=was.has_left or isinstance(wanted, Unsubscribe))

    def _lacks_value(self, addressee: Addressee, wanted: UpdateMember) -> str:
        found = self._member(addressee)
        if found is None:
            return "they are not in the audience"
        held = found.get("merge_fields")
        shown: Mapping[str, Any] = held if isinstance(held, dict) else {}
        body = self._members.written(wanted)
        others = [
            f"{tag} is {shown.get(tag) or 'empty'} instead of {value}"
            for tag, value in body["merge_fields"].items()
            if not is_alike(value, shown.get(tag))
        ]
        if wanted.language and not is_alike(wanted.language, found.get("language")):
            others.append(f"the language is {found.get('language') or 'empty'} instead of {wanted.language}")
        return "; ".join(others)

    def _gets_marketing(self, addressee: Addressee, wanted: Unsubscribe) -> str:
        status = self._members.status(addressee)
        return f"they are {status}" if status in GETS_MARKETING else ""

    def _is_there(self, addressee: Addressee, wanted: Archive) -> str:
        status = self._members.status(addressee)
        return "" if status in GONE else f"they are {status}"

    def _member(self, addressee: Addressee) -> Mapping[str, Any] | None:
        answer = self._client.sdk.lists.get_list_member(
            self._audience.id, member_id(addressee), fields=["id", "merge_fields", "language"]
        )
        return None if is_absent(answer) else proven(answer)
