"""Tags of Mailchimp's members: set by name for one, by number for many, and never believed unread.

The tags endpoint answers 204 also where it did nothing (its example repository, thread 52), so what it set is
read back. In bulk the answer names each person who got or lost the tag, which is the proof. Who is not named
may have had the tag already: its holders are read. All others are done singly.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.mailchimp.answers import check_status, proven, stop_of
from connector.platforms.mailchimp.arguments import Tag
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.changes import as_it_went
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.proof import is_absent, unproven
from connector.platforms.transport import Answer

TAGS_AT_ONCE: Final = 1000
HOLDERS_AT_ONCE: Final = 1000
KEPT_FOR: Final = 3600.0
"""Seconds for which a tag is believed to have the number that it had."""
WORTH: Final = 3
"""So many people make a call for all of them worth it."""

Wish = tuple[Call, Tag]
Wishes = Mapping[int, Wish]


class Tags:
    """Setting tags; every write is repeatable."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members
        self._numbers: dict[str, tuple[float, int]] = {}
        self._made: dict[str, bool] = {}

    def tag(self, addressee: Addressee, wanted: Tag) -> Done:
        """Add and remove tags, also of who is not a member yet. Raises a DispatchError."""
        answer = self._tagged(addressee, wanted)
        if is_absent(answer) and self._members.add_absent(addressee):
            answer = self._tagged(addressee, wanted)
        check_status(answer, 204)
        self._prove(addressee, wanted)
        return Done()

    def tag_many(self, wishes: Wishes) -> dict[int, Outcome]:
        """What came of those who share tags, by a call for each tag; who is left out is to be done singly."""
        self._made = {}
        sizes = Counter(name for _, wanted in wishes.values() for name in _names(wanted))
        common = {name for name, size in sizes.items() if size >= WORTH}
        people = {place: wish for place, wish in wishes.items() if common.issuperset(_names(wish[1]))}
        reached: dict[str, frozenset[str] | DispatchError] = {}
        for name in sorted(common):
            reached[name] = stop_of(dict(enumerate(reached.values()))) or self._reached(name, people)
        outcomes: dict[int, Outcome] = {}
        for place, (call, wanted) in people.items():
            found = [reached[name] for name in _names(wanted)]
            id_ = member_id(call.addressee)
            if id_ in self._made:
                outcomes[place] = as_it_went(Done(), has_joined=self._made[id_])
            elif failed := next((one for one in found if isinstance(one, DispatchError)), None):
                outcomes[place] = failed
            elif all(id_ in one for one in found if isinstance(one, frozenset)):
                outcomes[place] = as_it_went(Done(), has_joined=False)
        return outcomes

    def _reached(self, name: str, people: Wishes) -> frozenset[str] | DispatchError:
        """The ids of those who got or lost the tag as they should; what went wrong where that is open."""
        try:
            return self._moved(name, people)
        except Rejected:
            return frozenset()
        except DispatchError as error:
            return error

    def _moved(self, name: str, people: Wishes) -> frozenset[str]:
        gaining = self._open(wish for wish in people.values() if name in map(_key, wish[1].add))
        losing = self._open(wish for wish in people.values() if name in map(_key, wish[1].remove))
        number = self._number(name)
        if number is None and gaining:
            self._make(*gaining.pop(0))
            number = self._number(name)
        if number is None:
            return _ids(losing)
        body = {"members_to_add": _emails(gaining), "members_to_remove": _emails(losing)}
        with self._client.for_many():
            answer = self._client.sdk.lists.batch_segment_members(body, self._audience.id, number)
        if is_absent(answer):
            self._numbers.pop(name, None)
        gained = _told(answer, "members_added") & _ids(gaining)
        held = self._held(number, _ids(gaining) - gained)
        return gained | held | (_told(answer, "members_removed") & _ids(losing))

    def _open(self, wishes: Iterable[Wish]) -> list[Wish]:
        """Those who are not settled yet."""
        return [wish for wish in wishes if member_id(wish[0].addressee) not in self._made]

    def _make(self, call: Call, wanted: Tag) -> None:
        """Settle somebody, by whom the audience comes to know the tag."""
        self._members.has_joined = False
        self.tag(call.addressee, wanted)
        self._made[member_id(call.addressee)] = self._members.has_joined

    def _held(self, number: int, ids: frozenset[str]) -> frozenset[str]:
        """Who of these has the tag already, as far as reading its holders is cheaper than asking each."""
        found: set[str] = set()
        total = 1
        for page in range(len(ids) // WORTH):
            if page * HOLDERS_AT_ONCE >= total or ids <= found:
                break
            answer = self._client.sdk.lists.get_segment_members_list(
                self._audience.id,
                number,
                fields=["members.id", "total_items"],
                count=HOLDERS_AT_ONCE,
                offset=page * HOLDERS_AT_ONCE,
                include_transactional=True,
                include_unsubscribed=True,
            )
            found |= _told(answer, "members")
            total = int(proven(answer).get("total_items") or 0)
        return ids & found

    def _number(self, name: str) -> int | None:
        """The number by which the audience knows a tag; None where it has none of this name yet."""
        kept = self._numbers.get(name)
        if kept is not None and time.monotonic() - kept[0] < KEPT_FOR:
            return kept[1]
        answer = self._client.sdk.lists.tag_search(self._audience.id, name=name)
        match proven(answer):
            case {"tags": list(found)}:
                number = next(_numbers_of(found, name), None)
            case _:
                raise unproven(answer, "no tags")
        if number is not None:
            self._numbers[name] = (time.monotonic(), number)
        return number

    def _tagged(self, addressee: Addressee, wanted: Tag) -> Answer:
        tags = [{"name": name, "status": "active"} for name in wanted.add]
        tags += [{"name": name, "status": "inactive"} for name in wanted.remove]
        answer: Answer = self._client.sdk.lists.update_list_member_tags(
            self._audience.id, member_id(addressee), {"tags": tags}
        )
        return answer

    def _prove(self, addressee: Addressee, wanted: Tag) -> None:
        answer = self._client.sdk.lists.get_list_member_tags(
            self._audience.id, member_id(addressee), count=TAGS_AT_ONCE, fields=["tags.name"]
        )
        match proven(answer):
            case {"tags": list(found)}:
                held = {_key(str(one.get("name"))) for one in found if isinstance(one, dict)}
            case _:
                raise unproven(answer, "no tags")
        if lacking := [name for name in wanted.add if _key(name) not in held]:
            raise unproven(answer, f"the contact did not get {', '.join(lacking)}")
        if left := [name for name in wanted.remove if _key(name) in held]:
            raise unproven(answer, f"the contact did not lose {', '.join(left)}")


def _key(name: str) -> str:
    """The same for two ways to write one tag: Mailchimp tells none apart by capitals."""
    return name.strip().casefold()


def _names(wanted: Tag) -> list[str]:
    return [_key(name) for name in (*wanted.add, *wanted.remove)]


def _numbers_of(found: Sequence[Any], name: str) -> Iterator[int]:
    for one in found:
        if isinstance(one, dict) and _key(str(one.get("name"))) == name and isinstance(one.get("id"), int):
            yield one["id"]


def _told(answer: Answer, place: str) -> frozenset[str]:
    """The ids of those whom the answer names there. Raises a DispatchError."""
    named = proven(answer).get(place)
    if not isinstance(named, list):
        raise unproven(answer, f"no {place}")
    return frozenset(str(one.get("id")) for one in named if isinstance(one, dict))


def _ids(wishes: Sequence[Wish]) -> frozenset[str]:
    return frozenset(member_id(call.addressee) for call, _ in wishes)


def _emails(wishes: Sequence[Wish]) -> list[str | None]:
    return [call.addressee.email for call, _ in wishes]
