"""HubSpot's refusals: the error document of developers.hubspot.com/docs/api-reference/error-handling."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from pydantic import ValidationError

from connector.sandbox.exchange import Json, Refused

VALIDATION = "VALIDATION_ERROR"


@dataclass(frozen=True, slots=True)
class Invalid:
    """One property that HubSpot does not take, with its code (`PROPERTY_DOESNT_EXIST`)."""

    name: str
    code: str
    message: str


def refused(
    status: int, category: str, message: str, *, context: Json | None = None, errors: Sequence[Json] = ()
) -> Refused:
    """A refusal in HubSpot's form."""
    document: Json = {
        "status": "error",
        "message": message,
        "correlationId": str(uuid4()),
        "category": category,
    }
    if context:
        document["context"] = context
    if errors:
        document["errors"] = list(errors)
    return Refused(status, document)


def not_found(message: str = "resource not found") -> Refused:
    """404: there is no such record."""
    return refused(404, "OBJECT_NOT_FOUND", message)


def invalid(message: str, **context: list[str]) -> Refused:
    """400: the request does not fit."""
    return refused(400, VALIDATION, message, context=dict(context))


def invalid_properties(problems: Sequence[Invalid]) -> Refused:
    """400: values or names of properties that HubSpot does not take; its message carries them as JSON."""
    told = [{"isValid": False, "message": p.message, "error": p.code, "name": p.name} for p in problems]
    errors = [{"message": p.message, "code": p.code, "context": {"propertyName": [p.name]}} for p in problems]
    return refused(400, VALIDATION, f"Property values were not valid: {json.dumps(told)}", errors=errors)


def conflict(existing: str) -> Refused:
    """409: another contact has this e-mail address."""
    return refused(409, "CONFLICT", f"Contact already exists. Existing ID: {existing}")


def unreadable(error: ValidationError) -> Refused:
    """400: the body is no JSON, or not of the form that the call asks for."""
    first = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    return invalid(f"Invalid input JSON: {where} {first['msg']}".replace("  ", " "))


def unknown_credentials() -> Refused:
    """401: no token, or one that was revoked."""
    words = "Authentication credentials not found. This API supports OAuth 2.0 authentication."
    return refused(401, "INVALID_AUTHENTICATION", words)


def too_many(policy: str, message: str) -> Refused:
    """429: over a limit; `policyName` says which."""
    refusal = refused(429, "RATE_LIMITS", message)
    refusal.document |= {"errorType": "RATE_LIMIT", "policyName": policy, "requestId": str(uuid4())}
    return refusal
