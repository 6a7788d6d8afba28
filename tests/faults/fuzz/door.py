"""The receiver, asked in process: bytes are read by the server's own reader, and answered by the house."""

from __future__ import annotations

from http import HTTPStatus
from threading import Event
from typing import Final

from connector.errors import ReceiveError
from tests.faults.fuzz.sent import Sent
from webhooks.front import Front
from webhooks.message import Answer, Request, Waiting
from webhooks.reading import Reader

_PATIENCE: Final = 4.0
_NOTHING: Final = Request("", "")

UNANSWERED: Final = Answer(0)
"""The request never got complete; the server would end the connection in time."""


def ask(front: Front, sent: Sent) -> Answer:
    """The answer to the first request in these bytes; what breaks goes through."""
    guest = _Guest(front)
    reader = Reader(guest)
    try:
        reader.feed(written(sent))
    except ReceiveError as error:
        guest.answer = guest.answer or front.cut_off(reader.head or _NOTHING, error)
    guest.leaves()
    return guest.answer or UNANSWERED


def written(sent: Sent) -> bytes:
    """The request in HTTP/1.1."""
    query = b"?" + sent.query if sent.query else b""
    path = sent.path.encode("utf-8", "surrogatepass").replace(b" ", b"%20")
    framing = (b"Transfer-Encoding", b"chunked")
    if sent.announced is not None:
        framing = (b"Content-Length", b"%d" % sent.announced)
    head = b"".join(b"%s: %s\r\n" % one for one in (*sent.headers, framing))
    body = sent.body if sent.announced is not None else _chunked(sent.body)
    return b"%s %s%s HTTP/1.1\r\n%s\r\n%s" % (sent.method.encode(), path or b"/", query, head, body)


def says(answer: Answer) -> str:
    """The answer in a line, for a report."""
    phrase = HTTPStatus(answer.status).phrase if answer.status else "unanswered"
    return f"{answer.status} {phrase}: {answer.body[:200]!r}"


class _Guest:
    """Takes what the reader reads to the house, as a connection does."""

    def __init__(self, front: Front) -> None:
        self.answer: Answer | None = None
        self._front = front
        self._refusal: Answer | None = None
        self._held = 0

    def on_head(self, head: Request) -> None:
        self._refusal = self._front.refuses(head)

    def on_piece(self, size: int) -> None:
        self._front.hold(size)
        self._held += size

    def on_whole(self, request: Request, *, is_last: bool) -> None:
        self.leaves()
        if self.answer is None:
            self.answer = _known(self._refusal or self._front.take(request))

    def leaves(self) -> None:
        """Nothing of the body is in memory any more."""
        self._front.hold(-self._held)
        self._held = 0


def _known(outcome: Answer | Waiting) -> Answer:
    if isinstance(outcome, Answer):
        return outcome
    known = Event()
    outcome.done.add_done_callback(lambda _: known.set())
    if not known.wait(_PATIENCE):
        return outcome.late()
    outcome.settle()
    return outcome.answer()


def _chunked(body: bytes, size: int = 50_000) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
