"""HubSpot's contacts: batch upsert, create, change, read and archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Refused, Request, as_json, instant
from connector.sandbox.hubspot.properties import Given, Property, as_text, refusals
from connector.sandbox.hubspot.records import (
    Ids,
    ReadBody,
    Record,
    batch_answer,
    batch_error,
    checked_batch,
    find,
    missing,
)
from connector.sandbox.hubspot.refusals import conflict, invalid, invalid_properties, not_found
from connector.sandbox.routing import Route

ROOT = "/crm/v3/objects/contacts"
_SHOWN = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")
_ALWAYS_SHOWN = ("createdate", "hs_object_id", "lastmodifieddate")


class UpsertInput(CamelBody):
    """One contact of a batch upsert, found by the value of `id_property`; the trace id names it in errors."""

    id: str
    id_property: str = ""
    properties: Given
    trace: str | None = Field(default=None, alias="objectWriteTraceId")

    def values(self) -> dict[str, str]:
        """What to write; a new contact gets the property by which it was looked for."""
        named = {self.id_property: self.id} if self.id_property else {}
        return as_text(named | dict(self.properties))


class UpsertBody(CamelBody):
    """A batch upsert."""

    inputs: tuple[UpsertInput, ...]


class WriteBody(CamelBody):
    """A new contact, or a change of one."""

    properties: Given


@dataclass
class Contacts:
    """The contacts of a portal, by id."""

    known: Mapping[str, Property]
    ids: Ids
    held: dict[str, Record] = field(default_factory=dict)
    _ids_by_email: dict[str, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls about contacts."""
        return [
            ("POST", f"{ROOT}/batch/upsert", self._upsert),
            ("POST", f"{ROOT}/batch/read", self._read),
            ("POST", ROOT, self._create),
            ("GET", f"{ROOT}/{{id}}", self._get),
            ("PATCH", f"{ROOT}/{{id}}", self._change),
            ("DELETE", f"{ROOT}/{{id}}", self._archive),
        ]

    def by_email(self, email: str) -> Record | None:
        """The contact with this e-mail address."""
        return self.held.get(self._ids_by_email.get(email.strip().lower(), ""))

    def _find(self, id_: str, by: str) -> Record | None:
        return self.by_email(id_) if by == "email" else find(self.held, self.known, id_, by)

    def _upsert(self, request: Request) -> Answer:
        """All, or 207 where some fail and carry a trace id; without one the first failure refuses all."""
        inputs = request.read(UpsertBody).inputs
        checked_batch([one.id for one in inputs])
        faults = [(one, fault) for one in inputs if (fault := self._fault(one))]
        for one, fault in faults:
            if one.trace is None:
                raise fault
        failed = [one for one, _ in faults]
        results = [self._upserted(one, request) for one in inputs if one not in failed]
        errors = [batch_error(fault, objectWriteTraceId=[str(one.trace)]) for one, fault in faults]
        # HubSpot promises no order of the results: ours is that of the ids.
        return batch_answer(request, sorted(results, key=lambda shown: int(shown["id"])), errors)

    def _fault(self, one: UpsertInput) -> Refused | None:
        values = one.values()
        if not one.id.strip():
            return invalid("id must not be empty")
        if problems := refusals(values, self.known):
            return invalid_properties(problems)
        found = self._find(one.id, one.id_property)
        if found is None and not one.id_property:
            return not_found(f"No contact with id {one.id}")
        return self._taken(values, found)

    def _taken(self, values: Mapping[str, str], owner: Record | None) -> Refused | None:
        other = self.by_email(values["email"]) if values.get("email") else None
        return conflict(other.id) if other and other is not owner else None

    def _upserted(self, one: UpsertInput, request: Request) -> Json:
        found = self._find(one.id, one.id_property)
        record = found or self._added(request)
        self._write(record, one.values(), request)
        trace = {"objectWriteTraceId": one.trace} if one.trace is not None else {}
        return record.shown(record.properties) | {"new": found is None} | trace

    def _create(self, request: Request) -> Answer:
        values = as_text(request.read(WriteBody).properties)
        self._check(values, None)
        record = self._added(request)
        self._write(record, values, request)
        return as_json(201, record.shown(record.properties))

    def _change(self, request: Request, id_: str) -> Answer:
        record = self._found(request, id_)
        values = as_text(request.read(WriteBody).properties)
        self._check(values, record)
        self._write(record, values, request)
        return as_json(200, record.shown({**dict.fromkeys(_ALWAYS_SHOWN), **values}))

    def _check(self, values: Mapping[str, str], owner: Record | None) -> None:
        if problems := refusals(values, self.known):
            raise invalid_properties(problems)
        if not values:
            raise invalid("No properties found to update, please provide at least one.")
        if taken := self._taken(values, owner):
            raise taken

    def _get(self, request: Request, id_: str) -> Answer:
        wanted = [name for name in request.many("properties") if name in self.known]
        return as_json(200, self._found(request, id_).shown([*_ALWAYS_SHOWN, *wanted] if wanted else _SHOWN))

    def _read(self, request: Request) -> Answer:
        body = request.read(ReadBody)
        wanted = [(one.id, self._find(one.id, body.id_property or "")) for one in body.inputs]
        names = [*_ALWAYS_SHOWN, *body.properties] if body.properties else _SHOWN
        absent = [id_ for id_, record in wanted if record is None]
        errors = [batch_error(missing("CONTACT", absent))] if absent else []
        return batch_answer(request, [record.shown(names) for _, record in wanted if record], errors)

    def _archive(self, request: Request, id_: str) -> Answer:
        if record := self.held.pop(id_, None):
            self._ids_by_email.pop(record.properties.get("email", ""), None)
        return Answer(204)

    def _found(self, request: Request, id_: str) -> Record:
        record = self._find(id_, request.first("idProperty"))
        if record is None:
            raise not_found()
        return record

    def _added(self, request: Request) -> Record:
        id_, at = self.ids.take(), request.at
        record = Record(id_, at, at, {"hs_object_id": id_, "createdate": instant(at)})
        self.held[id_] = record
        return record

    def _write(self, record: Record, values: Mapping[str, str], request: Request) -> None:
        if "email" in values:
            self._ids_by_email.pop(record.properties.get("email", ""), None)
            self._ids_by_email |= {values["email"]: record.id} if values["email"] else {}
        for name, value in values.items():
            record.properties[name] = self._kept(name, record.properties.get(name, ""), value)
        record.properties["lastmodifieddate"] = instant(request.at)
        record.updated_at = request.at

    def _kept(self, name: str, before: str, wanted: str) -> str:
        if name == "lifecyclestage":
            return _later(self.known[name].options, before, wanted)
        if self.known[name].field_type == "checkbox" and wanted.startswith(";"):
            return ";".join(dict.fromkeys(part for part in f"{before}{wanted}".split(";") if part))
        return wanted


def _later(stages: tuple[str, ...], before: str, wanted: str) -> str:
    """HubSpot silently keeps the later lifecycle stage; clearing it makes an earlier one possible."""
    if before in stages and wanted in stages and stages.index(wanted) < stages.index(before):
        return before
    return wanted
