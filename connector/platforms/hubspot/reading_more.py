"""What HubSpot shows of records, lists, enrolments and subscriptions that it has answered to be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from connector.errors import DispatchError, Rejected, Unseen
from connector.platforms.base import Done, Outcome
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.enrolments import Sequences
from connector.platforms.hubspot.kinds import CONTACTS, Kind
from connector.platforms.hubspot.lists import Lists
from connector.platforms.hubspot.reading import Answered
from connector.platforms.hubspot.records import Records
from connector.platforms.hubspot.subscriptions import Subscriptions
from connector.platforms.proof import preparing
from connector.platforms.sampling import sampled

_List: TypeAlias = tuple[str, str | None]
"""A list by its name, and its number; None where there is none of this name."""
_Lists: TypeAlias = Callable[[Answered], tuple[Sequence[_List], Sequence[_List]]]
"""On which somebody should be, and on which not."""


class ReadingMore:
    """Every method gives one outcome for each, in order."""

    def __init__(
        self, client: HubSpotClient, records: Records, lists: Lists, others: tuple[Sequences, Subscriptions]
    ) -> None:
        self._client, self._records, self._lists = client, records, lists
        self._sequences, self._subscriptions = others

    def made(self, kind: Kind, answered: Sequence[Answered]) -> list[Outcome]:
        """The records that were made, by their numbers."""
        ids = sorted({one.done.reference for one in answered if one.done.reference})
        try:
            with preparing():
                found = self._records.of.known(kind, ids)
        except DispatchError as error:
            return [error for _ in answered]
        return [
            one.done
            if one.done.reference in found
            else Unseen(f"HubSpot shows no {one.done.reference} of its {kind.name}")
            for one in answered
        ]

    def on_list(self, answered: Sequence[Answered]) -> list[Outcome]:
        """Who should be on a list."""
        return self._placed(answered, lambda one: ([self._list(one)], []))

    def off_list(self, answered: Sequence[Answered]) -> list[Outcome]:
        """Who should not be."""
        return self._placed(answered, lambda one: ([], [self._list(one)]))

    def tags(self, answered: Sequence[Answered]) -> list[Outcome]:
        """The tags that are lists of their names. Nobody has one of which there is no list."""
        return self._placed(
            answered, lambda one: (self._tags(one.wish.arguments.add), self._tags(one.wish.arguments.remove))
        )

    def enrolments(self, answered: Sequence[Answered]) -> list[Outcome]:
        """Who should be in a sequence, or have a task for it."""
        return sampled(answered, [one.done for one in answered], self._enrolled)

    def subscriptions(self, answered: Sequence[Answered]) -> list[Outcome]:
        """Who should get an e-mail no more."""
        return sampled(answered, [one.done for one in answered], self._off)

    def _placed(self, answered: Sequence[Answered], of: _Lists) -> list[Outcome]:
        return sampled(answered, [one.done for one in answered], partial(self._is_placed, of))

    def _is_placed(self, of: _Lists, one: Answered, was: Done) -> Done:
        contact_id = one.addressee.platform_id
        if contact_id is None:
            return was  # whom HubSpot does not know is on no list
        on, off = of(one)
        with preparing():
            answer = self._client.sdk.crm.lists.memberships_api.get_lists(
                CONTACTS, contact_id, _preload_content=False
            )
            held = {text(one.get("listId")) for one in dicts(proven(answer, 200).get("results"))}
        if lacking := [name for name, number in on if number not in held]:
            raise Unseen(f"HubSpot does not show the contact on {', '.join(lacking)}")
        if left := [name for name, number in off if number in held]:
            raise Unseen(f"HubSpot still shows the contact on {', '.join(left)}")
        return was

    def _list(self, one: Answered) -> _List:
        name = one.wish.arguments.list
        return (name, name) if name.isdecimal() else (name, self._number(name))

    def _tags(self, names: Sequence[str]) -> list[_List]:
        return [(name, self._number(name)) for name in names]

    def _number(self, name: str) -> str | None:
        try:
            return self._lists.named_if_there(name)
        except Rejected as error:
            raise Unseen(error.words) from error

    def _enrolled(self, one: Answered, was: Done) -> Done:
        call = replace(one.wish.call, known=frozenset())
        found = self._sequences.look_up(call, one.wish.arguments)
        if found is None:
            raise Unseen(f"HubSpot does not show the contact in sequence {one.wish.arguments.sequence}")
        return was

    def _off(self, one: Answered, was: Done) -> Done:
        email, subscription = one.addressee.email or "", one.wish.arguments.subscription
        with preparing():
            is_off = self._subscriptions.is_off(email, subscription)
        if not is_off:
            raise Unseen("HubSpot still shows the address as getting its e-mail")
        return replace(was, has_left=subscription is None)
