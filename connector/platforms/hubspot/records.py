"""HubSpot's records that belong to a contact: making one, finding those that there are, changing them.

A repeat would make a second record, so a lost answer is looked up among the contact's: by what the action
writes into it, and by when it was made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from connector.platforms.base import Addressee, Call, Done
from connector.platforms.hubspot.answers import Record, dicts, part_refused, proven, read_record, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts, nobody
from connector.platforms.hubspot.values import read_moment
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

AT_ONCE: Final = 100
"""Records in one request (HubSpot's limit of a batch)."""
CLOCK_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its name in paths, the property that says when it was made, and how it is tied.

    `to_contact` is HubSpot's number for the association from it to a contact (its SDK, association_type.py).
    """

    name: str
    made_at: str
    to_contact: int


TASKS: Final = Kind("tasks", "hs_createdate", 204)
NOTES: Final = Kind("notes", "hs_createdate", 202)
DEALS: Final = Kind("deals", "createdate", 3)
TICKETS: Final = Kind("tickets", "createdate", 16)
COMPANIES: Final = Kind("companies", "createdate", 280)


class Records:
    """The records of every kind."""

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts

    def create(self, kind: Kind, addressee: Addressee, properties: Mapping[str, str]) -> Done:
        """A new record on the contact, who is made where needed. Raises a DispatchError."""
        contact_id = self._contacts.id_of(addressee)
        tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind.to_contact}
        answer = self._client.sdk.crm.objects.basic_api.create(
            kind.name,
            {"properties": properties, "associations": [{"to": {"id": contact_id}, "types": [tie]}]},
            _preload_content=False,
        )
        if made := text(proven(answer, 201, once=True).get("id")):
            return Done(made, contact_id)
        raise unproven(answer, f"no id in {kind.name}")

    def made(
        self, kind: Kind, call: Call, names: Sequence[str], is_it: Callable[[Mapping[str, Any]], bool]
    ) -> Done | None:
        """The record that `call` made, by its properties of these names; None where there is none.

        It is not from before the decision, and no other settled action is known to have made it.
        """
        contact_id = self._contacts.known_id(call.addressee)
        since = call.action.decided_at - CLOCK_SKEW
        for one in self.of_contact(kind, contact_id, [*names, kind.made_at], known=call.known):
            at = read_moment(one.properties.get(kind.made_at) or one.created_at)
            if is_it(one.properties) and (at is None or at >= since):
                return Done(one.id, contact_id)
        return None

    def of_addressee(self, kind: Kind, addressee: Addressee, names: Sequence[str]) -> list[Record]:
        """All of the contact's, whom HubSpot need not know. Raises a DispatchError."""
        if not addressee.email and not addressee.platform_id:
            raise nobody()
        return list(self.of_contact(kind, self._contacts.known_id(addressee), names))

    def of_contact(
        self, kind: Kind, contact_id: str | None, names: Sequence[str], known: frozenset[str] = frozenset()
    ) -> Iterator[Record]:
        """The contact's records but for those known already; none where HubSpot does not know the contact."""
        with preparing():
            tied = self.ties(kind, contact_id) if contact_id else []
            ids = [id_ for one in tied if (id_ := text(one.get("toObjectId"))) not in known]
            for start in range(0, len(ids), AT_ONCE):
                yield from self._read(kind, ids[start : start + AT_ONCE], names)

    def ties(self, kind: Kind, contact_id: str) -> list[dict[str, Any]]:
        """The contact's associations with records of this kind, as HubSpot tells them."""
        found: list[dict[str, Any]] = []
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

    def patch(self, kind: Kind, id_: str, properties: Mapping[str, str]) -> Record:
        """Set properties of the record with this id. Raises a DispatchError."""
        answer = self._client.sdk.crm.objects.basic_api.update(
            kind.name, id_, {"properties": properties}, _preload_content=False
        )
        found = read_record(proven(answer, 200))
        if found and (found.id == id_ or properties.items() <= found.properties.items()):
            return found
        raise unproven(answer, f"no {id_} of {kind.name}")

    def patch_all(self, kind: Kind, ids: Sequence[str], properties: Mapping[str, str]) -> None:
        """Set properties of all of these. Raises a DispatchError unless every one has them afterwards."""
        answer = self._client.sdk.crm.objects.batch_api.update(
            kind.name,
            {"inputs": [{"id": id_, "properties": properties} for id_ in ids]},
            _preload_content=False,
        )
        body = proven(answer, 200, 207)
        found = filter(None, map(read_record, dicts(body.get("results"))))
        changed = {one.id for one in found if properties.items() <= one.properties.items()}
        if faults := dicts(body.get("errors")):
            raise part_refused(faults[0])
        if missing := set(ids) - changed:
            raise unproven(answer, f"no {min(missing)} of {kind.name}")

    def _read(self, kind: Kind, ids: list[str], names: Sequence[str]) -> list[Record]:
        answer = self._client.sdk.crm.objects.batch_api.read(
            kind.name,
            {"inputs": [{"id": id_} for id_ in ids], "properties": list(names)},
            _preload_content=False,
        )
        found = _results(answer, proven(answer, 200, 207))
        return [record for record in map(read_record, found) if record]


def _results(answer: Answer, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The results of a page: a list, if only an empty one, or it proves nothing."""
    if not isinstance(body.get("results"), list):
        raise unproven(answer, "no results")
    return dicts(body["results"])
