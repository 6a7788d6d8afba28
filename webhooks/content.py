"""What a sender has signed where its source file says so: the body, or the body among other things."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connector.errors import BadSignature
from connector.mapping.source import Piece, Verify
from webhooks.signed import Signed, as_base64, as_bytes, check_time

_SECONDS_HAVE: Final = 11
"""Digits; a time since 1970 with more of them counts milliseconds."""


def content_of(rule: Verify, request: Signed, now: datetime) -> bytes:
    """The bytes that the signature covers. Raises BadTimestamp for a signed time that is missing or old,
    BadSignature where another signed header is missing, and Unavailable without our own address."""
    if rule.timestamp is not None:
        sent_at = request.headers.get(rule.timestamp.lower(), "")
        check_time(sent_at, 1000 if len(sent_at) > _SECONDS_HAVE else 1, rule.tolerance, now)
    return b"".join(_piece(one, rule, request) for one in rule.signed)


def _piece(piece: Piece, rule: Verify, request: Signed) -> bytes:
    match piece.what:
        case "text":
            found = piece.text.encode()
        case "body":
            found = request.body
        case "body_base64":
            found = as_base64(request.body)
        case "method":
            found = as_bytes(request.method)
        case "url":
            found = as_bytes(request.called)
        case "timestamp":
            found = _header(rule.timestamp or "", request)
        case "header":
            found = _header(piece.text, request)
    return found


def _header(name: str, request: Signed) -> bytes:
    given = request.headers.get(name.lower())
    if given is None:
        raise BadSignature
    return as_bytes(given)
