"""What Mailchimp allows a user: ten connections at the same time, whatever they do.

By mailchimp.com/developer, rate limits and timeouts: the eleventh gets 429, at high volume also 429 or 403
without a body. Two connections are left to whoever else works with the same user.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connector.platforms.door.door import Rules
from connector.platforms.door.told import Told
from connector.platforms.mailchimp.answers import is_throttle
from connector.platforms.transport import Answer, retry_after

CONNECTIONS: Final = 8

BRIEFLY: Final = 10.0
"""Seconds without a call after a refusal that does not say how long to wait."""


def rules() -> Rules:
    """Those of a user."""
    return Rules(limits={}, connections=CONNECTIONS, kinds_of=_kinds_of, told=_told)


def _kinds_of(method: str, target: str) -> Sequence[str]:
    return ()


def _told(answer: Answer) -> Told:
    if not is_throttle(answer):
        return Told()
    return Told(wait=retry_after(answer, answer.at) or BRIEFLY)
