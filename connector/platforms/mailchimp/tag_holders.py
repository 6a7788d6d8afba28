"""Who has a tag: its holders, read a thousand to a call, as far as that is fewer calls than asking each.

A page proves of whom it names that they have the tag. That somebody does not have it only all pages prove.
Mailchimp leaves out who is archived, so of them they prove nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import unproven

AT_ONCE: Final = 1000
SINGLY: Final = 2
"""Calls for one person: their tags are set, and read."""


@dataclass(frozen=True, slots=True)
class Holders:
    """The ids of those who were found to have the tag; `is_all`: nobody else has it who is not archived."""

    ids: frozenset[str] = frozenset()
    is_all: bool = False


class TagHolders:
    """Reading who has a tag."""

    def __init__(self, client: MailchimpClient, audience: Audience) -> None:
        self._client, self._audience = client, audience

    def read(self, number: int, having: Collection[str], lacking: Collection[str]) -> Holders:
        """To show that some have the tag and others lack it, by their ids.

        It ends early where nothing is open any more, where the pages to come are no fewer calls than the
        people who are open, and where there is no time. Raises a DispatchError.
        """
        found, total, page = frozenset[str](), 1, 0
        pace = self._client.pace()
        while page * AT_ONCE < total:
            left = -(-total // AT_ONCE) - page
            if left >= SINGLY * (len(set(having) - found) + len(lacking)) or not pace.has_time():
                return Holders(found)
            with pace.one():
                named, total = self._page(number, page * AT_ONCE)
            found, page = found | named, page + 1
        return Holders(found, is_all=len(found) == total)

    def _page(self, number: int, offset: int) -> tuple[frozenset[str], int]:
        answer = self._client.sdk.lists.get_segment_members_list(
            self._audience.id,
            number,
            fields=["members.id", "total_items"],
            count=AT_ONCE,
            offset=offset,
            include_cleaned=True,
            include_transactional=True,
            include_unsubscribed=True,
        )
        match proven(answer):
            case {"members": list(found), "total_items": int(total)}:
                return frozenset(str(one.get("id")) for one in found if isinstance(one, dict)), total
            case _:
                raise unproven(answer, "no members of the tag")
