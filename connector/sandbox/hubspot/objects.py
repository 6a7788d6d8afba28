"""HubSpot's records beside the contact, one kind at a time, and which of them a contact has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Refused, Request, as_json, instant
from connector.sandbox.hubspot.book import later_stage
from connector.sandbox.hubspot.kinds import Kind
from connector.sandbox.hubspot.properties import Given, Property, as_text, refusals
from connector.sandbox.hubspot.records import (
    LARGEST_BATCH,
    Ids,
    ReadBody,
    Record,
    TracedBody,
    batch_answer,
    batch_error,
    checked_batch,
    done_apart,
    missing,
)
from connector.sandbox.hubspot.refusals import Invalid, invalid, invalid_properties, not_found, refused
from connector.sandbox.routing import Route

_OWNER = "hubspot_owner_id"
_STAGE = "lifecyclestage"


class SpecBody(CamelBody):
    """The kind of an association."""

    association_category: str
    association_type_id: int


class ToBody(CamelBody):
    """The other end of an association."""

    id: str


class AssociationBody(CamelBody):
    """An association of a new record."""

    to: ToBody
    types: tuple[SpecBody, ...]


class NewBody(TracedBody):
    """A new record."""

    properties: Given
    associations: tuple[AssociationBody, ...] = ()


class NewsBody(CamelBody):
    """A batch of new records."""

    inputs: tuple[NewBody, ...] = Field(max_length=LARGEST_BATCH)


class ChangeBody(TracedBody):
    """A change of a record."""

    properties: Given


class ChangeInput(ChangeBody):
    """A change of one record in a batch."""

    id: str


class OfContact(CamelBody):
    """A contact whose associations are asked for."""

    id: str


class OfContactsBody(CamelBody):
    """Several of them."""

    inputs: tuple[OfContact, ...] = Field(max_length=1000)


class ChangesBody(CamelBody):
    """A batch of changes."""

    inputs: tuple[ChangeInput, ...]


@dataclass
class Objects:
    """A portal's records of one kind, by id. `contacts` and `owners` are those that one may name."""

    kind: Kind
    known: Mapping[str, Property]
    ids: Ids
    contacts: Mapping[str, Record]
    owners: Mapping[str, Json]
    held: dict[str, Record] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls about this kind."""
        root = f"/crm/v3/objects/{self.kind.name}"
        return [
            ("POST", f"{root}/batch/read", self._read),
            ("POST", f"{root}/batch/create", self._create_all),
            ("POST", f"{root}/batch/update", self._change_all),
            ("POST", root, self._create),
            ("GET", f"{root}/{{id}}", self._get),
            ("PATCH", f"{root}/{{id}}", self._change),
            ("DELETE", f"{root}/{{id}}", self._archive),
            ("GET", f"/crm/v4/objects/contacts/{{id}}/associations/{self.kind.name}", self._of_contact),
            ("POST", f"/crm/v4/associations/contacts/{self.kind.name}/batch/read", self._of_contacts),
        ]

    def _create(self, request: Request) -> Answer:
        body = request.read(NewBody)
        if fault := self._fault_of_new(body):
            raise fault
        return as_json(201, self._made(body, request))

    def _create_all(self, request: Request) -> Answer:
        inputs = request.read(NewsBody).inputs
        results, errors = done_apart(inputs, self._fault_of_new, lambda one: self._made(one, request))
        return batch_answer(request, results, errors, 201)

    def _fault_of_new(self, body: NewBody) -> Refused | None:
        values = {**self.kind.defaults, **as_text(body.properties)}
        absent = [name for name in self.kind.required if not values.get(name)]
        words = f"Error creating {self.kind.label}. Some required properties were not set."
        lacking = invalid(words, properties=absent) if absent else None
        faults = (self._fault(values), lacking, *map(self._fault_of_tie, body.associations))
        return next(filter(None, faults), None)

    def _made(self, body: NewBody, request: Request) -> Json:
        contacts = [one.to.id for one in body.associations]
        id_, at = self.ids.take(), instant(request.at)
        values = {**self.kind.defaults, **as_text(body.properties)}
        values |= {"hs_object_id": id_, self.kind.made_at: at, self.kind.changed_at: at}
        self.held[id_] = record = Record(id_, request.at, request.at, {}, {"contacts": contacts})
        for name, value in values.items():
            record.write(name, value, request.at)
        return self.held[id_].shown(values) | body.told()

    def _check(self, values: Mapping[str, str]) -> None:
        if fault := self._fault(values):
            raise fault

    def _fault(self, values: Mapping[str, str]) -> Refused | None:
        owner = values.get(_OWNER, "")
        problems = refusals(values, self.known)
        if owner and owner not in self.owners:
            problems.append(Invalid(_OWNER, "INVALID_OWNER_ID", f"Owner {owner} does not exist"))
        return invalid_properties(problems) if problems else None

    def _fault_of_tie(self, association: AssociationBody) -> Refused | None:
        kinds = [one.association_type_id for one in association.types]
        if not kinds or not set(kinds) <= set(self.kind.ties):
            return invalid(f"One or more association types are not valid for {self.kind.name} to contacts")
        if association.to.id not in self.contacts:
            return invalid("One or more associations are not valid", ids=[association.to.id])
        return None

    def _get(self, request: Request, id_: str) -> Answer:
        names, remembered = request.many("properties"), request.many("propertiesWithHistory")
        return as_json(200, self._found(id_).shown_with_history([*self._shown(), *names], remembered))

    def _found(self, id_: str) -> Record:
        if id_ not in self.held:
            raise not_found()
        return self.held[id_]

    def _shown(self) -> tuple[str, ...]:
        return (self.kind.made_at, self.kind.changed_at, "hs_object_id")

    def _read(self, request: Request) -> Answer:
        body = request.read(ReadBody)
        absent = [one.id for one in body.inputs if one.id not in self.held]
        found = [self.held[one.id] for one in body.inputs if one.id in self.held]
        names = [*self._shown(), *body.properties]
        return batch_answer(request, [one.shown(names) for one in found], self._missing(absent))

    def _missing(self, absent: list[str]) -> list[Json]:
        return [batch_error(missing(self.kind.label, absent))] if absent else []

    def _change(self, request: Request, id_: str) -> Answer:
        record, values = self._found(id_), as_text(request.read(ChangeBody).properties)
        self._check(values)
        return as_json(200, self._changed(record, values, request))

    def _change_all(self, request: Request) -> Answer:
        """With traces HubSpot changes those that are right; without them all values have to be right."""
        inputs = request.read(ChangesBody).inputs
        checked_batch([one.id for one in inputs])
        absent = [one.id for one in inputs if one.id not in self.held]
        known = [one for one in inputs if one.id in self.held]
        results, errors = done_apart(
            known,
            lambda one: self._fault(as_text(one.properties)),
            lambda one: self._changed(self.held[one.id], as_text(one.properties), request) | one.told(),
        )
        return batch_answer(request, results, [*errors, *self._missing(absent)])

    def _changed(self, record: Record, values: Mapping[str, str], request: Request) -> Json:
        for name, value in values.items():
            before = record.properties.get(name, "")
            is_stage = name == _STAGE
            kept = later_stage(self.known[name].options, before, value) if is_stage else value
            record.write(name, kept, request.at)
        record.properties[self.kind.changed_at] = instant(request.at)
        record.updated_at = request.at
        return record.shown([*self._shown(), *values])

    def _archive(self, request: Request, id_: str) -> Answer:
        self.held.pop(id_, None)
        return Answer(204)

    def _of_contact(self, request: Request, id_: str) -> Answer:
        if id_ not in self.contacts:
            raise not_found()
        start, most = request.number("after", 0, 10**9), request.number("limit", 500, 500)
        ids = self._ids_of(id_)
        page = [self._tie(one, is_first=one == ids[0]) for one in ids[start : start + most]]
        more = {"paging": {"next": {"after": str(start + most)}}} if len(ids) > start + most else {}
        return as_json(200, {"results": page} | more)

    def _ids_of(self, contact_id: str) -> list[str]:
        return [one.id for one in self.held.values() if contact_id in one.associations["contacts"]]

    def _of_contacts(self, request: Request) -> Answer:
        """The first 500 of each; who has none is named in an error, as HubSpot does."""
        asked = [one.id for one in request.read(OfContactsBody).inputs]
        ties = {
            id_: [one.id for one in self.held.values() if id_ in one.associations["contacts"]]
            for id_ in asked
        }
        results = [
            {"from": {"id": id_}, "to": [self._tie(one, is_first=one == ids[0]) for one in ids[:500]]}
            | ({"paging": {"next": {"after": "500"}}} if len(ids) > 500 else {})
            for id_, ids in ties.items()
            if ids
        ]
        errors = [_untied(self.kind.name, id_) for id_, ids in ties.items() if not ids]
        return batch_answer(request, results, errors)

    def _tie(self, id_: str, *, is_first: bool) -> Json:
        kinds = self.kind.back if is_first else self.kind.back[:1]
        types = [{"category": "HUBSPOT_DEFINED", "typeId": one, "label": None} for one in kinds]
        return {"toObjectId": id_, "associationTypes": types}


def _untied(kind: str, contact_id: str) -> Json:
    words = f"No {kind} is associated with contacts {contact_id}."
    refusal = refused(404, "OBJECT_NOT_FOUND", words, context={"fromObjectId": [contact_id]})
    return batch_error(refusal) | {"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}
