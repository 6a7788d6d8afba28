"""What proves that a call took effect, the same for every platform; and what an answer without it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from connector.errors import DispatchError, Transient, Unknown
from connector.platforms.transport import Answer, retry_after


def check(answer: Answer, refused: DispatchError | None, statuses: Collection[int], *, once: bool) -> None:
    """Raises what the platform's refusal means, or `Unknown` where the status is not one of the documented.

    `once`: the call must not simply be repeated, so that a server error leaves it unknown; else `Transient`.
    """
    if isinstance(refused, Unknown) and not once:
        raise Transient(refused.words, status=answer.status, retry_after=retry_after(answer, answer.at))
    if refused:
        raise refused
    if answer.status not in statuses:
        raise unproven(answer, f"no HTTP {' or '.join(map(str, statuses))}")


def json_object(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; raises `Unknown` where there is none."""
    found = answer.json()
    if not isinstance(found, dict):
        raise unproven(answer, "no JSON object")
    return found


def unproven(answer: Answer, lack: str) -> Unknown:
    """The answer is friendly, but does not show that it happened."""
    return Unknown(f"{lack} in the answer; {answer.words}", status=answer.status)


def is_absent(answer: Answer) -> bool:
    """Whether the platform itself, and not something on the way, says that there is no such thing."""
    return answer.status == 404 and isinstance(answer.json(), dict)


@contextmanager
def preparing() -> Iterator[None]:
    """Calls before the one that counts: if one is lost, the action itself certainly did not happen."""
    try:
        yield
    except Unknown as error:
        raise Transient(error.words, status=error.status, code=error.code) from error
