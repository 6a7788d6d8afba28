"""What HubSpot's answers mean, and what of them is a proof.

Statuses and limits are those of developers.hubspot.com, API reference, error handling and usage guidelines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.platforms.transport import LONGEST_WAIT, Answer, classify, retry_after

POLICY_WAITS: Mapping[str, float] = {
    "TEN_SECONDLY_ROLLING": 10.0,
    "SECONDLY": 1.0,
    "DAILY": LONGEST_WAIT,  # until midnight of the portal, in steps
}
LOCKED_WAIT = 2.0
"""Seconds to wait at least after 423."""


def proven(answer: Answer, *statuses: int, once: bool = False) -> dict[str, Any]:
    """The JSON object of an answer with one of the documented statuses; else raises what it means.

    A 2xx that is not as documented proves nothing: `Unknown`. `once`: the call must not simply be repeated,
    so that a server error leaves it unknown too; else such an error is `Transient`.
    """
    check_status(answer, *statuses, once=once)
    found = answer.json()
    if not isinstance(found, dict):
        raise unproven(answer, "no JSON object")
    return found


def unproven(answer: Answer, lack: str) -> Unknown:
    """The answer is friendly, but does not show that it happened."""
    return Unknown(f"{lack} in the answer; {answer.words}", status=answer.status)


def check_status(answer: Answer, *statuses: int, once: bool = False) -> None:
    """The status alone, as in `proven`."""
    refused = refusal(answer)
    if isinstance(refused, Unknown) and not once:
        raise Transient(refused.words, status=answer.status, retry_after=retry_after(answer, answer.at))
    if refused:
        raise refused
    if answer.status not in statuses:
        wanted = " or ".join(map(str, statuses))
        raise unproven(answer, f"no HTTP {wanted}")


def refusal(answer: Answer) -> DispatchError | None:
    """What HubSpot's answer means; None for 2xx.

    403 pauses the connection where scopes are missing or nothing readable came: a person has to mend the
    token, and the actions wait for that. With another reason it is about this one action: `Rejected`.
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
        case Unauthorized() if answer.status == 403 and body and code != "MISSING_SCOPES":
            return Rejected(refused.words, status=403, code=code)
        case _:
            return type(refused)(refused.words, status=answer.status, code=code)


def _own_wait(status: int, body: Mapping[str, Any]) -> float | None:
    if status == 423:
        return LOCKED_WAIT
    return POLICY_WAITS.get(str(body.get("policyName"))) if status == 429 else None


def is_absent(answer: Answer) -> bool:
    """Whether HubSpot itself, and not something on the way, says that there is no such record."""
    return answer.status == 404 and isinstance(answer.json(), dict)


@contextmanager
def preparing() -> Iterator[None]:
    """Calls before the one that counts: if one is lost, the action itself certainly did not happen."""
    try:
        yield
    except Unknown as error:
        raise Transient(error.words, status=error.status, code=error.code) from error


def text(found: object) -> str:
    """An id as HubSpot gives it, text or number; empty where it is neither."""
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def dicts(found: object) -> list[dict[str, Any]]:
    """The objects of a JSON list; none where it is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
