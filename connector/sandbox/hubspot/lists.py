"""HubSpot's lists of contacts and who is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pydantic import Field, RootModel

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.records import Ids, Record
from connector.sandbox.hubspot.refusals import invalid, refused
from connector.sandbox.routing import Route

ROOT = "/crm/v3/lists"
_CONTACTS = "0-1"


class RecordIds(RootModel[tuple[str, ...]]):
    """The ids of records, which is the whole body."""


class MembershipBody(CamelBody):
    """Who comes into a list and who leaves it."""

    record_ids_to_add: tuple[str, ...] = ()
    record_ids_to_remove: tuple[str, ...] = ()


class NewListBody(CamelBody):
    """A new list."""

    name: str
    object_type_id: Literal["0-1"]
    processing_type: Literal["MANUAL", "DYNAMIC", "SNAPSHOT"]


class SearchBody(CamelBody):
    """Which lists are asked for."""

    query: str = ""
    offset: int = Field(default=0, ge=0)
    count: int = Field(default=20, ge=0, le=500)


@dataclass
class ContactList:
    """A list; `members` has when each came in. Only a manual or a snapshot one takes members by the API."""

    id: str
    name: str
    processing_type: str
    members: dict[str, datetime] = field(default_factory=dict)

    def shown(self) -> Json:
        """The list as the API shows it."""
        return {
            "listId": self.id,
            "name": self.name,
            "objectTypeId": _CONTACTS,
            "processingType": self.processing_type,
            "processingStatus": "COMPLETE",
            "listVersion": 1,
            "size": len(self.members),
        }


@dataclass
class Lists:
    """The lists of a portal, by id."""

    contacts: Mapping[str, Record]
    ids: Ids
    held: dict[str, ContactList]

    def routes(self) -> list[Route]:
        """The calls about lists and their members."""
        members = f"{ROOT}/{{list}}/memberships"
        return [
            ("POST", ROOT, self._create),
            ("POST", f"{ROOT}/search", self._search),
            ("GET", f"{ROOT}/{{list}}", self._get),
            ("GET", f"{ROOT}/object-type-id/{_CONTACTS}/name/{{name}}", self._by_name),
            ("GET", f"{ROOT}/records/{_CONTACTS}/{{record}}/memberships", self._of_record),
            ("GET", members, self._members),
            ("PUT", f"{members}/add", self._add),
            ("PUT", f"{members}/remove", self._remove),
            ("PUT", f"{members}/add-and-remove", self._add_and_remove),
        ]

    def state(self) -> Json:
        """Every list with the ids of its members."""
        return {one.id: one.shown() | {"members": list(one.members)} for one in self.held.values()}

    def _create(self, request: Request) -> Answer:
        wanted = request.read(NewListBody)
        if any(one.name == wanted.name for one in self.held.values()):
            raise invalid(f"There is already a list with the name {wanted.name}.")
        made = ContactList(self.ids.take(), wanted.name, wanted.processing_type)
        self.held[made.id] = made
        return as_json(200, {"list": made.shown()})

    def _get(self, request: Request, id_: str) -> Answer:
        return as_json(200, {"list": self._find(id_).shown()})

    def _by_name(self, request: Request, name: str) -> Answer:
        found = next((one for one in self.held.values() if one.name == name), None)
        if found is None:
            raise _no_list(f"name {name}")
        return as_json(200, {"list": found.shown()})

    def _search(self, request: Request) -> Answer:
        """Lists whose name has the text in it, whatever its capitals; all where none is given."""
        asked = request.read(SearchBody)
        found = [one for one in self.held.values() if asked.query.lower() in one.name.lower()]
        page = found[asked.offset : asked.offset + asked.count]
        after = asked.offset + len(page)
        shown = [one.shown() for one in page]
        answer = {"total": len(found), "offset": after, "hasMore": after < len(found), "lists": shown}
        return as_json(200, answer)

    def _of_record(self, request: Request, record: str) -> Answer:
        found = [
            {
                "listId": one.id,
                "listVersion": 1,
                "firstAddedTimestamp": instant(one.members[record]),
                "lastAddedTimestamp": instant(one.members[record]),
            }
            for one in self.held.values()
            if record in one.members
        ]
        return as_json(200, {"results": found, "total": len(found)})

    def _members(self, request: Request, id_: str) -> Answer:
        members = self._find(id_).members.items()
        found = [{"recordId": record, "membershipTimestamp": instant(at)} for record, at in members]
        return as_json(200, {"results": found, "total": len(found)})

    def _add(self, request: Request, id_: str) -> Answer:
        return self._moved(request, id_, MembershipBody(record_ids_to_add=request.read(RecordIds).root))

    def _remove(self, request: Request, id_: str) -> Answer:
        return self._moved(request, id_, MembershipBody(record_ids_to_remove=request.read(RecordIds).root))

    def _add_and_remove(self, request: Request, id_: str) -> Answer:
        return self._moved(request, id_, request.read(MembershipBody))

    def _moved(self, request: Request, id_: str, body: MembershipBody) -> Answer:
        """Who was a member already is named neither as added nor as missing."""
        members = self._manual(id_).members
        missing = [one for one in body.record_ids_to_add if one not in self.contacts]
        added = [one for one in body.record_ids_to_add if one in self.contacts and one not in members]
        removed = [one for one in body.record_ids_to_remove if members.pop(one, None)]
        members.update(dict.fromkeys(added, request.at))
        answer = {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing}
        return as_json(200, answer)

    def _manual(self, id_: str) -> ContactList:
        found = self._find(id_)
        if found.processing_type == "DYNAMIC":
            raise invalid(f"List {id_} is dynamic: its memberships cannot be changed manually.")
        return found

    def _find(self, id_: str) -> ContactList:
        if id_ not in self.held:
            raise _no_list(f"ID {id_}")
        return self.held[id_]


def _no_list(what: str) -> Exception:
    refusal = refused(404, "OBJECT_NOT_FOUND", f"List does not exist with {what}.")
    refusal.document["subCategory"] = "ListError.LIST_DOES_NOT_EXIST"
    return refusal
