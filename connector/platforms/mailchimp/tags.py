"""Tags of Mailchimp's members, one person at a time, and never believed unread.

The tags endpoint answers 204 also where it did nothing (its example repository, thread 52), so what it set is
read back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from connector.errors import Unknown
from connector.platforms.base import Addressee, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.arguments import Tag
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.proof import is_absent, unproven
from connector.platforms.transport import Answer

TAGS_AT_ONCE: Final = 1000


class Tags:
    """Setting tags by their names; every write is repeatable."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members

    def tag(self, addressee: Addressee, wanted: Tag) -> Done:
        """Add and remove tags, also of who is not a member yet: nobody becomes one to lose a tag.

        Raises a DispatchError.
        """
        answer = self._tagged(addressee, wanted)
        if is_absent(answer) and not wanted.add:
            self._audience.require()
            return Done(is_read=True)
        if is_absent(answer) and self._members.add_absent(addressee):
            answer = self._tagged(addressee, wanted)
        check_status(answer, 204)
        if lack := self.lack(addressee, wanted):
            raise Unknown(f"{lack}; {answer.words}", status=204)
        return Done(is_read=True)

    def _tagged(self, addressee: Addressee, wanted: Tag) -> Answer:
        tags = [{"name": name, "status": "active"} for name in wanted.add]
        tags += [{"name": name, "status": "inactive"} for name in wanted.remove]
        answer: Answer = self._client.sdk.lists.update_list_member_tags(
            self._audience.id, member_id(addressee), {"tags": tags}
        )
        return answer

    def lack(self, addressee: Addressee, wanted: Tag) -> str:
        """What of it the contact's tags do not show; empty where they do. Raises a DispatchError."""
        answer = self._client.sdk.lists.get_list_member_tags(
            self._audience.id, member_id(addressee), count=TAGS_AT_ONCE, fields=["tags.name"]
        )
        match proven(answer):
            case {"tags": list(found)}:
                return lack_among(found, wanted)
            case _:
                raise unproven(answer, "no tags")


def lack_among(tags: Sequence[Any], wanted: Tag) -> str:
    """What of the wish all tags of somebody do not show; empty where they do."""
    held = {key_of(str(one.get("name"))) for one in tags if isinstance(one, dict)}
    if lacking := [name for name in wanted.add if key_of(name) not in held]:
        return f"the contact did not get {', '.join(lacking)}"
    left = [name for name in wanted.remove if key_of(name) in held]
    return f"the contact did not lose {', '.join(left)}" if left else ""


def key_of(name: str) -> str:
    """The same for two ways to write one tag: Mailchimp tells none apart by capitals."""
    return name.strip().casefold()
