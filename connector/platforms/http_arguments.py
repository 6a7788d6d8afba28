"""What can be posted to an address of your own, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from connector.model.action import ActionSpec, Kind

TAKEN: Final = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
"""Headers that belong to the transport; those of the signature are not free either."""
LONGEST_NUMBER: Final = 30
"""Digits; what is longer is written as text."""
HeaderName = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
HeaderValue = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\x20-\x7e]*$")]


class Post(BaseModel):
    """Posts to the connection's address: names and values as JSON, a text as it is.

    Repeats carry the same `webhook-id`, by which the receiver knows them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    body: Mapping[str, object] | str = Field(description="names and values, nested as you like, or a text")
    headers: Mapping[HeaderName, HeaderValue] = Field(default={}, description="further headers")

    @field_validator("headers")
    @classmethod
    def _leaves_ours(cls, headers: Mapping[str, str]) -> Mapping[str, str]:
        if ours := sorted(name for name in headers if name in TAKEN or name.startswith("webhook-")):
            raise ValueError(f"{ours[0]} is not free")
        return headers

    def written(self) -> tuple[str, bytes]:
        """The body's media type, and the body itself; times are in UTC."""
        if isinstance(self.body, str):
            return "text/plain; charset=utf-8", self.body.encode(errors="replace")
        return "application/json", json.dumps(_plain(self.body)).encode()


SPECS: Final = (ActionSpec("http", "post", Post, Kind.INTERNAL, is_idempotent=True),)


def _plain(value: object) -> object:
    """The value in JSON's own kinds; times are in UTC. A decimal that a float would change is a text."""
    match value:
        case Decimal():
            return _number(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            return value


def _number(value: Decimal) -> int | float | str:
    if value.adjusted() < LONGEST_NUMBER and value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
