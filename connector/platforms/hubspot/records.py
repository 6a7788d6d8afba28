"""HubSpot's records that belong to a contact: making them, looking whether one was made, changing them.

A repeat would make a second record, so a lost answer is looked up among the contact's: by what the action
writes into it, and by when it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from connector.errors import DispatchError
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.hubspot.answers import Record, proven, read_record
from connector.platforms.hubspot.batching import Way, about, write
from connector.platforms.hubspot.belongings import Belongings
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts, Values
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.kinds import Kind
from connector.platforms.hubspot.parts import Part, Told
from connector.platforms.hubspot.together import spread
from connector.platforms.hubspot.values import read_moment
from connector.platforms.proof import unproven

CLOCK_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class New:
    """A record to make on the contact of somebody, with what it is to say."""

    addressee: Addressee
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sought:
    """An action whose record is looked for, and how it is known by its properties."""

    call: Call
    is_it: Callable[[Mapping[str, Any]], bool]


class Records:
    """The records of every kind; `of` are those that contacts have."""

    def __init__(self, client: HubSpotClient, contacts: Contacts, finding: Finding) -> None:
        self._client, self._contacts, self._finding = client, contacts, finding
        self.of = Belongings(client, finding)

    def create(self, kind: Kind, wanted: Sequence[New | DispatchError]) -> list[Outcome]:
        """New records on contacts, who are made where needed; one outcome each, in order."""
        return spread(wanted, partial(self._create, kind))

    def made(
        self, kind: Kind, call: Call, names: Sequence[str], is_it: Callable[[Mapping[str, Any]], bool]
    ) -> Done | None:
        """The record that `call` made, by its properties of these names; None where there is none.

        It is not from before the decision, and no other settled action is known to have made it.
        """
        contact_id = self._contacts.known_id(call.addressee)
        for one in self.of.contact(kind, contact_id, [*names, kind.made_at], known=call.known):
            if _fits(kind, Sought(call, is_it), one):
                return Done(one.id, contact_id)
        return None

    def made_all(
        self, kind: Kind, sought: Sequence[Sought], names: Sequence[str]
    ) -> list[Done | DispatchError | None]:
        """The same of many at once; no record is taken for two."""
        known = frozenset[str]().union(*(one.call.known for one in sought))
        named = [one for one in sought if one.call.addressee.email or one.call.addressee.platform_id]
        people = [one.call.addressee for one in named]
        found = iter(self.of.people(kind, people, [*names, kind.made_at], known))
        taken: set[str] = set()
        return [_first(kind, one, next(found), taken) if one in named else None for one in sought]

    def update(self, kind: Kind, values: Mapping[str, Values]) -> Told:
        """What became of each, by its trace: `values` has ids and what to set."""
        api = self._client.sdk.crm.objects.batch_api
        parts = [Part(trace, id_, properties, {"id": id_}) for trace, (id_, properties) in values.items()]
        told = write(
            parts, Way(lambda inputs: api.update(kind.name, {"inputs": inputs}, _preload_content=False))
        )
        return {one.trace: about(one, told[one.trace]) for one in parts}

    def patch(self, kind: Kind, id_: str, properties: Mapping[str, str]) -> Record:
        """Set properties of the record with this id. Raises a DispatchError."""
        answer = self._client.sdk.crm.objects.basic_api.update(
            kind.name, id_, {"properties": properties}, _preload_content=False
        )
        found = read_record(proven(answer, 200))
        if found and (found.id == id_ or properties.items() <= found.properties.items()):
            return found
        raise unproven(answer, f"no {id_} of {kind.name}")

    def _create(self, kind: Kind, news: Sequence[New]) -> list[Outcome]:
        ids = self._finding.ids([one.addressee for one in news])
        parts = [
            Part(str(place), "", one.properties, _tied(kind, id_))
            for place, (one, id_) in enumerate(zip(news, ids, strict=True))
            if isinstance(id_, str)
        ]
        api = self._client.sdk.crm.objects.batch_api
        told = write(
            parts,
            Way(
                lambda inputs: api.create(kind.name, {"inputs": inputs}, _preload_content=False),
                success=201,
                once=True,
            ),
        )
        return [
            _made(told[str(place)], id_) if isinstance(id_, str) else id_ for place, id_ in enumerate(ids)
        ]


def _first(
    kind: Kind, sought: Sought, records: Sequence[Record] | DispatchError, taken: set[str]
) -> Done | DispatchError | None:
    if isinstance(records, DispatchError):
        return records
    for one in records:
        if one.id not in taken and _fits(kind, sought, one):
            taken.add(one.id)
            return Done(one.id, sought.call.addressee.platform_id)
    return None


def _fits(kind: Kind, sought: Sought, one: Record) -> bool:
    at = read_moment(one.properties.get(kind.made_at) or one.created_at)
    since = sought.call.action.decided_at - CLOCK_SKEW
    return sought.is_it(one.properties) and (at is None or at >= since)


def _tied(kind: Kind, contact_id: str) -> dict[str, Any]:
    tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind.to_contact}
    return {"associations": [{"to": {"id": contact_id}, "types": [tie]}]}


def _made(told: Record | DispatchError, contact_id: str) -> Outcome:
    return told if isinstance(told, DispatchError) else Done(told.id, contact_id)
