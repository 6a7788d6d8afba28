"""The calls about HubSpot's contacts: batch upsert, create, change, read and archive."""

from __future__ import annotations

from connector.sandbox.exchange import Answer, CamelBody, Json, Refused, Request, as_json
from connector.sandbox.hubspot.book import ContactBook
from connector.sandbox.hubspot.properties import Given, as_text
from connector.sandbox.hubspot.records import (
    SHOWN_OF_CONTACTS,
    ReadBody,
    Record,
    TracedBody,
    batch_answer,
    batch_error,
    checked_batch,
    done_apart,
    missing,
)
from connector.sandbox.hubspot.refusals import invalid, not_found
from connector.sandbox.routing import Route

ROOT = "/crm/v3/objects/contacts"
_ALWAYS_SHOWN = ("createdate", "hs_object_id", "lastmodifieddate")


class UpsertInput(TracedBody):
    """One contact of a batch, found by the value of `id_property`."""

    id: str
    id_property: str = ""
    properties: Given

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


class Contacts:
    """The calls about the contacts of a book."""

    def __init__(self, book: ContactBook) -> None:
        self._book = book

    def routes(self) -> list[Route]:
        """Which call is answered by what."""
        return [
            ("POST", f"{ROOT}/batch/upsert", self._upsert),
            ("POST", f"{ROOT}/batch/update", self._update),
            ("POST", f"{ROOT}/batch/read", self._read),
            ("POST", ROOT, self._create),
            ("GET", f"{ROOT}/{{id}}", self._get),
            ("PATCH", f"{ROOT}/{{id}}", self._change),
            ("DELETE", f"{ROOT}/{{id}}", self._archive),
        ]

    def _upsert(self, request: Request) -> Answer:
        inputs = request.read(UpsertBody).inputs
        checked_batch([one.id for one in inputs])
        return batch_answer(
            request, *done_apart(inputs, self._fault, lambda one: self._upserted(one, request))
        )

    def _update(self, request: Request) -> Answer:
        inputs = request.read(UpsertBody).inputs
        checked_batch([one.id for one in inputs])
        return batch_answer(
            request, *done_apart(inputs, self._update_fault, lambda one: self._updated(one, request))
        )

    def _update_fault(self, one: UpsertInput) -> Refused | None:
        found = self._book.find(one.id, one.id_property)
        if found is None:
            return not_found(f"No contact with id {one.id}")
        return self._book.fault(as_text(one.properties), found)

    def _updated(self, one: UpsertInput, request: Request) -> Json:
        record, values = self._book.find(one.id, one.id_property), as_text(one.properties)
        assert record is not None  # noqa: S101 - it has no fault
        self._book.write(record, values, request.at)
        return record.shown({**dict.fromkeys(_ALWAYS_SHOWN), **values}) | one.told()

    def _fault(self, one: UpsertInput) -> Refused | None:
        if not one.id.strip():
            return invalid("id must not be empty")
        found = self._book.find(one.id, one.id_property)
        if found is None and not one.id_property:
            return not_found(f"No contact with id {one.id}")
        return self._book.fault(one.values(), found)

    def _upserted(self, one: UpsertInput, request: Request) -> Json:
        found = self._book.find(one.id, one.id_property)
        record = found or self._book.add(request.at)
        self._book.write(record, one.values(), request.at)
        return record.shown(record.properties) | {"new": found is None} | one.told()

    def _create(self, request: Request) -> Answer:
        values = self._values(request, None)
        record = self._book.add(request.at)
        self._book.write(record, values, request.at)
        return as_json(201, record.shown(record.properties))

    def _change(self, request: Request, id_: str) -> Answer:
        record = self._found(request, id_)
        values = self._values(request, record)
        self._book.write(record, values, request.at)
        return as_json(200, record.shown({**dict.fromkeys(_ALWAYS_SHOWN), **values}))

    def _values(self, request: Request, owner: Record | None) -> dict[str, str]:
        values = as_text(request.read(WriteBody).properties)
        if not values:
            raise invalid("No properties found to update, please provide at least one.")
        if fault := self._book.fault(values, owner):
            raise fault
        return values

    def _get(self, request: Request, id_: str) -> Answer:
        asked = [name for name in request.many("properties") if name in self._book.known]
        names = [*_ALWAYS_SHOWN, *asked] if asked else SHOWN_OF_CONTACTS
        remembered = request.many("propertiesWithHistory")
        return as_json(200, self._found(request, id_).shown_with_history(names, remembered))

    def _read(self, request: Request) -> Answer:
        body = request.read(ReadBody)
        checked_batch([one.id for one in body.inputs])
        wanted = [(one.id, self._book.find(one.id, body.id_property or "")) for one in body.inputs]
        names = [*_ALWAYS_SHOWN, *body.properties] if body.properties else SHOWN_OF_CONTACTS
        absent = [id_ for id_, record in wanted if record is None]
        errors = [batch_error(missing("CONTACT", absent))] if absent else []
        return batch_answer(request, [record.shown(names) for _, record in wanted if record], errors)

    def _archive(self, request: Request, id_: str) -> Answer:
        self._book.remove(id_)
        return Answer(204)

    def _found(self, request: Request, id_: str) -> Record:
        record = self._book.find(id_, request.first("idProperty"))
        if record is None:
            raise not_found()
        return record
