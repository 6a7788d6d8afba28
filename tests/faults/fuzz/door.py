"""The receiver's callable, asked in process as a server would ask it."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tests.faults.fuzz.sent import Sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender hears."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(app: Callable[..., Iterable[bytes]], sent: Sent) -> Answer:
    """The answer of a WSGI application; what it raises goes through."""
    heard: list[Answer] = []

    def begin(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
        heard.append(Answer(int(status[:3]), {name.lower(): words for name, words in headers}, b""))
        return lambda _: None

    pieces = app(environ(sent), begin)
    body = b"".join(pieces)
    if hasattr(pieces, "close"):
        pieces.close()
    return Answer(heard[-1].status, heard[-1].headers, body)


def environ(sent: Sent) -> dict[str, Any]:
    """The request as PEP 3333 has it. Headers of one name are joined, as servers do."""
    found: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": sent.path.encode().decode("latin-1"),
        "QUERY_STRING": sent.query.decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent.body if sent.announced is None else sent.body[: sent.announced]),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    if sent.announced is not None:
        found["CONTENT_LENGTH"] = str(sent.announced)
    for name, words in sent.headers:
        key = _key(name)
        found[key] = f"{found[key]}, {words.decode('latin-1')}" if key in found else words.decode("latin-1")
    return found


def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def says(answer: Answer) -> str:
    """The answer in a line, for a report."""
    return f"{answer.status} {HTTPStatus(answer.status).phrase}: {answer.body[:200]!r}"
