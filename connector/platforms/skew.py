"""Whether our clock and a platform's agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from connector.model.finding import Finding, Severity
from connector.platforms.clocks import time_there
from connector.platforms.inspecting import Question, of_whole
from connector.platforms.transport import Answer

APART: Final = 30.0
"""Seconds; a connection that is slow is no clock that is wrong."""
FAR_APART: Final = 240.0
"""Seconds; signatures of webhooks hold for five minutes."""


def judged(question: Question, answer: Answer) -> Iterator[Finding]:
    """What is to be said of our clock; nothing where the answer has no time."""
    theirs = time_there(answer)
    if theirs is None:
        return
    ahead = answer.at - theirs.timestamp()
    if abs(ahead) < APART:
        return
    severity = Severity.ERROR if abs(ahead) >= FAR_APART else Severity.WARNING
    where = "ahead of" if ahead > 0 else "behind"
    message = f"the clock of this machine is {abs(ahead):.0f} s {where} the platform's"
    yield of_whole(
        question, severity, "L105", message, "let NTP set it: webhooks are refused from five minutes on"
    )
