"""Refusals as problem documents (RFC 9457): one shape for every status, and never a word of the input."""

from __future__ import annotations

from collections.abc import Mapping

from connector.errors import ReceiveError
from webhooks.message import Answer, document

TYPE_BASE = "https://loods.example/problems/"
"""Names the kinds of problem; docs/receiving.md lists them. A name only: nothing is fetched from there."""


class HeaderLimitError(ReceiveError):
    """The headers are over the server's limit."""

    status, code, title = 431, "headers_too_large", "Headers are too large"


class InternalError(ReceiveError):
    """Something of ours broke that nobody foresaw; the log has the place under the request's id."""

    status, code, title = 500, "internal_error", "Internal error"


class Overloaded(ReceiveError):
    """More comes than can be stored; who comes again later is asked to, with the `status` that he heeds."""

    status, code, title = 503, "overloaded", "Too busy now"

    def __init__(self, status: int, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.status = status


def problem(error: ReceiveError, request_id: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to a refused request; `request_id` finds it again in our log."""
    says = {
        "type": TYPE_BASE + error.code.replace("_", "-"),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": f"urn:request:{request_id}",
        "code": error.code,
    }
    more = dict(headers or {})
    if error.retry_after is not None:
        more["Retry-After"] = str(error.retry_after)
    return document(error.status, says, more, "application/problem+json")
