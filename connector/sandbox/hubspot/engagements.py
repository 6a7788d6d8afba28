"""The search of meetings and calls by when they were changed, and whose they are.

By developers.hubspot.com, search the CRM: moments are asked for in milliseconds, sorted by one property; a
page has 200 at most, and no search goes beyond 10,000 records. Unlike the real one it finds at once what was
just written. Associations are those of the v4 API, batch read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json
from connector.sandbox.hubspot.objects import Objects, OfContactsBody
from connector.sandbox.hubspot.records import Record, batch_answer, batch_error
from connector.sandbox.hubspot.refusals import invalid, refused
from connector.sandbox.routing import Route

MOST = 200
FURTHEST = 10_000


class SinceBody(CamelBody):
    """The only question that is asked here: from a moment on."""

    property_name: str
    operator: Literal["GTE"]
    value: int


class GroupBody(CamelBody):
    """A group of one question."""

    filters: tuple[SinceBody, ...] = Field(min_length=1, max_length=1)


class SortBody(CamelBody):
    """In which order."""

    property_name: str
    direction: Literal["ASCENDING", "DESCENDING"] = "ASCENDING"


class ChangesBody(CamelBody):
    """A search for what was changed."""

    filter_groups: tuple[GroupBody, ...] = Field(min_length=1, max_length=1)
    sorts: tuple[SortBody, ...] = Field(min_length=1, max_length=1)
    properties: tuple[str, ...] = ()
    limit: int = Field(default=10, ge=0, le=MOST)
    after: int = 0


class Engagements:
    """The records of one kind, as they are found."""

    def __init__(self, records: Objects) -> None:
        self._records = records

    def routes(self) -> list[Route]:
        """The search, and the associations with contacts."""
        kind = self._records.kind.name
        return [
            ("POST", f"/crm/v3/objects/{kind}/search", self._find),
            ("POST", f"/crm/v4/associations/{kind}/contacts/batch/read", self._people),
        ]

    def _find(self, request: Request) -> Answer:
        body = request.read(ChangesBody)
        if body.after + body.limit > FURTHEST:
            raise invalid("There was a problem with the request: a search ends after 10,000 records.")
        [asked], [sort] = body.filter_groups[0].filters, body.sorts
        found = [
            one for one in self._records.held.values() if _moment(one, asked.property_name) >= asked.value
        ]
        found.sort(key=lambda one: _moment(one, sort.property_name), reverse=sort.direction == "DESCENDING")
        return as_json(200, {"total": len(found)} | _page(found, body))

    def _people(self, request: Request) -> Answer:
        """Those of each; one that has nobody is named in an error."""
        held, asked = self._records.held, [one.id for one in request.read(OfContactsBody).inputs]
        ties = {id_: held[id_].associations["contacts"] if id_ in held else [] for id_ in asked}
        tie = {"category": "HUBSPOT_DEFINED", "typeId": self._records.kind.ties[0], "label": None}
        results = [
            {"from": {"id": id_}, "to": [{"toObjectId": one, "associationTypes": [tie]} for one in people]}
            for id_, people in ties.items()
            if people
        ]
        errors = [_alone(self._records.kind.name, id_) for id_, people in ties.items() if not people]
        return batch_answer(request, results, errors)


def _page(found: Sequence[Record], body: ChangesBody) -> Json:
    end = body.after + body.limit
    shown = [one.shown(["hs_object_id", *body.properties]) for one in found[body.after : end]]
    more = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
    return {"results": shown} | more


def _moment(record: Record, name: str) -> int:
    held = record.properties.get(name)
    return int(datetime.fromisoformat(held).timestamp() * 1000) if held else 0


def _alone(kind: str, id_: str) -> Json:
    words = f"No contacts is associated with {kind} {id_}."
    refusal = refused(404, "OBJECT_NOT_FOUND", words, context={"fromObjectId": [id_]})
    return batch_error(refusal) | {"subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND"}
