"""What HubSpot's answers mean, and what of them is a proof.

Statuses and limits are those of developers.hubspot.com, API reference, error handling and usage guidelines.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.light import light
from connector.platforms.proof import check, json_object
from connector.platforms.transport import LONGEST_WAIT, Answer, classify

POLICY_WAITS: Mapping[str, float] = {
    "TEN_SECONDLY_ROLLING": 10.0,
    "SECONDLY": 1.0,
    "DAILY": LONGEST_WAIT,  # until midnight of the portal, in steps
}
TEMPORARY_CATEGORIES = frozenset({"RATE_LIMITS", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE", "TIMEOUT"})
UNCERTAIN_CATEGORIES = frozenset({"INTERNAL_ERROR", "TIMEOUT"})
"""After these it may have happened."""
LOCKED_WAIT = 2.0
"""Seconds to wait at least after 423."""


@light
class Record:
    """A contact, or something else, as HubSpot answered it; `created_at` in its own writing."""

    id: str
    properties: Mapping[str, Any]
    created_at: str = ""


def proven(answer: Answer, *statuses: int, once: bool = False) -> dict[str, Any]:
    """The JSON object of an answer with one of the documented statuses; else raises what it means.

    A 2xx that is not as documented proves nothing: `Unknown`. `once`: the call must not simply be repeated,
    so that a server error leaves it unknown too; else such an error is `Transient`.
    """
    check_status(answer, *statuses, once=once)
    return json_object(answer)


def check_status(answer: Answer, *statuses: int, once: bool = False) -> None:
    """The status alone, as in `proven`."""
    check(answer, refusal(answer), statuses, once=once)


def refusal(answer: Answer) -> DispatchError | None:
    """What HubSpot's answer means; None for 2xx.

    403 pauses the connection where nothing readable came. Where the token lacks a scope only this kind of
    action has to wait: it is asked again each hour, for a person can mend that. With another reason it is
    about this one action: `Rejected`.
    """
    refused = classify(answer)
    if refused is None:
        return None
    found = answer.json()
    body: dict[str, Any] = found if isinstance(found, dict) else {}
    code = str(body.get("category") or body.get("errorType") or "")
    match refused:
        case Transient():
            return Transient(
                refused.words,
                status=answer.status,
                code=code,
                retry_after=refused.retry_after or _own_wait(answer.status, body),
            )
        case Unauthorized() if code == "MISSING_SCOPES":
            return Transient(refused.words, status=answer.status, code=code, retry_after=LONGEST_WAIT)
        case Unauthorized() if answer.status == 403 and body:
            return Rejected(refused.words, status=403, code=code)
        case _:
            return type(refused)(refused.words, status=answer.status, code=code)


def part_refused(error: Mapping[str, Any], *, once: bool = False) -> DispatchError:
    """What one of the errors of a 207 means for the part that it is about; `once` as in `proven`."""
    code = text(error.get("category"))
    words = text(error.get("message")) or code or "HubSpot refuses this part and does not say why"
    if once and code in UNCERTAIN_CATEGORIES:
        return Unknown(words, status=207, code=code)
    if code == "RATE_LIMITS":
        return Transient(words, status=207, code="throttled")
    kind = Transient if code in TEMPORARY_CATEGORIES else Rejected
    return kind(words, status=207, code=code)


def _own_wait(status: int, body: Mapping[str, Any]) -> float | None:
    if status == 423:
        return LOCKED_WAIT
    return POLICY_WAITS.get(str(body.get("policyName"))) if status == 429 else None


def text(found: object) -> str:
    """An id as HubSpot gives it, text or number; empty where it is neither."""
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def dicts(found: object) -> list[dict[str, Any]]:
    """The objects of a JSON list; none where it is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def read_record(found: object) -> Record | None:
    """The record of a JSON object; None where it is none."""
    match found:
        case {"id": id_, "properties": dict(properties), **others} if text(id_):
            return Record(text(id_), properties, text(others.get("createdAt")))
        case _:
            return None
