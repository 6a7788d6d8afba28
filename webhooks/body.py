"""The bytes of a request, whole or not at all, and what they claim to be.

It is for servers of others, whose limits cannot be relied on: an oversize chunked body arrives cut off and
looks complete, and so does a body whose sender went away half-way (both measured, with Werkzeug's streams and
gunicorn). So this reader counts for itself, and holds what came against what was announced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from connector.errors import BadBody, TooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream

LIMIT = 1024 * 1024
"""The largest body, in bytes; the senders' own limits are far below."""

SECONDS = 20.0
"""How long a body may take to arrive, in all. Senders give up on us after 5 to 60 seconds."""

MEDIA_TYPES = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
"""What a source that is parsed so has to send."""

_PIECE = 64 * 1024
_LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)


def read_all(environ: Mapping[str, Any], timer: Callable[[], float]) -> bytes:
    """The whole body of a WSGI request, at most LIMIT bytes. `timer` counts seconds from anywhere.

    Raises TooLarge, and BadBody with code `framing` (its length is announced wrongly or twice), `truncated`
    (the sender went away before its end) or `too_slow`.
    """
    announced = _announced(environ)
    if announced is not None and announced > LIMIT:
        raise TooLarge(f"The body is larger than {LIMIT} bytes.")
    if announced is None and not environ.get("wsgi.input_terminated"):
        return b""
    wanted = LIMIT + 1 if announced is None else announced
    body = _read(environ["wsgi.input"], wanted, timer)
    if len(body) > LIMIT:
        raise TooLarge(f"The body is larger than {LIMIT} bytes.")
    if announced is not None and len(body) < announced:
        raise BadBody("The body ended before its announced length.", code="truncated")
    return body


def check_media(headers: Mapping[str, str], parse: Literal["json", "form"]) -> None:
    """Raise UnsupportedMediaType unless the headers promise a body that can be read as `parse`.

    `application/vnd.x+json` is JSON; a charset may only be UTF-8 (or ASCII, which is UTF-8 too). Compressed
    bodies are not taken (code `unsupported_encoding`): a small one can unpack to anything.
    """
    if headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
        raise UnsupportedMediaType("The body is compressed.", code="unsupported_encoding")
    declared = headers.get("content-type", "")
    media_type = declared.partition(";")[0].strip().lower()
    is_vendor_json = (
        parse == "json" and media_type.startswith("application/") and media_type.endswith("+json")
    )
    if media_type != MEDIA_TYPES[parse] and not is_vendor_json:
        raise UnsupportedMediaType(f"The body has to be {MEDIA_TYPES[parse]}.")
    charset = _CHARSET.search(declared)
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType("The body has to be UTF-8.")


def _announced(environ: Mapping[str, Any]) -> int | None:
    """The announced length; None where the body is chunked, or where nothing is announced."""
    length = environ.get("CONTENT_LENGTH") or None
    is_chunked = bool(environ.get("HTTP_TRANSFER_ENCODING"))
    if is_chunked and (length is not None or not environ.get("wsgi.input_terminated")):
        raise BadBody("The request does not say clearly how long its body is.", code="framing")
    if length is None:
        return None
    if not _LENGTH.fullmatch(length):
        raise BadBody("The announced length is no length.", code="framing")
    return int(length)


def _read(stream: InputStream, wanted: int, timer: Callable[[], float]) -> bytes:
    """Up to `wanted` bytes; fewer where the stream ends. The time is looked at between pieces."""
    until = timer() + SECONDS
    body = bytearray()
    while len(body) < wanted:
        try:
            piece = stream.read(min(_PIECE, wanted - len(body)))
        except OSError as error:
            raise BadBody("The body broke off.", code="truncated") from error
        if not piece:
            break
        body += piece
        if timer() > until:
            raise BadBody("The body took too long to arrive.", code="too_slow")
    return bytes(body)
