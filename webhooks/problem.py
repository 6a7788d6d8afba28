"""Refusals as problem documents (RFC 9457): one shape for every status, and never a word of the input."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Response

from connector.errors import ReceiveError

TYPE_BASE = "https://loods.example/problems/"
"""Names the kinds of problem; docs/receiving.md lists them. A name only: nothing is fetched from there."""


class HeaderLimitError(ReceiveError):
    """The headers are over the server's limit."""

    status, code, title = 431, "headers_too_large", "Headers are too large"


class InternalError(ReceiveError):
    """Something of ours broke that nobody foresaw; the log has the place under the request's id."""

    status, code, title = 500, "internal_error", "Internal error"


def problem(error: ReceiveError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a refused request; `request_id` finds it again in our log."""
    document = {
        "type": TYPE_BASE + error.code.replace("_", "-"),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": f"urn:request:{request_id}",
        "code": error.code,
    }
    response = answer(error.status, document, "application/problem+json")
    response.headers.update(headers or {})
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def answer(status: int, document: Mapping[str, object], media_type: str = "application/json") -> Response:
    """A small JSON document that nobody may cache or guess the type of."""
    response = Response(json.dumps(document), status=status, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
