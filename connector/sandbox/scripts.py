"""Answers that a test prescribes: refusals, losses, delays, and effects whose answer is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field

from connector.sandbox.exchange import Answer, Request


class Match(BaseModel):
    """Which calls a script is for: all that is given must fit.

    `path` is the beginning of a path, or a glob where it has `*`, `?` or `[`; `contains` a piece of the body.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str | None = None
    path: str = "/"
    contains: str = ""

    def fits(self, request: Request) -> bool:
        """Whether this call is meant."""
        if self.method is not None and self.method.upper() != request.method:
            return False
        paths = (request.path, unquote(request.path))
        return any(map(self._is_path, paths)) and self.contains.encode() in request.body

    def _is_path(self, path: str) -> bool:
        if any(sign in self.path for sign in "*?["):
            return fnmatchcase(path, self.path)
        return path.startswith(self.path)


class Scripted(BaseModel):
    """One prescribed answer. Without `status` and `drop` the platform's own answer comes, late by `delay`.

    `apply` performs the call's effect first; `drop` closes the connection without an answer; `delay` and
    `drip` (the wait between two bytes of the body) are in seconds. A `Content-Length` in `headers` is sent as
    it is, so that a body can be cut short. A `body` that is neither text nor bytes is sent as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: int | None = Field(default=None, ge=200, le=599)
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = b""
    content_type: str = "application/json"
    delay: float = Field(default=0.0, ge=0)
    drip: float = Field(default=0.0, ge=0)
    apply: bool = False
    drop: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the platform's own answer is to come."""
        return self.status is None and not self.drop

    def answer(self) -> Answer:
        """The prescribed answer."""
        return Answer(self.status or 200, _bytes(self.body), self.content_type, self.headers)


class Script(BaseModel):
    """Answers for the next calls that fit, in order, `times` over; `times` None goes on until a reset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: Match
    answers: Sequence[Scripted] = Field(min_length=1)
    times: int | None = Field(default=1, ge=1)


class Scripts:
    """The scripts that wait; the oldest that fits a call answers it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Script, int]] = []

    def add(self, script: Script) -> None:
        """Let `script` answer from now on."""
        self._waiting.append((script, 0))

    def next_for(self, request: Request) -> Scripted | None:
        """The answer prescribed for this call, which is used up by it; None where there is none."""
        for place, (script, used) in enumerate(self._waiting):
            if script.match.fits(request):
                self._advance(place, script, used + 1)
                return script.answers[used % len(script.answers)]
        return None

    def _advance(self, place: int, script: Script, used: int) -> None:
        if script.times is not None and used >= script.times * len(script.answers):
            del self._waiting[place]
        else:
            self._waiting[place] = (script, used)


def _bytes(body: object) -> bytes:
    match body:
        case bytes():
            return body
        case None:
            return b""
        case str():
            return body.encode()
        case _:
            return json.dumps(body).encode()
