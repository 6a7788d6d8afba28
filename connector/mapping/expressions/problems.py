"""What is wrong with an expression: the codes, and how a spot in its text becomes a place in a file.

M201 cannot be read · M202 an operator of another language · M203 unknown name · M204 unknown field ·
M205 a number in another spelling · M206 quotes that are none · M207 not part of the language ·
M208 unknown filter, test or method · M209 wrong arguments · M210 a comparison that cannot be ·
M211 unknown stage or cell · M212 no date · M213 the wrong sort of value · M214 always the same answer ·
M215 a text without quotes · M216 braces · M217 too long, too deep or too much · M218 another sort was
expected · M219 unknown locale · M220 a condition that is never yes · M221 a text that is the name of a
value · M230 (warning) a text that may show a gap · M231 (warning) a part that never counts · M232 (warning)
a condition or a part that is always so.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from connector.errors import Problem
from connector.mapping.terms import Place

MOST_PROBLEMS: Final = 20
"""Of one text; more would only follow from the first ones."""


class ExpressionProblems(Exception):
    """An expression or a text cannot be compiled; `problems` holds all that is wrong, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(Exception):
    """One part of the text cannot be; the parts beside it are still checked."""

    def __init__(self, at: int, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.at, self.code, self.message, self.hint = at, code, message, hint


@dataclass(frozen=True, slots=True)
class Report:
    """Gathers the problems of one text, which begins at `place`. Spots (`at`) are offsets from `base` in it.

    A text of several lines is expected to keep its indentation, as a YAML block does: its later lines begin
    in the column of the first.
    """

    text: str
    place: Place
    base: int = 0
    problems: list[Problem] = field(default_factory=list)

    def within(self, base: int) -> Report:
        """The same report, for the part of the text that begins at the offset `base`."""
        return Report(self.text, self.place, base, self.problems)

    def add(
        self,
        at: int,
        code: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        """Note a problem at the offset `at`; the same one twice counts once, and more than enough do not."""
        if self.is_full:
            return
        spot = self.base + at
        before = self.text[:spot]
        line = self.place.line + before.count("\n")
        column = self.place.column + spot - (before.rfind("\n") + 1)
        found = Problem(self.place.file, line, column, code, message, hint, severity)
        if found not in self.problems:
            self.problems.append(found)

    @property
    def is_full(self) -> bool:
        """Whether there are as many problems as anybody reads of one text."""
        return len(self.problems) >= MOST_PROBLEMS

    def stop(self, refused: Refused) -> None:
        """Note why a part of the text cannot be."""
        self.add(refused.at, refused.code, refused.message, refused.hint)

    @property
    def errors(self) -> list[Problem]:
        """What keeps the text from being compiled."""
        return [problem for problem in self.problems if problem.severity == "error"]

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What works, but may not be meant."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    def raise_errors(self) -> None:
        """Raise `ExpressionProblems` if there are errors."""
        if self.errors:
            raise ExpressionProblems(self.errors)


def did_you_mean(wrong: str, known: Iterable[str], otherwise: str = "") -> str:
    """The hint that names the nearest known name, or `otherwise`."""
    near = difflib.get_close_matches(wrong[:60], list(known), n=1, cutoff=0.7)
    return f'did you mean "{near[0]}"?' if near else otherwise


def short(text: str) -> str:
    """The text, cut to what fits into a message."""
    return text if len(text) <= 60 else f"{text[:60]}…"
