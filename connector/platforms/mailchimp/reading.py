"""What Mailchimp shows of what it has answered to be done: of many together as far as it can, else singly.

Who was changed is among those of the audience who were changed last, whom one call shows by the thousand.
That proves what it shows of them, and nothing of whom it does not name or shows otherwise: they are read
singly, as many as there is time for, and first those whom it shows otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from connector.errors import DispatchError, Transient, Unauthorized, Unseen
from connector.platforms.alike import is_alike
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.arguments import Archive, Tag, Unsubscribe, UpdateMember
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.departures import GETS_MARKETING
from connector.platforms.mailchimp.lately import WORTH, Lately
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.tags import Tags, lack_among
from connector.platforms.proof import is_absent, preparing
from connector.platforms.sampling import sampled

Asked: TypeAlias = tuple[Call, Any]
"""A call, and its arguments."""

Lack: TypeAlias = Callable[[Addressee, Any], str]
"""What a read does not show of a wish; empty where it shows all of it. Raises a DispatchError."""

GONE: Final = frozenset({None, "archived"})
FROM_SERVERS: Final = 500
SINGLY_FOR: Final = 3600.0
"""Seconds for which all are read singly after the members could not be listed, or not in time."""


class Reading:
    """Reads members back."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members, tags: Tags) -> None:
        self._client, self._audience, self._members = client, audience, members
        self._lately = Lately(client, audience)
        self._singly_until = 0.0
        self._lacks: dict[type, Lack] = {
            Tag: tags.lack,
            UpdateMember: self._lacks_value,
            Unsubscribe: self._gets_marketing,
            Archive: self._is_there,
        }

    def of(self, asked: Sequence[Asked], done: Sequence[Done]) -> list[Outcome]:
        """One outcome each, in order. Raises a DispatchError where Mailchimp wants no calls now."""
        listed = self._listed(asked)
        rest = [place for place in range(len(asked)) if not listed.get(place)]
        rest.sort(key=lambda place: place not in listed)
        seen = len(asked) - len(rest)
        alone = sampled(
            [asked[place] for place in rest], [done[place] for place in rest], self._shown, seen=seen
        )
        came: dict[int, Outcome] = dict(zip(rest, alone, strict=True))
        return [came.get(place, was) for place, was in enumerate(done)]

    def _listed(self, asked: Sequence[Asked]) -> dict[int, bool]:
        """Whom a list of members names, by their place: whether it shows them as they should be."""
        if len(asked) < WORTH or time.monotonic() < self._singly_until:
            return {}
        ids = [member_id(call.addressee) for call, _ in asked]
        try:
            found = self._lately.among(ids)
        except DispatchError as error:
            if not _is_of_lists(error):
                raise
            self._singly_until = time.monotonic() + SINGLY_FOR
            return {}
        return {
            place: self._is_shown(found[id_], wanted)
            for place, (id_, (_, wanted)) in enumerate(zip(ids, asked, strict=True))
            if id_ in found
        }

    def _is_shown(self, member: Mapping[str, Any], wanted: Any) -> bool:
        match wanted:
            case UpdateMember():
                return not self._other_than(member, wanted)
            case Tag():
                tags = member.get("tags")
                is_all = isinstance(tags, list) and len(tags) == member.get("tags_count")
                return (
                    isinstance(tags, list) and (is_all or not wanted.remove) and not lack_among(tags, wanted)
                )
            case _:
                return False

    def _shown(self, asked: Asked, was: Done) -> Done:
        call, wanted = asked
        with preparing():
            lack = self._lacks[type(wanted)](call.addressee, wanted)
        if lack:
            raise Unseen(f"Mailchimp shows something else: {lack}")
        return replace(was, has_left=was.has_left or isinstance(wanted, Unsubscribe))

    def _lacks_value(self, addressee: Addressee, wanted: UpdateMember) -> str:
        found = self._member(addressee)
        return "they are not in the audience" if found is None else self._other_than(found, wanted)

    def _other_than(self, member: Mapping[str, Any], wanted: UpdateMember) -> str:
        held = member.get("merge_fields")
        shown: Mapping[str, Any] = held if isinstance(held, dict) else {}
        body = self._members.written(wanted)
        others = [
            f"{tag} is {shown.get(tag) or 'empty'} instead of {value}"
            for tag, value in body["merge_fields"].items()
            if not is_alike(value, shown.get(tag))
        ]
        if wanted.language and not is_alike(wanted.language, member.get("language")):
            others.append(f"the language is {member.get('language') or 'empty'} instead of {wanted.language}")
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


def _is_of_lists(error: DispatchError) -> bool:
    """Whether it says nothing of single reads: lists are refused or break, or take too long."""
    waits = isinstance(error, Transient) and (error.status or 0) < FROM_SERVERS
    return not waits and not isinstance(error, Unauthorized)
