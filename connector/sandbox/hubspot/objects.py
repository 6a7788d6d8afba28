"""HubSpot's records beside the contact, one kind at a time, and which of them a contact has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.sandbox.exchange import Answer, CamelBody, Json, Refused, Request, as_json, instant
from connector.sandbox.hubspot.book import later_stage
from connector.sandbox.hubspot.kinds import Kind
from connector.sandbox.hubspot.properties import Given, Property, as_text, refusals
from connector.sandbox.hubspot.records import (
    Ids,
    ReadBody,
    Record,
    batch_answer,
    batch_error,
    checked_batch,
    missing,
)
from connector.sandbox.hubspot.refusals import Invalid, invalid, invalid_properties, not_found
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


class NewBody(CamelBody):
    """A new record."""

    properties: Given
    associations: tuple[AssociationBody, ...] = ()


class ChangeBody(CamelBody):
    """A change of a record."""

    properties: Given


class ChangeInput(ChangeBody):
    """A change of one record in a batch."""

    id: str


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
            ("POST", f"{root}/batch/update", self._change_all),
            ("POST", root, self._create),
            ("GET", f"{root}/{{id}}", self._get),
            ("PATCH", f"{root}/{{id}}", self._change),
            ("DELETE", f"{root}/{{id}}", self._archive),
            ("GET", f"/crm/v4/objects/contacts/{{id}}/associations/{self.kind.name}", self._of_contact),
        ]

    def _create(self, request: Request) -> Answer:
        body = request.read(NewBody)
        values = {**self.kind.defaults, **as_text(body.properties)}
        self._check(values)
        if absent := [name for name in self.kind.required if not values.get(name)]:
            words = f"Error creating {self.kind.label}. Some required properties were not set."
            raise invalid(words, properties=absent)
        contacts = [self._contact(one) for one in body.associations]
        id_, at = self.ids.take(), instant(request.at)
        values |= {"hs_object_id": id_, self.kind.made_at: at, self.kind.changed_at: at}
        made = Record(id_, request.at, request.at, values, {"contacts": contacts})
        self.held[id_] = made
        return as_json(201, made.shown(values))

    def _check(self, values: Mapping[str, str]) -> None:
        if fault := self._fault(values):
            raise fault

    def _fault(self, values: Mapping[str, str]) -> Refused | None:
        owner = values.get(_OWNER, "")
        problems = refusals(values, self.known)
        if owner and owner not in self.owners:
            problems.append(Invalid(_OWNER, "INVALID_OWNER_ID", f"Owner {owner} does not exist"))
        return invalid_properties(problems) if problems else None

    def _contact(self, association: AssociationBody) -> str:
        kinds = [one.association_type_id for one in association.types]
        if not kinds or not set(kinds) <= set(self.kind.ties):
            raise invalid(f"One or more association types are not valid for {self.kind.name} to contacts")
        if association.to.id not in self.contacts:
            raise invalid("One or more associations are not valid", ids=[association.to.id])
        return association.to.id

    def _get(self, request: Request, id_: str) -> Answer:
        return as_json(200, self._found(id_).shown([*self._shown(), *request.many("properties")]))

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
        """HubSpot changes those that it knows, all of whose values have to be right."""
        inputs = request.read(ChangesBody).inputs
        checked_batch([one.id for one in inputs])
        for one in inputs:
            self._check(as_text(one.properties))
        absent = [one.id for one in inputs if one.id not in self.held]
        known = [one for one in inputs if one.id in self.held]
        changed = [self._changed(self.held[one.id], as_text(one.properties), request) for one in known]
        return batch_answer(request, changed, self._missing(absent))

    def _changed(self, record: Record, values: Mapping[str, str], request: Request) -> Json:
        for name, value in values.items():
            before = record.properties.get(name, "")
            is_stage = name == _STAGE
            record.properties[name] = (
                later_stage(self.known[name].options, before, value) if is_stage else value
            )
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
        ids = [one.id for one in self.held.values() if id_ in one.associations["contacts"]]
        page = [self._tie(one, is_first=one == ids[0]) for one in ids[start : start + most]]
        more = {"paging": {"next": {"after": str(start + most)}}} if len(ids) > start + most else {}
        return as_json(200, {"results": page} | more)

    def _tie(self, id_: str, *, is_first: bool) -> Json:
        kinds = self.kind.back if is_first else self.kind.back[:1]
        types = [{"category": "HUBSPOT_DEFINED", "typeId": one, "label": None} for one in kinds]
        return {"toObjectId": id_, "associationTypes": types}
