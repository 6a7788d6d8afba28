"""HubSpot's tasks, and which tasks a contact has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.properties import Given, Property, as_text, refusals
from connector.sandbox.hubspot.records import Ids, ReadBody, Record, batch_answer, batch_error, missing
from connector.sandbox.hubspot.refusals import Invalid, invalid, invalid_properties, not_found
from connector.sandbox.routing import Route

ROOT = "/crm/v3/objects/tasks"
TASK_TO_CONTACT = 204
CONTACT_TO_TASK = 203
_SHOWN = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


class SpecBody(CamelBody):
    """The kind of an association."""

    association_category: str
    association_type_id: int


class ToBody(CamelBody):
    """The other end of an association."""

    id: str


class AssociationBody(CamelBody):
    """An association of a new task."""

    to: ToBody
    types: tuple[SpecBody, ...]


class TaskBody(CamelBody):
    """A new task."""

    properties: Given
    associations: tuple[AssociationBody, ...] = ()


@dataclass
class Tasks:
    """The tasks of a portal, by id. `contacts` and `owners` are those that a task may name."""

    known: Mapping[str, Property]
    ids: Ids
    contacts: Mapping[str, Record]
    owners: Mapping[str, Json]
    held: dict[str, Record] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls about tasks."""
        return [
            ("POST", f"{ROOT}/batch/read", self._read),
            ("POST", ROOT, self._create),
            ("GET", f"{ROOT}/{{id}}", self._get),
            ("DELETE", f"{ROOT}/{{id}}", self._archive),
            ("GET", "/crm/v4/objects/contacts/{id}/associations/tasks", self._of_contact),
        ]

    def _create(self, request: Request) -> Answer:
        body = request.read(TaskBody)
        values = as_text(body.properties)
        self._check(values)
        contacts = [self._contact(one) for one in body.associations]
        id_, at = self.ids.take(), instant(request.at)
        values |= {"hs_object_id": id_, "hs_createdate": at, "hs_lastmodifieddate": at}
        task = Record(id_, request.at, request.at, values, {"contacts": contacts})
        self.held[id_] = task
        return as_json(201, task.shown(values))

    def _check(self, values: Mapping[str, str]) -> None:
        if problems := refusals(values, self.known):
            raise invalid_properties(problems)
        if not values.get("hs_timestamp"):
            raise invalid(
                "Error creating TASK. Some required properties were not set.", properties=["hs_timestamp"]
            )
        owner = values.get("hubspot_owner_id", "")
        if owner and owner not in self.owners:
            raise invalid_properties(
                [Invalid("hubspot_owner_id", "INVALID_OWNER_ID", f"Owner {owner} does not exist")]
            )

    def _contact(self, association: AssociationBody) -> str:
        if [one.association_type_id for one in association.types] != [TASK_TO_CONTACT]:
            raise invalid("One or more association types are not valid for tasks to contacts")
        if association.to.id not in self.contacts:
            raise invalid("One or more associations are not valid", ids=[association.to.id])
        return association.to.id

    def _get(self, request: Request, id_: str) -> Answer:
        if id_ not in self.held:
            raise not_found()
        return as_json(200, self.held[id_].shown([*_SHOWN, *request.many("properties")]))

    def _read(self, request: Request) -> Answer:
        body = request.read(ReadBody)
        absent = [one.id for one in body.inputs if one.id not in self.held]
        found = [self.held[one.id] for one in body.inputs if one.id in self.held]
        errors = [batch_error(missing("TASK", absent))] if absent else []
        return batch_answer(request, [task.shown([*_SHOWN, *body.properties]) for task in found], errors)

    def _archive(self, request: Request, id_: str) -> Answer:
        self.held.pop(id_, None)
        return Answer(204)

    def _of_contact(self, request: Request, id_: str) -> Answer:
        if id_ not in self.contacts:
            raise not_found()
        kind = {"category": "HUBSPOT_DEFINED", "typeId": CONTACT_TO_TASK, "label": None}
        start, most = request.number("after", 0, 10**9), request.number("limit", 500, 500)
        ids = [task.id for task in self.held.values() if id_ in task.associations["contacts"]]
        page = [{"toObjectId": one, "associationTypes": [kind]} for one in ids[start : start + most]]
        more = {"paging": {"next": {"after": str(start + most)}}} if len(ids) > start + most else {}
        return as_json(200, {"results": page} | more)
