"""The front of the house: webhooks go to the receiver at once, all else to the pages, in other threads."""

from __future__ import annotations

from concurrent.futures import Executor
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from werkzeug.test import run_wsgi_app

from connector.errors import ReceiveError, TooLarge, Unavailable
from webhooks.body import LIMIT
from webhooks.forgetting import forget_calls
from webhooks.message import Answer, Request, Waiting
from webhooks.patience import come_again
from webhooks.problem import problem
from webhooks.receive import PLACE, Receiver
from webhooks.refusals import broken
from webhooks.tray import Loop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_OF_THE_SERVER: Final = frozenset({"content-length", "connection", "date", "server", "transfer-encoding"})
"""Headers of an answer that the server writes."""


class Front:
    """Answers every request; to be asked from one thread. `pages` is called in a thread of `threads`."""

    def __init__(self, receiver: Receiver, pages: WSGIApplication, threads: Executor) -> None:
        self.receiver = receiver
        self.pages = pages
        self._threads = threads

    def gather(self, loop: Loop) -> None:
        """From now on all is asked from the thread of this loop."""
        self.receiver.gather(loop)

    def refuses(self, head: Request) -> Answer | None:
        """The answer to a request whose body nobody needs to see; None where the body should come."""
        if head.path.startswith(PLACE):
            return self.receiver.refuses(head)
        if head.length is not None and head.length > LIMIT:
            return self.cut_off(head, TooLarge(f"The body is larger than {LIMIT} bytes."))
        return None

    def take(self, request: Request) -> Answer | Waiting:
        """The answer to a whole request, or the wait for one."""
        if request.path.startswith(PLACE):
            return self.receiver.take(request)
        return Showing(self._threads.submit(_shown, self.pages, request))

    def hold(self, size: int) -> None:
        """So many bytes more, or less, of bodies are in memory. Raises Overloaded where they are too many."""
        self.receiver.room.hold(size)

    def cut_off(self, head: Request, error: Exception) -> Answer:
        """The answer to a request that came so far and no further."""
        if head.path.startswith(PLACE):
            return self.receiver.cut_off(head, error)
        return problem(error, uuid4().hex) if isinstance(error, ReceiveError) else broken(error)

    def close(self) -> None:
        """Make no more pages; what has begun goes on."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Showing(Waiting):
    """A page that is being made."""

    def answer(self) -> Answer:
        """The page."""
        try:
            page: Answer = self.done.result(0)
        except Exception as error:
            said = broken(error)
            forget_calls(error)
            return said
        return page

    def late(self) -> Answer:
        """The page takes too long."""
        self.done.cancel()
        return problem(
            Unavailable("The page could not be made in time.", retry_after=come_again()), uuid4().hex
        )

    def settle(self) -> None:
        """Nothing is to be given back."""


def _shown(pages: WSGIApplication, request: Request) -> Answer:
    said, status, headers = run_wsgi_app(pages, environ_of(request), buffered=True)
    told = tuple((name, text) for name, text in headers if name.lower() not in _OF_THE_SERVER)
    return Answer(int(status.split(" ", 1)[0]), b"".join(said), told)


def environ_of(request: Request) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333). HEAD asks what GET does; the server leaves the body out, and
    knows its length (RFC 9110, sections 8.6 and 9.3.2)."""
    host, _, port = request.headers.get("host", "localhost").partition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET" if request.method == "HEAD" else request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    own = {"content-length", "content-type", "transfer-encoding"}
    named = {name: text for name, text in request.headers.items() if name not in own and "_" not in name}
    return environ | {"HTTP_" + name.upper().replace("-", "_"): text for name, text in named.items()}
