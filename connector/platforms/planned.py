"""What a plan for setting an account up says of how it stands now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from connector.model.finding import Finding, Severity
from connector.platforms.inspecting import Question, of_whole
from connector.platforms.setting_up import State, Step

SAID: Final = {
    State.MAKE: ("L271", Severity.ERROR, "is missing, and what it would tell is never heard"),
    State.CHANGE: ("L272", Severity.ERROR, "is not as it has to be"),
    State.BY_HAND: ("L273", Severity.WARNING, "is for a person to see to"),
    State.LEFT: ("L274", Severity.WARNING, "is not ours, or goes to an address that was"),
}
"""What each state of a step means where nothing is carried out; what is there needs no word."""


def judged(question: Question, steps: Sequence[Step]) -> Iterator[Finding]:
    """A finding for each step that is not done."""
    for step in steps:
        if step.state in SAID:
            code, severity, said = SAID[step.state]
            remedy = "`loods connect` does it" if step.writes else "`loods connect --dry-run` says more"
            detail = f": {_line(step.detail)}" if step.detail else ""
            yield of_whole(question, severity, code, f"{step.what} {said}{detail}", remedy)
        else:
            yield of_whole(question, Severity.OK, "L199", f"{step.what} comes here")


def _line(detail: str) -> str:
    return " ".join(detail.split())
