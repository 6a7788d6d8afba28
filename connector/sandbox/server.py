"""The HTTP side: HTTP/1.1 with kept connections, one thread for each."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from connector.sandbox.exchange import Answer, Request, as_json
from connector.sandbox.scripts import Script
from connector.sandbox.world import Reply, World

_LARGEST_BODY = 16 * 1024 * 1024
_LONGEST_END = 5.0
_PAGE = """Loods sandbox: a local HubSpot and Mailchimp that remember what they are told.

HubSpot     this address                 (/crm, /automation, /events, /account-info)
Mailchimp   this address + /3.0          (audience 57afe96172)
WooCommerce this address                 (/wp-json/wc/v3/webhooks)
Shopify     this address                 (/admin)
any HTTP    this address + /http/...     (stored and answered 200)

GET  /state    what is held, and every call, as JSON
POST /reset    forget everything
POST /script   prescribe answers, for tests
"""


class Server(ThreadingHTTPServer):
    """Listens for a world; `close` ends every connection, also those that wait."""

    request_queue_size = 128
    block_on_close = False

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        self.is_stopping = Event()
        self._open: dict[socket, Thread] = {}
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, and remember both so that they can be ended."""
        thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client go away in the middle without a word; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening and end the connections that are left."""
        self.is_stopping.set()
        self.shutdown()
        for connection, thread in tuple(self._open.items()):
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)
            thread.join(timeout=_LONGEST_END)
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "loods-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def respond(self) -> None:
        """Answer one request of any method."""
        request = self._request()
        if request is None:
            return
        own = self._about(request)
        if own is not None:
            self._send(Reply(own))
            return
        with self.server.world.exchange(request) as reply:
            self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815 - http.server asks for these

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer: the sandbox's own time."""
        now = self.server.world.now().timestamp()
        return super().date_time_string(now if timestamp is None else timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class has
        """Keep quiet: every call is in the state."""

    def _request(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._refuse(411)
            return None
        if int(length) > _LARGEST_BODY:
            self._refuse(413)
            return None
        body = self.rfile.read(int(length))
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(url.query, keep_blank_values=True)
        return Request(self.command, url.path, query, headers, body, self.server.world.now())

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(Reply(Answer(status)))

    def _about(self, request: Request) -> Answer | None:
        """The sandbox's own pages, which are no calls to a platform."""
        world = self.server.world
        match request.method, request.path:
            case "GET", "/":
                return Answer(200, _PAGE.encode(), "text/plain; charset=utf-8")
            case "GET", "/state":
                return Answer(200, world.state().encode() + b"\n")
            case "POST", "/reset":
                world.reset()
                return Answer(204)
            case "POST", "/script":
                return self._script(request)
            case _:
                return None

    def _script(self, request: Request) -> Answer:
        try:
            self.server.world.script(request.read(Script))
        except ValidationError as error:
            return as_json(400, {"errors": json.loads(error.json(include_url=False, include_input=False))})
        return Answer(204)

    def _send(self, reply: Reply) -> None:
        self.server.is_stopping.wait(reply.delay)
        if reply.answer is None or self.server.is_stopping.is_set():
            self.close_connection = True
            return
        self._head(reply.answer)
        if not reply.drip:
            self.wfile.write(reply.answer.body)
            return
        for byte in reply.answer.body:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            if self.server.is_stopping.wait(reply.drip):
                return

    def _head(self, answer: Answer) -> None:
        given = {name.lower(): value for name, value in answer.headers.items()}
        self.send_response(answer.status)
        if answer.body:
            given.setdefault("content-type", answer.content_type)
        if answer.status != 204:
            given.setdefault("content-length", str(len(answer.body)))
        self.close_connection |= given.get("content-length", "0") != str(len(answer.body))
        if self.close_connection:
            given.setdefault("connection", "close")
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
