"""Records and their reading: what contacts and tasks have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Refused, Request, as_json, instant
from connector.sandbox.hubspot.properties import Property
from connector.sandbox.hubspot.refusals import invalid, refused

LARGEST_BATCH = 100
SHOWN_OF_CONTACTS = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")


@dataclass
class Record:
    """A contact or a task. `properties` holds what was set; an empty text is a cleared one."""

    id: str
    created_at: datetime
    updated_at: datetime
    properties: dict[str, str]
    associations: dict[str, list[str]] = field(default_factory=dict)
    history: dict[str, list[Json]] = field(default_factory=dict)

    def write(self, name: str, value: str, at: datetime) -> None:
        """Set a property; its history gets another value only."""
        if self.properties.get(name) != value:
            version = {"value": value, "timestamp": instant(at), "sourceType": "INTEGRATION"}
            self.history.setdefault(name, []).insert(0, version)
        self.properties[name] = value

    def shown_with_history(self, names: Iterable[str], remembered: Sequence[str]) -> Json:
        """The same, and the values that these properties have had, the newest first."""
        versions = {"propertiesWithHistory": {name: self.history.get(name, []) for name in remembered}}
        return self.shown(names) | (versions if remembered else {})

    def shown(self, names: Iterable[str]) -> Json:
        """The record with these properties; one that was never set is null."""
        return {
            "id": self.id,
            "properties": {name: self.properties.get(name) for name in names},
            "createdAt": instant(self.created_at),
            "updatedAt": instant(self.updated_at),
            "archived": False,
        }

    def held(self) -> Json:
        """The record whole, for the state."""
        return self.shown(self.properties) | {"associations": self.associations}


class Ids:
    """The numbers that a portal gives to its records."""

    def __init__(self) -> None:
        self._numbers = count(51)

    def take(self) -> str:
        """The next one, as the text that the API makes of it."""
        return str(next(self._numbers))


class ReadInput(CamelBody):
    """One record to read."""

    id: str


class ReadBody(CamelBody):
    """A batch read."""

    inputs: tuple[ReadInput, ...]
    properties: tuple[str, ...] = ()
    id_property: str | None = None


class TracedBody(CamelBody):
    """One input of a batch; its trace id, if it has one, names it in results and errors."""

    trace: str | None = Field(default=None, alias="objectWriteTraceId")

    def told(self) -> Json:
        """The trace id, as a result repeats it."""
        return {"objectWriteTraceId": self.trace} if self.trace is not None else {}


TracedT = TypeVar("TracedT", bound=TracedBody)


def find(records: Mapping[str, Record], known: Mapping[str, Property], id_: str, by: str) -> Record | None:
    """The record with this id, or with this value of the unique property `by`."""
    if by in {"", "hs_object_id"}:
        return records.get(id_)
    if by not in known or not known[by].is_unique:
        raise invalid(f"Unable to perform update/upsert by non-unique 0-1 property {by}")
    return next((record for record in records.values() if record.properties.get(by) == id_), None)


def checked_batch(ids: Sequence[str]) -> None:
    """Refuse a batch that is too large, or that names the same record twice."""
    if len(ids) > LARGEST_BATCH:
        limit = f"The maximum number of inputs supported in a batch request is {LARGEST_BATCH}"
        raise invalid(f"{limit} but was {len(ids)}")
    folded = [id_.strip().lower() for id_ in ids]
    twice = sorted({id_ for id_ in folded if folded.count(id_) > 1})
    if twice:
        raise invalid(f"Duplicate IDs found in batch input: {twice}. IDs must be unique", ids=twice)


def batch_answer(
    request: Request, results: Sequence[Json], errors: Sequence[Json], status: int = 200
) -> Answer:
    """A batch's answer: 207 with `numErrors` where some of it failed."""
    at = instant(request.at)
    document: Json = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    if errors:
        document |= {"numErrors": len(errors), "errors": errors}
    return as_json(207 if errors else status, document)


def done_apart(
    inputs: Sequence[TracedT],
    fault_of: Callable[[TracedT], Refused | None],
    work: Callable[[TracedT], Json],
) -> tuple[list[Json], list[Json]]:
    """Results and errors: a fault fails its own input where that has a trace id, else all of them."""
    faults = [(one, fault) for one in inputs if (fault := fault_of(one))]
    for one, fault in faults:
        if one.trace is None:
            raise fault
    failed = [one for one, _ in faults]
    results = [work(one) for one in inputs if one not in failed]
    errors = [batch_error(fault, objectWriteTraceId=[str(one.trace)]) for one, fault in faults]
    # HubSpot promises no order of the results: ours is that of the ids.
    return sorted(results, key=lambda shown: int(shown["id"])), errors


def batch_error(refusal: Refused, **context: list[str]) -> Json:
    """A refusal as one of the `errors` of a 207."""
    error: dict[str, Any] = {"errors": [], "links": {}} | refusal.document
    del error["correlationId"]
    return error | {"context": error.get("context", {}) | context}


def missing(kind: str, ids: list[str]) -> Refused:
    """What a batch read says of ids that it does not know."""
    words = f"Could not get some {kind} objects, they may be deleted or not exist. Check that ids are valid."
    return refused(404, "OBJECT_NOT_FOUND", words, context={"ids": ids})
