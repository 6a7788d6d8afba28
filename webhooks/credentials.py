"""Secrets that come along as they are: they tell who sends, and prove nothing about what is sent."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime

from connector.errors import BadSignature, NotFound, SignatureMissing
from connector.mapping.source import Verify
from webhooks.signed import Signed, matched, required, without


def token(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """False where the token in the header, the query or the path is one of the secrets; else raises."""
    given = request.headers.get(rule.header.lower()) if rule.header else None
    if given is None:
        return in_url(request, rule.query, secrets)
    matched([without(rule.prefix, given)], secrets)
    return False


def basic(rule: Verify, request: Signed, secrets: Iterable[bytes], now: datetime) -> bool:
    """False where the credentials are one of the secrets, each `user:password`; else raises."""
    scheme, _, given = required(request, "authorization").partition(" ")
    if scheme.lower() != "basic":
        raise SignatureMissing("The request carries no user and password.")
    matched([given.strip(" ").encode("latin-1", "replace")], map(base64.b64encode, secrets))
    return False


def in_url(request: Signed, parameter: str | None, secrets: Iterable[bytes]) -> bool:
    """False where the path or the query has one of the secrets; a wrong path is one that does not exist."""
    asked = request.query.get(parameter) if parameter else None
    given = asked if request.token is None else request.token
    if given is None:
        raise SignatureMissing("The request carries neither a signature nor a secret.")
    try:
        matched([given.encode("utf-8", "replace")], secrets)
    except BadSignature:
        raise (BadSignature if request.token is None else NotFound) from None
    return False
