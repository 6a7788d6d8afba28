"""Bytes become requests, or are refused for what they are.

They are read by llhttp, the parser of Node.js, through `httptools`: it refuses what has no one end (a length
beside chunks, two lengths, bad chunks), as RFC 9112 wants. Beyond that this refuses chunks in HTTP/1.0,
transfer codings other than chunks, upgrades, and what is too large.
"""

from __future__ import annotations

from typing import Final, Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from connector.errors import BadBody, ReceiveError, TooLarge
from webhooks.body import LIMIT
from webhooks.message import Request
from webhooks.problem import HeaderLimitError

HEADERS_LIMIT: Final = 32 * 1024
"""Bytes of the first line and the headers together, and of what may stand behind the last chunk."""

MOST_HEADERS: Final = 100


class Guest(Protocol):
    """Who is told of what was read."""

    def on_head(self, head: Request) -> None:
        """The headers have come."""

    def on_piece(self, size: int) -> None:
        """So many bytes of the body have come."""

    def on_whole(self, request: Request, *, is_last: bool) -> None:
        """A request is complete; with `is_last` the sender sends no other."""


class Reader:
    """Reads the requests of one connection, one after another."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._parser = HttpRequestParser(self)
        self.head: Request | None = None
        """The request whose headers have come, and whose body has not yet."""
        self.is_within = False
        """Whether a request has begun that is not complete."""
        self._fed = 0
        """Bytes since something was understood last: the parser keeps a header until its end has come."""
        self.forget()

    def feed(self, piece: bytes) -> None:
        """Read on.

        Raises ReceiveError where nothing that follows can be understood any more, and what the guest raises.
        """
        self._fed += len(piece)
        refused = self._read(piece)
        if refused is not None:
            try:
                raise refused
            finally:
                del refused
        if self.is_within and self._fed > HEADERS_LIMIT:
            raise HeaderLimitError

    def _read(self, piece: bytes) -> BaseException | None:
        """What ended the reading, for good.

        The error of the parser and ours know each other, and the frames know the piece and all before it:
        raised from one another, they would stay in memory until garbage is searched for.
        """
        try:
            self._parser.feed_data(piece)
        except HttpParserUpgrade:
            return ReceiveError("The request asks for another protocol.")
        except HttpParserError as error:
            ours, error.__context__ = error.__context__, None
            if isinstance(ours, ReceiveError):
                return ours.with_traceback(None)
            return ours or ReceiveError("The request is not HTTP as it is taken here.")
        return None

    @property
    def is_head(self) -> bool:
        """Whether the request of which something has come gets an answer without a body, for all that is
        known (RFC 9110, section 9.3.2)."""
        return bool(self._url) and self._parser.get_method() == b"HEAD"

    def pass_over(self) -> None:
        """Throw away the body of this request as it comes."""
        self._is_wanted = False

    def on_message_begin(self) -> None:
        """A request begins."""
        self.is_within = True
        self.forget()

    def on_url(self, piece: bytes) -> None:
        """Some of the address."""
        self._url += piece
        self._grow(len(piece))

    def on_header(self, name: bytes, text: bytes) -> None:
        """A header; those behind the last chunk are passed over."""
        if self.head is not None:
            return
        self._grow(len(name) + len(text) + 4)
        named, value = name.decode("latin-1").lower(), text.decode("latin-1")
        known = self._headers.get(named)
        self._headers[named] = value if known is None else f"{known},{value}"
        if len(self._headers) > MOST_HEADERS:
            raise HeaderLimitError

    def on_headers_complete(self) -> None:
        """The headers are complete."""
        if self._parser.should_upgrade():
            raise ReceiveError("The request asks for another protocol.")
        self.head = self._begun()
        self._fed = 0
        self._guest.on_head(self.head)

    def on_body(self, piece: bytes) -> None:
        """Some of the body."""
        self._fed = 0
        self._received += len(piece)
        if self._received > LIMIT:
            raise TooLarge(f"The body is larger than {LIMIT} bytes.")
        if self._is_wanted:
            self._pieces.append(piece)
            self._guest.on_piece(len(piece))

    def on_message_complete(self) -> None:
        """The request is complete."""
        request = self._whole(b"".join(self._pieces))
        self.is_within = False
        self._fed = 0
        self.forget()
        self._guest.on_whole(request, is_last=not self._parser.should_keep_alive())

    def forget(self) -> None:
        """Let go of what has come of a request."""
        self.head = None
        self._url = b""
        self._headers: dict[str, str] = {}
        self._pieces: list[bytes] = []
        self._is_wanted = True
        self._received = 0
        self._size = 0

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > HEADERS_LIMIT:
            raise HeaderLimitError

    def _length(self) -> int | None:
        """The announced length; None where the body comes in chunks."""
        version, coding = self._parser.get_http_version(), self._headers.get("transfer-encoding")
        if version not in {"1.0", "1.1"}:
            raise ReceiveError("This version of HTTP is not spoken here.")
        if coding is None:
            return int(self._headers.get("content-length", "0"))
        if version == "1.0" or coding.strip().lower() != "chunked":
            raise BadBody("The request does not say clearly how long its body is.", code="framing")
        return None

    def _begun(self) -> Request:
        path, _, query = self._url.decode("latin-1").partition("?")
        if not path.startswith("/"):
            path = "/" + path.partition("://")[2].partition("/")[2]
        return Request(self._parser.get_method().decode(), path, query, self._headers, length=self._length())

    def _whole(self, body: bytes) -> Request:
        head = self.head or self._begun()
        return Request(head.method, head.path, head.query, head.headers, body, self._received)
