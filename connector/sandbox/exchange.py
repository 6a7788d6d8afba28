"""One request and its answer, as the two platforms see them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Json: TypeAlias = dict[str, Any]


class Body(BaseModel):
    """What a route expects of a JSON body; keys that it does not name are ignored, as the platforms do."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class CamelBody(Body):
    """The same with HubSpot's way of writing names: `object_id` is `objectId`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


BodyT = TypeVar("BodyT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: `path` still percent-encoded, header names in lower case, `at` in UTC."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    def read(self, model: type[BodyT]) -> BodyT:
        """The body as `model`. Raises pydantic's ValidationError where it is no JSON or does not fit."""
        return model.model_validate_json(self.body)

    def first(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return next(iter(self.query.get(name, ())), default)

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, given repeatedly or with commas."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]

    def number(self, name: str, default: int, most: int) -> int:
        """A query parameter as a number from 0 to `most`; `default` where it is missing or no number."""
        text = self.first(name)
        return min(int(text), most) if text.isascii() and text.isdigit() else default


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the bytes of a body, and headers."""

    status: int
    body: bytes = b""
    content_type: str = "application/json;charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A platform's refusal; `document` is its body in the platform's own words."""

    def __init__(self, status: int, document: Json) -> None:
        super().__init__(status, document)
        self.status = status
        self.document = document


def as_json(status: int, document: object, content_type: str = "application/json;charset=utf-8") -> Answer:
    """An answer that carries `document`."""
    return Answer(status, json.dumps(document, ensure_ascii=False).encode(), content_type)


def instant(moment: datetime) -> str:
    """A moment as HubSpot writes it, in milliseconds: 2026-11-22T09:00:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
