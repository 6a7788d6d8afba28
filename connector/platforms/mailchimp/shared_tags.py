"""Tags that several people get or lose at once: a call for each tag, whose answer names whom it changed.

That is the proof. Who is not named may have had the tag already, or may have had none to lose, so its
holders are read; who is not known to be in the audience is put into it before, all of them in one call. All
others are left to be done singly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

from connector.errors import DispatchError, Rejected, Unknown
from connector.model.light import light
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp.answers import proven, stop_of
from connector.platforms.mailchimp.arguments import Tag
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.changes import as_it_went
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.known import Known
from connector.platforms.mailchimp.members import SUBSCRIBED, Members, member_id
from connector.platforms.mailchimp.tag_holders import TagHolders
from connector.platforms.mailchimp.tag_numbers import TagNumbers
from connector.platforms.mailchimp.tags import Tags, key_of
from connector.platforms.mailchimp.updates import Updates
from connector.platforms.proof import is_absent

WORTH: Final = 3
"""So many people make a call for all of them worth it."""


@light
class Wish:
    """What somebody is to gain and to lose, by the keys of the tags; `id` is theirs in the audience."""

    id: str
    call: Call
    arguments: Tag
    gains: frozenset[str]
    loses: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """All that is asked."""
        return self.gains | self.loses

    @property
    def email(self) -> str:
        """Their address."""
        return str(self.call.addressee.email)


Wishes: TypeAlias = Mapping[int, Wish]


class SharedTags:
    """Setting tags by their numbers; every write is repeatable."""

    def __init__(
        self,
        client: MailchimpClient,
        audience: Audience,
        work: tuple[Members, Tags, Updates],
        known: Known,
    ) -> None:
        self._client, self._audience = client, audience
        self._members, self._tags, self._updates = work
        self._holders = TagHolders(client, audience)
        self._numbers = TagNumbers(client, audience, known.tags)
        self._there = known.members
        self._joined: dict[str, bool] = {}
        self._settled: set[str] = set()
        self._asked: set[str] = set()

    def tag_many(self, asked: Mapping[int, tuple[Call, Tag]]) -> dict[int, Outcome]:
        """What came of those who share tags; who is left out is to be done singly.

        So is each further wish of one member, afterwards: one call would both give and take.
        """
        self._joined, self._settled, self._asked = {}, set(), set()
        self._numbers.ask_anew()
        wishes = _first_of_each(asked)
        sizes = Counter(name for wish in wishes.values() for name in wish.names)
        common = {name for name, size in sizes.items() if size >= WORTH}
        people = {place: wish for place, wish in wishes.items() if common.issuperset(wish.names)}
        given = {name for wish in people.values() for name in wish.gains}
        reached: dict[str, frozenset[str] | DispatchError] = {}
        for name in sorted(common, key=lambda one: (one not in given, one)):
            reached[name] = stop_of(dict(enumerate(reached.values()))) or self._reached(name, people)
        outcomes = {place: self._outcome(wish, reached) for place, wish in people.items()}
        return {place: one for place, one in outcomes.items() if one is not None}

    def tag(self, call: Call, wanted: Tag) -> Done:
        """Do a wish singly; who was put into the audience for it with all others has joined by it.

        Raises a DispatchError.
        """
        done = self._tags.tag(call.addressee, wanted)
        self._members.has_joined |= self._joined.pop(member_id(call.addressee), False)
        return done

    def forget(self) -> None:
        """Nobody of a batch is left."""
        self._joined = {}

    def _outcome(self, wish: Wish, reached: Mapping[str, frozenset[str] | DispatchError]) -> Outcome | None:
        """Done where every tag is as it should be; None where that is open, to be done singly."""
        found = [came for name, came in reached.items() if name in wish.names]
        failed = next((one for one in found if isinstance(one, DispatchError)), None)
        has_all = all(wish.id in one for one in found if isinstance(one, frozenset))
        if wish.id in self._settled or (has_all and not failed):
            return as_it_went(Done(), has_joined=self._joined.pop(wish.id, False))
        return failed

    def _reached(self, name: str, people: Wishes) -> frozenset[str] | DispatchError:
        """The ids of those who got or lost the tag as they should; what went wrong where that is open."""
        try:
            return self._moved(name, people)
        except Rejected:
            return frozenset()
        except DispatchError as error:
            return error

    def _moved(self, name: str, people: Wishes) -> frozenset[str]:
        gaining = self._open(wish for wish in people.values() if name in wish.gains)
        losing = self._open(wish for wish in people.values() if name in wish.loses)
        number = self._numbers.of(name)
        if number is None and not gaining:
            return _ids(losing) if self._numbers.has_no(name) else frozenset()
        if number is None:
            self._settle(gaining.pop(0))
            number = self._numbers.of(name)
        if number is None:
            return frozenset()
        self._bring(gaining)
        found = self._change(name, number, _emails(gaining), _emails(losing))
        refused = _refused(found)
        gained = _told(found, "members_added") & _ids(gaining)
        gained |= self._gained_as_new(name, number, [one for one in gaining if one.email.lower() in refused])
        reached = _ids(one for one in losing if one.email.lower() not in refused)
        lost = (_told(found, "members_removed") & _ids(losing)) | self._new_of(reached)
        holders = self._holders.read(number, _ids(gaining) - gained, reached - lost)
        lacking = reached - holders.ids if holders.is_all else frozenset[str]()
        return gained | (holders.ids & _ids(gaining)) | lost | lacking

    def _new_of(self, reached: frozenset[str]) -> frozenset[str]:
        """Who of these was put into the audience just now, so that they have lost the tag.

        Most of them have never had a tag. Those who were archived before still had theirs.
        """
        return reached & self._joined.keys()

    def _bring(self, wishes: Sequence[Wish]) -> None:
        """Put those into the audience of whom nobody knows that they are in it, before the call that counts.

        Where this call is refused as a whole, the next one tells who is not in it.
        """
        new = [one for one in wishes if one.id not in self._there]
        if len(new) >= WORTH:
            with suppress(Rejected):
                self._put_in(new)

    def _gained_as_new(self, name: str, number: int, wishes: Sequence[Wish]) -> frozenset[str]:
        """Who of these was not in the audience, though believed to be, and has the tag now that they are."""
        gone = [one for one in wishes if one.id not in self._asked]
        if len(gone) < WORTH:
            return frozenset()
        made = self._put_in(gone)
        emails = _emails(one for one in gone if one.id in made)
        return _told(self._change(name, number, emails, []), "members_added") & made

    def _put_in(self, wishes: Sequence[Wish]) -> frozenset[str]:
        """The ids of those who were put into the audience; who is in it already stays as they are."""
        made = self._updates.add_many([one.call.addressee for one in wishes])
        self._asked |= _ids(wishes)
        self._joined |= {id_: status == SUBSCRIBED for id_, status in made.items()}
        return frozenset(made)

    def _change(self, name: str, number: int, gaining: list[str], losing: list[str]) -> dict[str, Any]:
        body = {"members_to_add": gaining, "members_to_remove": losing}
        with self._client.for_many():
            answer = self._client.sdk.lists.batch_segment_members(body, self._audience.id, number)
        if is_absent(answer):
            self._numbers.forget(name)
        return proven(answer)

    def _open(self, wishes: Iterable[Wish]) -> list[Wish]:
        return [wish for wish in wishes if wish.id not in self._settled]

    def _settle(self, wish: Wish) -> None:
        """Do somebody's wish singly, by which the audience comes to know the tag."""
        self._members.has_joined = False
        self.tag(wish.call, wish.arguments)
        self._numbers.ask_anew()
        self._settled.add(wish.id)
        self._joined[wish.id] = self._members.has_joined


def _first_of_each(asked: Mapping[int, tuple[Call, Tag]]) -> Wishes:
    first: dict[str, tuple[int, Wish]] = {}
    for place, (call, wanted) in asked.items():
        if (id_ := member_id(call.addressee)) not in first:
            gains, loses = frozenset(map(key_of, wanted.add)), frozenset(map(key_of, wanted.remove))
            first[id_] = place, Wish(id_, call, wanted, gains, loses)
    return dict(first.values())


def _told(found: Mapping[str, Any], place: str) -> frozenset[str]:
    """The ids of those whom the answer names there. Raises `Unknown`."""
    named = found.get(place)
    if not isinstance(named, list):
        raise Unknown(f"no {place} in the answer about many", status=200)
    return frozenset(str(one.get("id")) for one in named if isinstance(one, dict))


def _refused(found: Mapping[str, Any]) -> frozenset[str]:
    """The addresses that the answer says it could not change anything for, in lower case."""
    errors = found.get("errors")
    named = [one.get("email_addresses") for one in errors or () if isinstance(one, dict)]
    return frozenset(str(email).lower() for one in named if isinstance(one, list) for email in one)


def _ids(wishes: Iterable[Wish]) -> frozenset[str]:
    return frozenset(one.id for one in wishes)


def _emails(wishes: Iterable[Wish]) -> list[str]:
    return [one.email for one in wishes]
