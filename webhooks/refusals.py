"""What went wrong becomes an answer: written down, counted, and told in the shape of all refusals."""

from __future__ import annotations

import logging
import traceback
from uuid import uuid4

from connector.errors import MethodNotAllowed, ReceiveError, StoreError, Unavailable, UnsupportedMediaType
from webhooks.body import MEDIA_TYPES
from webhooks.counter import Counter
from webhooks.door import Door
from webhooks.message import Answer
from webhooks.patience import come_again
from webhooks.problem import InternalError, Overloaded, problem

log = logging.getLogger(__name__)


class Refusals:
    """Answers for what was not taken; safe from all threads."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def to(self, door: Door | None, error: Exception) -> Answer:
        """The answer that the sender gets for this error, at this door."""
        match error:
            case ReceiveError():
                return self._refused(door, error)
            case StoreError():
                where = door.name if door else "(no such connection)"
                about = {"connection": where}
                log.error("%s: a delivery could not be stored: %s", where, error, extra=about)
                return self._refused(
                    door, Unavailable("The delivery could not be stored.", retry_after=come_again())
                )
            case _:
                return self._broken(door, error)

    def _refused(self, door: Door | None, error: ReceiveError) -> Answer:
        request_id = uuid4().hex
        where = door.name if door else "(no such connection)"
        log.log(
            _level(error),
            "%s: %s %s, request %s: %s",
            where,
            error.status,
            error.code,
            request_id,
            error.detail,
            extra={"connection": where, "code": error.code, "request": request_id},
        )
        self._counter.add(door.name if door else "", error.code)
        return problem(error, request_id, _remedy(door, error))

    def _broken(self, door: Door | None, error: Exception) -> Answer:
        self._counter.add(door.name if door else "", InternalError.code)
        return broken(error)


def broken(error: Exception) -> Answer:
    """The last resort. The log gets the kind of error and its place; its message might hold personal data."""
    request_id = uuid4().hex
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "request %s broke: %s\n%s", request_id, type(error).__name__, places, extra={"request": request_id}
    )
    return problem(InternalError(), request_id)


def _level(error: ReceiveError) -> int:
    """Thousands a second may be turned away for want of room: they are counted, and not written down."""
    if isinstance(error, Overloaded):
        return logging.DEBUG
    return logging.ERROR if error.status >= 500 else logging.INFO


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
