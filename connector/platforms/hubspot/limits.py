"""What HubSpot allows an app, and what its answers tell of that.

By developers.hubspot.com, usage guidelines: so many calls in any ten seconds (100 for the smallest account
until it tells its own), so many a day, and five searches a second, of which it tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.platforms.door.door import Rules
from connector.platforms.door.told import Told, number
from connector.platforms.door.window import Limit
from connector.platforms.hubspot.answers import POLICY_WAITS, refusal
from connector.platforms.transport import Answer

CALLS: Final = "calls"
SEARCHES: Final = "searches"
CONNECTIONS: Final = 10
"""Of ours at the same time; HubSpot names no limit."""


def rules() -> Rules:
    """Those of an app at an account that nobody has called yet."""
    return Rules(
        limits={CALLS: Limit(100, 10.0), SEARCHES: Limit(5, 1.0)},
        connections=CONNECTIONS,
        kinds_of=_kinds_of,
        told=_told,
    )


def _kinds_of(method: str, target: str) -> Sequence[str]:
    is_search = target.partition("?")[0].endswith("/search")
    return (CALLS, SEARCHES) if is_search else (CALLS,)


def _told(answer: Answer) -> Told:
    most, span = number(answer, "x-hubspot-ratelimit-max"), number(answer, _SPAN)
    return Told(
        limit=Limit(most, span / 1000) if most and span else None,
        left=number(answer, "x-hubspot-ratelimit-remaining"),
        day=number(answer, "x-hubspot-ratelimit-daily"),
        left_today=number(answer, "x-hubspot-ratelimit-daily-remaining"),
        wait=_wait(answer),
        held=SEARCHES if _is_secondly(answer) else "",
    )


_SPAN: Final = "x-hubspot-ratelimit-interval-milliseconds"


def _wait(answer: Answer) -> float:
    """A refusal that does not say why is taken for the ten seconds being used up."""
    if answer.status != 429:
        return 0.0
    return getattr(refusal(answer), "retry_after", None) or POLICY_WAITS["TEN_SECONDLY_ROLLING"]


def _is_secondly(answer: Answer) -> bool:
    found = answer.json() if answer.status == 429 else None
    return isinstance(found, dict) and found.get("policyName") == "SECONDLY"
