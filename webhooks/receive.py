"""The one route: POST /webhooks/<connection>. Verify, store, then say thank you.

The order of a request: 404 and 405, its length, its bytes, its signature; only what is authentic is read, and
it is answered with a 2xx after it is on disk. What a signature over its very bytes has proven is always kept,
as failed where it cannot be read; where only a shared secret came along, the sender hears what is wrong
instead. docs/receiving.md has the table of answers.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from connector.errors import (
    MethodNotAllowed,
    NotFound,
    ReceiveError,
    StoreError,
    Unavailable,
    UnsupportedMediaType,
)
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from webhooks.arrive import arrived_at, authenticate, is_ping
from webhooks.body import MEDIA_TYPES
from webhooks.counter import Counter
from webhooks.door import Door
from webhooks.intake import Intake, take_in
from webhooks.problem import InternalError, answer, problem

__all__ = ["Door", "create_app"]

log = logging.getLogger(__name__)


def create_app(
    *,
    doors: Callable[[str], Door | None],
    receive: Callable[[Sequence[Delivery]], list[Received]],
    keep_failed: Callable[[Delivery, str, str], Received],
    health: Callable[[], Mapping[str, bool | str]],
    clock: Callable[[], datetime],
    woke: Callable[[], None],
) -> Flask:
    """The WSGI application: the receiver, `/health/live` and `/health/ready`.

    `doors` finds a connection by its name. `receive` and `keep_failed` (with reason and path) return once the
    delivery is on disk, or raise StoreError. `health` gives each check's name and whether it passes; a text
    is only told. `clock` gives the time, aware. `woke` tells the processor that there is work; it must not
    raise. The answers are counted in `app.extensions["answers"]`, a `Counter`.
    """
    app = Flask("webhooks", static_folder=None)
    counter = app.extensions["answers"] = Counter()
    app.url_map.merge_slashes = False
    for path in ("/webhooks/<connection>", "/webhooks/<connection>/<token>"):
        # A Rule without methods takes every method, also unheard-of ones: the connection is looked up first.
        app.url_map.add(Rule(path, endpoint="receive"))
    app.view_functions["receive"] = Receiver(doors, Shelf(receive, keep_failed, woke), clock, counter)
    app.add_url_rule("/health/live", view_func=_live)
    app.add_url_rule("/health/ready", "ready", lambda: _ready(health(), counter))
    app.register_error_handler(HTTPException, _refused_by_routing)
    app.register_error_handler(Exception, _broke)
    return app


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where deliveries go."""

    receive: Callable[[Sequence[Delivery]], list[Received]]
    keep_failed: Callable[[Delivery, str, str], Received]
    woke: Callable[[], None]

    def put(self, intake: Intake) -> Received:
        """Store it; on disk when this returns. What cannot be read stands there as failed."""
        if intake.complaint:
            return self.keep_failed(intake.delivery, intake.complaint.detail, intake.path)
        [received] = self.receive([intake.delivery])
        self.woke()
        return received


class Receiver:
    """Answers one request for a connection."""

    def __init__(
        self,
        doors: Callable[[str], Door | None],
        shelf: Shelf,
        clock: Callable[[], datetime],
        counter: Counter,
    ) -> None:
        self._doors = doors
        self._shelf = shelf
        self._clock = clock
        self._counter = counter

    def __call__(self, connection: str, token: str | None = None) -> Response:
        """The answer, whatever comes. `token` is a secret in the path, for senders that cannot sign."""
        door = self._doors(connection)
        try:
            code, response = self._answer(door, token)
        except ReceiveError as error:
            code, response = error.code, self._refusal(door, error)
        except StoreError as error:
            log.error("%s: a delivery could not be stored: %s", connection, error)  # noqa: TRY400 - the place is known
            ours = Unavailable("The delivery could not be stored.", retry_after=30)
            code, response = ours.code, self._refusal(door, ours)
        self._counter.add(door.name if door else "", code)
        return response

    def _answer(self, door: Door | None, token: str | None) -> tuple[str, Response]:
        if door is None or (token is not None and not door.may_have_token):
            raise NotFound
        if request.method in {"GET", "HEAD"} and door.source.handshake == "get":
            return "handshake", Response(status=200)
        if request.method != "POST":
            raise MethodNotAllowed
        arrived = arrived_at(door, request, token)
        if is_ping(door, arrived):
            return "ping", answer(200, {"status": "ping"})
        now = self._clock()
        is_proven = authenticate(door, arrived, now)
        return self._store(door, take_in(door, arrived, now), is_proven=is_proven)

    def _store(self, door: Door, intake: Intake, *, is_proven: bool) -> tuple[str, Response]:
        if intake.complaint and not is_proven:
            raise intake.complaint
        received = self._shelf.put(intake)
        status = "accepted" if received.is_new else "duplicate"
        code = "failed" if intake.complaint and received.is_new else status
        return code, answer(door.success, {"status": status, "id": received.id})

    def _refusal(self, door: Door | None, error: ReceiveError) -> Response:
        request_id = uuid4().hex
        level = logging.ERROR if error.status >= 500 else logging.INFO
        where = door.name if door else "(no such connection)"
        log.log(level, "%s: %s %s, request %s: %s", where, error.status, error.code, request_id, error.detail)
        return problem(error, request_id, _remedy(door, error))


def _remedy(door: Door | None, error: ReceiveError) -> dict[str, str]:
    """The headers that say what would have been taken."""
    match error:
        case MethodNotAllowed():
            return {"Allow": "GET, HEAD, POST" if door and door.source.handshake == "get" else "POST"}
        case UnsupportedMediaType(code="unsupported_encoding"):
            return {"Accept-Encoding": "identity"}
        case UnsupportedMediaType() if door:
            return {"Accept": MEDIA_TYPES[door.source.parse]}
        case _:
            return {}


def _live() -> Response:
    return answer(200, {"status": "ok"})


def _ready(health: Mapping[str, bool | str], counter: Counter) -> Response:
    checks = dict(health)
    is_ready = all(passes is not False for passes in checks.values())
    document = {
        "status": "ok" if is_ready else "unready",
        "checks": checks,
        "answers": counter.by_code(),
    }
    response = answer(200 if is_ready else 503, document)
    if not is_ready:
        response.headers["Retry-After"] = "10"
    return response


def _refused_by_routing(error: HTTPException) -> Response:
    """What Flask refuses by itself: other paths, and methods for the health pages."""
    allowed = getattr(error, "valid_methods", None)
    if error.code == 405 and allowed:
        return problem(MethodNotAllowed(), uuid4().hex, {"Allow": ", ".join(sorted(allowed))})
    return problem(NotFound() if error.code == 404 else ReceiveError(), uuid4().hex)


def _broke(error: Exception) -> Response:
    """The last resort. The log gets the kind of error and its place; its message might hold personal data."""
    request_id = uuid4().hex
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("request %s broke: %s\n%s", request_id, type(error).__name__, places)
    return problem(InternalError(), request_id)
