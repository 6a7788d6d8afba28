"""Mailchimp's refusals: problem documents with its own titles and sentences.

The titles and details are those that mailchimp.com/developer and recorded answers show. A client can tell the
refusals apart by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from uuid import uuid4

from pydantic import ValidationError

from connector.sandbox.exchange import Json, Refused

Fault: TypeAlias = tuple[str, str]
"""A field and what is wrong with it."""

CONTENT_TYPE = "application/problem+json; charset=utf-8"
_TYPE = "https://mailchimp.com/developer/marketing/docs/errors/"
_SEE_ERRORS = (
    "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
)


def problem(status: int, title: str, detail: str, errors: Iterable[Fault] = ()) -> Refused:
    """A refusal in Mailchimp's form."""
    document: Json = {
        "type": _TYPE,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(uuid4()),
    }
    if told := [{"field": field, "message": message} for field, message in errors]:
        document["errors"] = told
    return Refused(status, document)


def not_found() -> Refused:
    """404: no such list, member, or path."""
    return problem(404, "Resource Not Found", "The requested resource could not be found.")


def invalid(detail: str = _SEE_ERRORS, errors: Iterable[Fault] = ()) -> Refused:
    """400: something about the values."""
    return problem(400, "Invalid Resource", detail, errors)


def unreadable(error: ValidationError) -> Refused:
    """400: no JSON, or not of the form that the call asks for."""
    found = error.errors(include_url=False, include_context=False)
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.")
    return invalid(errors=[(".".join(map(str, one["loc"])), one["msg"]) for one in found])


def invalid_merge_fields(faults: Iterable[Fault]) -> Refused:
    """400: values that a merge field does not take."""
    return invalid("Your merge fields were invalid.", faults)


def in_compliance_state(email: str) -> Refused:
    """400: somebody who left cannot be subscribed by us."""
    why = "due to unsubscribe, bounce, or compliance review and cannot be subscribed."
    return problem(400, "Member In Compliance State", f"{email} is in a compliance state {why}")


def forgotten(email: str) -> Refused:
    """400: deleted for good."""
    what = f"{email} was permanently deleted and cannot be re-imported."
    return problem(
        400,
        "Forgotten Email Not Subscribed",
        f"{what} The contact must re-subscribe to get back on the list.",
    )


def fake(email: str) -> Refused:
    """400: Mailchimp does not believe the address."""
    return invalid(f"{email} looks fake or invalid, please enter a real email address.")


def signed_up_a_lot(email: str) -> Refused:
    """400, and the one of its kind that passes."""
    return invalid(
        f"{email} has signed up to a lot of lists very recently; we're not allowing more signups for now"
    )


def member_exists(email: str) -> Refused:
    """400: POST is for new members."""
    return problem(
        400, "Member Exists", f"{email} is already a list member. Use PUT to insert or update list members."
    )


def exists_already(what: str) -> Refused:
    """400: POST is for what is new."""
    which = "An order" if what == "order" else f"A {what}"
    return problem(400, "Bad Request", f"{which} with the provided ID already exists in the account.")


def key_missing() -> Refused:
    """401: no credentials."""
    return problem(401, "API Key Missing", "Your request did not include an API key.")


def key_invalid() -> Refused:
    """401: a key that was revoked, or is none."""
    detail = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
    return problem(401, "API Key Invalid", detail)


def too_many_connections(limit: int) -> Refused:
    """429: more than so many connections at the same time."""
    return problem(
        429, "Too Many Requests", f"You have exceeded the limit of {limit} simultaneous connections."
    )
