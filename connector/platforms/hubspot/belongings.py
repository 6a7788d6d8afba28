"""What contacts have at HubSpot: their tasks, notes, deals, tickets and companies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Addressee
from connector.platforms.hubspot.answers import Record, dicts, proven, read_record, text
from connector.platforms.hubspot.batching import MOST
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import nobody
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.kinds import Kind
from connector.platforms.hubspot.together import each, spread
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

FEW: Final = 10
"""Contacts whose associations are asked for at once: each may have hundreds, and an answer is bounded."""

Ties = list[dict[str, Any]]
"""A contact's associations with records of one kind, as HubSpot tells them."""


class Belongings:
    """The records of contacts. Whom HubSpot does not know has none."""

    def __init__(self, client: HubSpotClient, finding: Finding) -> None:
        self._client, self._finding = client, finding

    def known(self, kind: Kind, ids: Sequence[str]) -> frozenset[str]:
        """Those of these numbers that HubSpot has a record of. Raises a DispatchError."""
        return frozenset(one.id for one in self._read(kind, ids, [kind.made_at]))

    def people(
        self,
        kind: Kind,
        people: Sequence[Addressee],
        names: Sequence[str],
        known: frozenset[str] = frozenset(),
    ) -> list[list[Record] | DispatchError]:
        """All of each but for those known already, with their properties of these names.

        HubSpot need not know the people.
        """
        ids = spread(each(people, _named), self._finding.known_ids)
        ties = self._ties_of_all(kind, sorted({one for one in ids if isinstance(one, str)}))
        found: list[Ties | DispatchError] = [
            one if isinstance(one, DispatchError) else ties[one] if one else [] for one in ids
        ]
        left = [
            one if isinstance(one, DispatchError) else [tie for tie in one if _id(tie) not in known]
            for one in found
        ]
        return spread(left, partial(self._of_ties, kind, names))

    def contact(
        self, kind: Kind, contact_id: str | None, names: Sequence[str], known: frozenset[str] = frozenset()
    ) -> Iterator[Record]:
        """One contact's but for those known already. Raises a DispatchError."""
        with preparing():
            tied = self.ties(kind, contact_id) if contact_id else []
            ids = [id_ for id_ in _ids(tied) if id_ not in known]
            yield from self._read(kind, ids, names)

    def ties(self, kind: Kind, contact_id: str) -> Ties:
        """One contact's associations. Raises a DispatchError."""
        found: Ties = []
        after: str | None = None
        while True:
            page = {"limit": 500} | ({"after": after} if after else {})
            answer = self._client.sdk.crm.associations.v4.basic_api.get_page(
                "contacts", contact_id, kind.name, _preload_content=False, **page
            )
            if is_absent(answer):
                return []
            body = proven(answer, 200)
            found += _results(answer, body)
            match body:
                case {"paging": {"next": {"after": str(following)}}} if following != after:
                    after = following
                case _:
                    return found

    def _of_ties(
        self, kind: Kind, names: Sequence[str], ties: Sequence[Ties]
    ) -> list[list[Record] | DispatchError]:
        ids = sorted({id_ for some in ties for id_ in _ids(some)})
        try:
            with preparing():
                records = {one.id: one for one in self._read(kind, ids, names)}
        except DispatchError as error:
            return [error for _ in ties]
        return [[records[id_] for id_ in _ids(some) if id_ in records] for some in ties]

    def _ties_of_all(self, kind: Kind, contact_ids: Sequence[str]) -> Mapping[str, Ties | DispatchError]:
        """By the contact's id; whose are not all told of among the many is asked for alone."""
        told: dict[str, Ties | DispatchError] = {}
        for start in range(0, len(contact_ids) if len(contact_ids) > 1 else 0, FEW):
            told |= self._told(kind, contact_ids[start : start + FEW])
        left = [one for one in contact_ids if one not in told]
        return told | dict(zip(left, each(left, partial(self._alone, kind)), strict=True))

    def _told(self, kind: Kind, contact_ids: Sequence[str]) -> dict[str, Ties | DispatchError]:
        try:
            with preparing():
                return self._page(kind, contact_ids)
        except Rejected:
            return {}
        except DispatchError as error:
            return dict.fromkeys(contact_ids, error)

    def _page(self, kind: Kind, contact_ids: Sequence[str]) -> dict[str, Ties | DispatchError]:
        asked = {"inputs": [{"id": one} for one in contact_ids]}
        answer = self._client.sdk.crm.associations.v4.batch_api.get_page(
            "contacts", kind.name, asked, _preload_content=False
        )
        results = _results(answer, proven(answer, 200, 207))
        whole = [one for one in results if isinstance(one.get("from"), dict) and not one.get("paging")]
        return {text(one["from"].get("id")): dicts(one.get("to")) for one in whole}

    def _alone(self, kind: Kind, contact_id: str) -> Ties:
        with preparing():
            return self.ties(kind, contact_id)

    def _read(self, kind: Kind, ids: Sequence[str], names: Sequence[str]) -> Iterator[Record]:
        for start in range(0, len(ids), MOST):
            some = [{"id": id_} for id_ in ids[start : start + MOST]]
            with self._client.for_many():
                answer = self._client.sdk.crm.objects.batch_api.read(
                    kind.name, {"inputs": some, "properties": list(names)}, _preload_content=False
                )
            yield from filter(None, map(read_record, _results(answer, proven(answer, 200, 207))))


def _named(addressee: Addressee) -> Addressee:
    if not addressee.email and not addressee.platform_id:
        raise nobody()
    return addressee


def _ids(ties: Ties) -> list[str]:
    return [_id(one) for one in ties]


def _id(tie: Mapping[str, Any]) -> str:
    return text(tie.get("toObjectId"))


def _results(answer: Answer, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The results of a page: a list, if only an empty one, or it proves nothing."""
    if not isinstance(body.get("results"), list):
        raise unproven(answer, "no results")
    return dicts(body["results"])
