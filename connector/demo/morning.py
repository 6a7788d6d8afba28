"""A morning in a webshop: the webhooks in the order in which things happened, each a file of its own."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Moment:
    """One webhook: what happened, the connection that it is posted to, and its headers; the body in parts."""

    name: str
    title: str
    connection: str
    headers: dict[str, str]
    content: Any
    is_form: bool

    def body(self, now: datetime, hubspot_id: Callable[[str], int]) -> bytes:
        """The bytes to post; `ago:5` is five minutes before now, `hubspot:EMAIL` an id in HubSpot."""
        filled = _fill(self.content, now, hubspot_id)
        return urlencode(filled).encode() if self.is_form else json.dumps(filled, indent=2).encode()

    @property
    def media_type(self) -> str:
        """The Content-Type that goes with the body."""
        return "application/x-www-form-urlencoded" if self.is_form else "application/json"


def morning() -> list[Moment]:
    """The whole morning, first to last."""
    folder = importlib.resources.files("connector.demo") / "deliveries"
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    return [_moment(one.name.removesuffix(".json"), json.loads(one.read_text("utf-8"))) for one in files]


def _moment(name: str, found: dict[str, Any]) -> Moment:
    is_form = "form" in found
    return Moment(
        name=name,
        title=found["title"],
        connection=found["connection"],
        headers=found.get("headers", {}),
        content=found["form"] if is_form else found["body"],
        is_form=is_form,
    )


def _fill(value: Any, now: datetime, hubspot_id: Callable[[str], int]) -> Any:
    match value:
        case dict():
            return {key: _fill(one, now, hubspot_id) for key, one in value.items()}
        case list():
            return [_fill(one, now, hubspot_id) for one in value]
        case str() if value.startswith("ago"):
            return _time(value, now)
        case str() if value.startswith("hubspot:"):
            return hubspot_id(value.removeprefix("hubspot:"))
        case _:
            return value


def _time(text: str, now: datetime) -> str | int:
    form, _, minutes = text.partition(":")
    at = now - timedelta(minutes=int(minutes))
    match form:
        case "ago-gmt":
            return at.strftime("%Y-%m-%dT%H:%M:%S")
        case "ago-form":
            return at.strftime("%Y-%m-%d %H:%M:%S")
        case "ago-ms":
            return int(at.timestamp() * 1000)
        case _:
            return at.isoformat(timespec="seconds")
