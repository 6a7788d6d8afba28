"""A request as it came and an answer as it goes, whatever server carries them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Final, Protocol

_ALWAYS: Final = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))
"""Nobody may cache an answer of ours or guess its type."""

_MOST_HEADS: Final = 100
"""Different beginnings of answers that are remembered."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` and `query` are as the sender wrote them, percent signs and all.

    Header names are lower-case, values one character a byte; a header that came twice has both values with a
    comma between. Before the body has come, `body` is empty and `length` what was announced of it: None where
    it comes in chunks.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    length: int | None = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Soon(Protocol):
    """What a Future is, as far as anybody here asks it."""

    def add_done_callback(self, told: Callable[[Any], object], /) -> None:
        """Tell of it as soon as it is done."""

    def result(self, timeout: float | None = None, /) -> Any:
        """What came of it, or why nothing did."""

    def cancel(self) -> bool:
        """Give it up; whether that is still possible."""


class Waiting(ABC):
    """An answer that is not known yet: it is as soon as `done` is, whatever came of it."""

    def __init__(self, done: Soon) -> None:
        self.done = done

    @abstractmethod
    def answer(self) -> Answer:
        """What is answered, once it is done. To be asked at most once, and not after `late`."""

    @abstractmethod
    def late(self) -> Answer:
        """What is answered when nobody waits any longer; it is given up where that is still possible."""

    @abstractmethod
    def settle(self) -> None:
        """It is done, also where it was answered before; to be called once, before `answer`."""


def document(
    status: int,
    says: Mapping[str, object],
    more: Mapping[str, str] | None = None,
    media_type: str = "application/json",
) -> Answer:
    """A small JSON document, with more headers than all have."""
    headers = (("Content-Type", media_type), *_ALWAYS, *(more or {}).items())
    return Answer(status, json.dumps(says).encode(), headers)


def written(answer: Answer, date: str, *, is_last: bool, is_head: bool = False) -> bytes:
    """The answer in HTTP/1.1. With `is_last` the connection ends after it; HEAD gets no body."""
    ends = "\r\nConnection: close\r\n\r\n" if is_last else "\r\n\r\n"
    known = f"{_lines(answer.status, answer.headers)}Date: {date}\r\nContent-Length: {len(answer.body)}{ends}"
    head = known.encode("latin-1", "replace")
    return head if is_head else head + answer.body


@lru_cache(_MOST_HEADS)
def _lines(status: int, headers: tuple[tuple[str, str], ...]) -> str:
    """The first line and these headers: nearly all answers have the same ones."""
    return "\r\n".join([_first_line(status), *(f"{name}: {text}" for name, text in headers), ""])


@cache
def _first_line(status: int) -> str:
    known = {one.value: one.phrase for one in HTTPStatus}
    return f"HTTP/1.1 {status} {known.get(status, 'Unknown')}"
