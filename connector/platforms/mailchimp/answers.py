"""What Mailchimp's answers mean, and what of them is a proof.

Mailchimp refuses by problem documents (RFC 9457), told apart only by their title and their sentence: those of
mailchimp.com/developer, errors glossary, and of recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.platforms.base import UNTRIED
from connector.platforms.proof import check, json_object
from connector.platforms.transport import Answer, classify, retry_after

BUSY_WAIT = 6 * 3600.0
"""Seconds to leave alone who signed up to many lists; Mailchimp does not say how long that lasts."""

CODES = (
    ("Member In Compliance State", "compliance"),
    ("is in a compliance state", "compliance"),
    ("Forgotten Email Not Subscribed", "forgotten"),
    ("was permanently deleted", "forgotten"),
    ("looks fake or invalid", "fake_address"),
    ("merge fields were invalid", "merge_fields"),
)
BUSY = "signed up to a lot of lists very recently"


def proven(answer: Answer) -> dict[str, Any]:
    """The JSON object of a 200; else raises what it means. For calls that may be repeated."""
    check_status(answer, 200)
    return json_object(answer)


def check_status(answer: Answer, status: int, *, once: bool = False) -> None:
    """Raises what the answer means where it has not exactly this status; another 2xx proves nothing.

    `once`: the call must not simply be repeated, so that a server error leaves it unknown; else `Transient`.
    """
    check(answer, refusal(answer), (status,), once=once)


def refusal(answer: Answer) -> DispatchError | None:
    """What the answer means; None for 2xx."""
    refused = classify(answer)
    if refused is None:
        return None
    words, status = refused.words, answer.status
    match refused:
        case Unauthorized() if is_throttle(answer):
            return Transient(
                words, status=status, code="throttled", retry_after=retry_after(answer, answer.at)
            )
        case Rejected() if BUSY in words:
            return Transient(words, status=status, code="busy", retry_after=BUSY_WAIT)
        case Rejected():
            code = next((code for said, code in CODES if said in words), "")
            return Rejected(words, status=status, code=code)
        case _:
            return refused


def is_throttle(answer: Answer) -> bool:
    """Whether Mailchimp has had too many calls.

    At high volumes it also says so by a 403 without a problem document (rate limits and timeouts).
    """
    return answer.status == 429 or (answer.status == 403 and not isinstance(answer.json(), dict))


def meaning(refused: Mapping[str, Any]) -> DispatchError | None:
    """What an answer about many says of one whom it refused; None where only a call about them can tell.

    So it is of somebody in a compliance state, who cannot be subscribed, but may be written, and of somebody
    who needs a status, because they are not in the audience any more.
    """
    told = (refused.get("field"), refused.get("field_message"), refused.get("error"))
    words = ": ".join(text for text in told if isinstance(text, str) and text)
    if BUSY in words:
        return Transient(words, status=200, code="busy", retry_after=BUSY_WAIT)
    code = next((code for said, code in CODES if said in words), "")
    if code == "compliance" or refused.get("field") == "status" or not (code or refused.get("field")):
        return None
    return Rejected(words, status=200, code=code)


def stop_of(outcomes: Mapping[int, object]) -> DispatchError | None:
    """What comes of calls that are spared, where one has shown that the next would end like it, else None.

    So it is where Mailchimp does not know us, has no time for us or does not answer, and when our own time
    is over.
    """
    for outcome in outcomes.values():
        if isinstance(outcome, Unauthorized) or (isinstance(outcome, Transient) and outcome.code == UNTRIED):
            return outcome
        if not isinstance(outcome, Transient | Unknown) or outcome.code == "busy":
            continue
        if outcome.status is None or outcome.status >= 300:
            wait = outcome.retry_after if isinstance(outcome, Transient) else None
            return Transient(f"not called after: {outcome.words}", code=outcome.code, retry_after=wait)
    return None
