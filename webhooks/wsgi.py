"""The same house for a WSGI server of somebody else's: slower, and without the deadlines of our own server.

`loods run` does not use it. It serves where a host wants a WSGI application, and the comparison of servers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from threading import Event, RLock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_from_bytes

from connector.errors import ReceiveError
from webhooks.body import read_all
from webhooks.front import Front
from webhooks.message import Answer, Request, Waiting

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_PATIENCE: Final = 4.0
"""Seconds that an answer may take; Shopify waits five."""


class Wsgi:
    """A WSGI application (PEP 3333); safe to be called by many threads."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self._lock = RLock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        head = _request(environ)
        answer = self._answer(head, environ)
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [b"" if head.method == "HEAD" else answer.body]

    def _answer(self, head: Request, environ: Mapping[str, Any]) -> Answer:
        with self._lock:
            refusal = self.front.refuses(head)
        if refusal is not None:
            return refusal
        try:
            body = read_all(environ, time.monotonic)
        except ReceiveError as error:
            return self.front.cut_off(head, error)
        with self._lock:
            outcome = self.front.take(_request(environ, body))
        return self._waited(outcome) if isinstance(outcome, Waiting) else outcome

    def _waited(self, waiting: Waiting) -> Answer:
        known = Event()
        waiting.done.add_done_callback(lambda _: known.set())
        is_known = known.wait(_PATIENCE)
        with self._lock:
            if not is_known:
                waiting.done.add_done_callback(lambda _: self._settle(waiting))
                return waiting.late()
            waiting.settle()
            return waiting.answer()

    def _settle(self, waiting: Waiting) -> None:
        with self._lock:
            waiting.settle()


def _request(environ: Mapping[str, Any], body: bytes = b"") -> Request:
    headers = {
        name[5:].lower().replace("_", "-"): text
        for name, text in environ.items()
        if name.startswith("HTTP_") and isinstance(text, str)
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.lower().replace("_", "-")] = environ[name]
    length = environ.get("CONTENT_LENGTH") or ""
    path = quote_from_bytes(environ.get("PATH_INFO", "").encode("latin-1"), safe="/:@!$&'()*+,;=")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
        length=int(length) if length.isdecimal() and length.isascii() else None,
    )
