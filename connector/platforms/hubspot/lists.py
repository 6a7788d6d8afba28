"""HubSpot's static lists: contacts come on one and leave it many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connector.errors import DispatchError, Rejected, Unknown
from connector.platforms.base import Addressee, Done, Outcome
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.arguments import AddToList, RemoveFromList
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import nobody
from connector.platforms.hubspot.finding import ABSENT, Finding
from connector.platforms.hubspot.kinds import CONTACTS
from connector.platforms.hubspot.together import each, spread
from connector.platforms.hubspot.wishes import Wish
from connector.platforms.proof import preparing, unproven
from connector.platforms.transport import Answer

Placed = tuple[Addressee, str]
"""Somebody, and the number of a list."""


class Lists:
    """Static lists, by number or by name; numbers that were found are remembered."""

    def __init__(self, client: HubSpotClient, finding: Finding) -> None:
        self._client, self._finding = client, finding
        self._known: dict[str, str] = {}

    def add(self, wishes: Sequence[Wish[AddToList]]) -> list[Outcome]:
        """Put contacts on lists, or leave them there."""
        return spread(each(wishes, self._placed), self._add)

    def remove(self, wishes: Sequence[Wish[RemoveFromList]]) -> list[Outcome]:
        """Take contacts off lists, or leave them off."""
        return spread(each(wishes, self._placed), self._remove)

    def _placed(self, wish: Wish[AddToList] | Wish[RemoveFromList]) -> Placed:
        if not wish.addressee.email and not wish.addressee.platform_id:
            raise nobody()
        written = wish.arguments.list
        return wish.addressee, written if written.isdecimal() else self.named(written)

    def _add(self, placed: Sequence[Placed]) -> list[Outcome]:
        ids = self._finding.ids([one for one, _ in placed])
        tied: list[tuple[str, str] | DispatchError] = [
            (id_, list_id) if isinstance(id_, str) else id_
            for id_, (_, list_id) in zip(ids, placed, strict=True)
        ]
        return spread(tied, self.put_on)

    def _remove(self, placed: Sequence[Placed]) -> list[Outcome]:
        """Whom HubSpot does not know is on no list."""
        ids = self._finding.known_ids([one for one, _ in placed])
        tied = [
            (id_, list_id) if isinstance(id_, str) else id_ or Done()
            for id_, (_, list_id) in zip(ids, placed, strict=True)
        ]
        left = iter(self.take_off([one for one in tied if isinstance(one, tuple)]))
        return [next(left) if isinstance(one, tuple) else one for one in tied]

    def put_on(self, wanted: Sequence[tuple[str, str]]) -> list[Outcome]:
        """Contacts by id, each with the number of its list; one request a list."""
        add = self._client.sdk.crm.lists.memberships_api.add
        bodies = self._moved(wanted, partial(add, _preload_content=False))
        return [_on(bodies[list_id], id_, list_id) for id_, list_id in wanted]

    def take_off(self, wanted: Sequence[tuple[str, str]]) -> list[Outcome]:
        """The same the other way. Who was not on the list is named neither as removed nor as missing."""
        remove = self._client.sdk.crm.lists.memberships_api.remove
        bodies = self._moved(wanted, partial(remove, _preload_content=False))
        return [_off(bodies[list_id], id_) for id_, list_id in wanted]

    def _moved(self, wanted: Sequence[tuple[str, str]], move: Any) -> Mapping[str, Any]:
        """What HubSpot says of each list, or a DispatchError."""
        lists: dict[str, list[str]] = {}
        for id_, list_id in wanted:
            lists.setdefault(list_id, []).append(id_)
        answers = each(lists, lambda list_id: self._proven(move(list_id, lists[list_id])))
        return dict(zip(lists, answers, strict=True))

    def _proven(self, answer: Answer) -> dict[str, Any]:
        try:
            return proven(answer, 200)
        except Rejected:
            self._known.clear()  # a list of this name may have been made anew
            raise

    def named(self, name: str) -> str:
        """The number of the list of this name. Raises a DispatchError where HubSpot has none."""
        if name not in self._known:
            with preparing():
                answer = self._client.sdk.crm.lists.lists_api.get_by_name(
                    name, CONTACTS, _preload_content=False
                )
                match proven(answer, 200):
                    case {"list": {"listId": found}} if text(found):
                        self._known[name] = text(found)
                    case _:
                        raise unproven(answer, "no list")
        return self._known[name]

    def named_if_there(self, name: str) -> str | None:
        """The same; None where HubSpot has no list of this name. Raises a DispatchError."""
        try:
            return self.named(name)
        except Rejected as error:
            if error.code != ABSENT:
                raise
            return None


def _on(body: Mapping[str, Any] | DispatchError, id_: str, list_id: str) -> Outcome:
    """The v3 answer says `recordsIdsAdded`, its successor `recordIdsAdded`."""
    if isinstance(body, DispatchError):
        return body
    added = _ids(body, "recordsIdsAdded") or _ids(body, "recordIdsAdded") or frozenset()
    missing = _ids(body, "recordIdsMissing")
    if id_ in added or (missing is not None and id_ not in missing):
        return Done(platform_id=id_)
    if missing is None:
        return Unknown(f"HubSpot's answer does not name contact {id_}", status=200)
    return Rejected(f"HubSpot knows no contact {id_} to put on list {list_id}", status=200)


def _off(body: Mapping[str, Any] | DispatchError, id_: str) -> Outcome:
    if isinstance(body, DispatchError):
        return body
    if _ids(body, "recordIdsRemoved") is None:
        return Unknown(f"HubSpot's answer does not tell of contact {id_}", status=200)
    return Done(platform_id=id_)


def _ids(body: Mapping[str, Any], name: str) -> frozenset[str] | None:
    found = body.get(name)
    return frozenset(map(text, found)) if isinstance(found, list) else None
