"""Who of an audience was changed lately, the last of them first: up to a thousand to a call.

What was written to many just now is found so in few calls, mostly in one that shows some times as many. By
mailchimp.com/developer, Marketing API, List members info: only who was changed behind `since_last_changed`,
which is a moment of Mailchimp's own clock; of the tags at most fifty, whose true number is `tags_count`; who
is archived is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import unproven

AT_ONCE: Final = 1000
AT_FIRST: Final = 100
OF_EACH: Final = 4
"""So many are read first for each who is sought, at least `AT_FIRST`: other calls change others meanwhile."""
WORTH: Final = 3
"""So many members that would be read singly make a page worth its call."""
LATELY: Final = timedelta(minutes=15)
FIELDS: Final = ("id", "merge_fields", "language", "tags", "tags_count")


class Lately:
    """Reading those whom something was changed of."""

    def __init__(self, client: MailchimpClient, audience: Audience) -> None:
        self._client, self._audience = client, audience

    def among(self, ids: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Who of these was changed lately, as the audience shows them, by their ids.

        It ends where a page spares no calls any more: where one of a thousand had hardly any of them, or
        hardly any are left. Raises a DispatchError.
        """
        found: dict[str, Mapping[str, Any]] = {}
        left, since = set(ids), self._since()
        pace, start, count, more = self._client.pace(), 0, _at_first(len(left)), True
        while more and len(left) >= WORTH and pace.has_time():
            with pace.one():
                members = self._page(since, start, count)
            new = {id_: members[id_] for id_ in left & members.keys()}
            found, left = found | new, left - new.keys()
            more = len(members) == count and (count < AT_ONCE or len(new) >= WORTH)
            start, count = start + count, AT_ONCE
        return found

    def _since(self) -> dict[str, str]:
        at = self._client.last_there
        return {"since_last_changed": (at - LATELY).isoformat(timespec="seconds")} if at else {}

    def _page(self, since: Mapping[str, str], start: int, count: int) -> dict[str, Mapping[str, Any]]:
        with self._client.for_many():
            answer = self._client.sdk.lists.get_list_members_info(
                self._audience.id,
                fields=[f"members.{name}" for name in FIELDS],
                count=count,
                offset=start,
                sort_field="last_changed",
                sort_dir="DESC",
                **since,
            )
        match proven(answer):
            case {"members": list(found)}:
                return {str(one.get("id")): one for one in found if isinstance(one, dict)}
            case _:
                raise unproven(answer, "no members")


def _at_first(sought: int) -> int:
    return min(AT_ONCE, max(AT_FIRST, OF_EACH * sought))
