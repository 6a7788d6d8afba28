"""What the scores of a contact are, and where that puts them in the grid; asked only when a rule does.

Points for what the contact is are not written down: their conditions are asked whenever one looks, and they
do not fade. A condition that cannot be told, or fails, gives nothing.
"""

from __future__ import annotations

from collections import abc
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from connector.errors import ExpressionFailed
from connector.journey.course import Course
from connector.mapping.scoring import Grid, Points, Score
from connector.mapping.terms import Scope
from connector.model.contact import Contact

_NOTHING: Final = Decimal(0)


class Scores(abc.Mapping[str, Decimal | None]):
    """The scores by name, at one moment. One whose own points ask for it is None meanwhile."""

    def __init__(
        self, scores: abc.Mapping[str, Score], contact: Contact, now: datetime, scope: Scope
    ) -> None:
        self._scores = scores
        self._contact = contact
        self._now = now
        self._scope = scope
        self._told: dict[str, Decimal | None] = {}
        self._courses: dict[str, Course] = {}

    def __getitem__(self, name: str) -> Decimal | None:
        if name not in self._told:
            self._told[name] = None
            self._told[name] = self._reckoned(name)
        return self._told[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The score; `default` where there is none of the name."""
        return self[name] if name in self._scores else default

    def __iter__(self) -> abc.Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def _reckoned(self, name: str) -> Decimal:
        score = self._scores[name]
        if not score.lasting and not self._contact.points.get(name):
            return score.without_points
        return self.course(name).at(self._now)

    def course(self, name: str) -> Course:
        """How the score goes on if nothing happens."""
        if name not in self._courses:
            score = self._scores[name]
            base = sum((one.add for one in score.lasting if self._holds(one)), _NOTHING)
            self._courses[name] = Course(score, self._contact.points.get(name, ()), base)
        return self._courses[name]

    def _holds(self, points: Points) -> bool:
        try:
            return points.when is None or points.when(self._scope) is True
        except ExpressionFailed:
            return False


def cell_of(grid: Grid | None, scores: Scores, among: abc.Sequence[abc.Container[str]] = ()) -> str | None:
    """The cell of the grid, as `hot/good`; None where there is no grid, or a score cannot be told.

    Where only some levels of each axis matter, these are `among`: outside of them the cell is empty, and no
    score is reckoned beyond the first that says so. Most contacts are in no cell that a rule listens to.
    """
    if grid is None:
        return None
    levels = []
    for place, axis in enumerate(grid.axes):
        value: Decimal | None = scores.get(axis.score)
        if value is None:
            return None
        level = axis.level_of(value)
        if among and level not in among[place]:
            return ""
        levels.append(level)
    return "/".join(levels)
