"""From the schema's scores to what gives points and how they fade, and to the follow-up grid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise, product
from typing import Final

from connector.mapping.build.actions import ActionBuilder
from connector.mapping.build.known import know, lasting_names
from connector.mapping.checker import Checker, names_for
from connector.mapping.nodes import Written
from connector.mapping.part import Part
from connector.mapping.schema.scores import CellPart, GridPart, PointsPart, ScorePart
from connector.mapping.scoring import Axis, Cell, Grid, Points, Score
from connector.model.types import Type

GRID: Final = "grid"
"""The name among the scores that is no score."""

_OF_EVENTS: Final = {
    "at_most": "what follows from what the contact is counts once, as long as it is so",
    "once": "what follows from what the contact is counts once, as long as it is so",
    "expires": "what follows from what the contact is counts as long as it is so",
}
"""Keys of points that mean something with `on` only, and why."""


def cell_names(part: GridPart | None) -> tuple[str, ...]:
    """Every cell that the levels give, whether it is described or not: `hot/good`."""
    if part is None or len(part.levels) != 2:
        return ()
    return tuple("/".join(pair) for pair in product(*part.levels.values()))


class ScoreBuilder:
    """Builds the scores of one mapping and its grid; what is wrong is told to the checker."""

    def __init__(self, checker: Checker, contact: Type) -> None:
        self._checker = checker
        self._contact = contact

    def score(self, name: Written, part: ScorePart) -> Score:
        """The score."""
        if not part.points:
            self._checker.refuse(
                part.place_of_value("points"), "M121", '"points" is empty', "write one or more"
            )
        if part.half_life is not None and not any(one.on for one in part.points):
            hint = "leave it out, or give points for events with on:"
            self._lonely(part, "half_life", "only what events gave fades, and no points have on:", hint)
        lowest, highest = part.between if self._is_between(part) else (None, None)
        return Score(
            name=str(name),
            points=tuple(map(self._points, part.points)),
            half_life=part.half_life,
            lowest=lowest,
            highest=highest,
            place=name.place,
        )

    def _points(self, part: PointsPart) -> Points:
        events = frozenset(str(event) for event in part.on if self._checker.event(event))
        for key, why in _OF_EVENTS.items():
            if key in part.model_fields_set and not part.on:
                self._lonely(part, key, why, "leave it out, or say upon which events with on:")
        if not part.on and part.when is None:
            hint = "say when: for what the contact is, or on: for what it does"
            self._checker.refuse(part.place, "M121", "points for nothing: everybody would have them", hint)
        if part.add == 0:
            hint = "write how many, as in 5 or -5"
            self._checker.refuse(part.place_of_value("add"), "M123", "0 points change nothing", hint)
        names = names_for(events, self._contact) if part.on else lasting_names(self._contact)
        return Points(
            on=events,
            add=part.add,
            when=self._checker.condition(part.when, names),
            place=part.place,
            at_most=part.at_most,
            once=part.once,
            expires=part.expires,
        )

    def _is_between(self, part: ScorePart) -> bool:
        """Whether bounds were written, and can be ones."""
        if "between" not in part.model_fields_set:
            return False
        is_sound = len(part.between) == 2 and part.between[0] < part.between[1]
        if not is_sound:
            hint = "write the lowest first, as in [-100, 200]"
            message = '"between" takes two numbers, the lower and the higher'
            self._checker.refuse(part.place_of_value("between"), "M166", message, hint)
        return is_sound

    def _lonely(self, part: Part, key: str, why: str, hint: str) -> None:
        self._checker.refuse(part.place_of(key), "M167", f'"{key}" means nothing here: {why}', hint)

    def grid(self, part: GridPart, scores: Collection[str], actions: ActionBuilder) -> Grid | None:
        """The grid, where two scores make one."""
        axes = tuple(self._axis(score, part, scores) for score in part.levels)
        if len(axes) != 2:
            message = f"a grid has two scores, and here is {len(axes) or 'none'}"
            hint = "write two, each with its levels, as in engagement: {low: 0, hot: 80}"
            self._checker.refuse(part.place, "M121", message, hint)
            return None
        first, second = axes
        cells = {str(name): self._cell(name, one, part, actions) for name, one in part.cells.items()}
        return Grid((first, second), cells)

    def _axis(self, score: Written, part: GridPart, scores: Collection[str]) -> Axis:
        know("score", score, scores, self._checker)
        levels = part.levels[score]
        if not levels:
            self._checker.refuse(
                part.place_of_value(score), "M121", f'"{score}" has no levels', "as in {low: 0, hot: 80}"
            )
        for (lower, begins), (higher, follows) in pairwise(levels.items()):
            if follows <= begins:
                message = f'"{higher}" ({follows}) does not begin above "{lower}" ({begins})'
                self._checker.refuse(higher.place, "M166", message, "write the levels from the lowest up")
        return Axis(str(score), tuple((str(level), begins) for level, begins in levels.items()))

    def _cell(self, name: Written, part: CellPart, grid: GridPart, actions: ActionBuilder) -> Cell:
        self._know_cell(name, list(grid.levels.items()))
        names = names_for((), self._contact)
        return Cell(str(name), str(part.name or name), actions.steps(part.do, names), name.place)

    def _know_cell(self, name: Written, axes: Sequence[tuple[Written, Collection[str]]]) -> None:
        """That the cell is a level of each score, the first one's first."""
        levels = name.split("/")
        if len(levels) != len(axes):
            hint = f"write a level of each, as in {'/'.join(next(iter(some), '') for _, some in axes)}"
            self._checker.refuse(name.place, "M162", f'there is no cell "{name[:60]}"', hint)
            return
        if _fit(levels[::-1], axes) and not _fit(levels, axes):
            message = f'"{name[:60]}" is the wrong way round: the first level is of {axes[0][0]}'
            self._checker.refuse(name.place, "M162", message, f'did you mean "{levels[1]}/{levels[0]}"?')
            return
        for level, (_, some) in zip(levels, axes, strict=True):
            know("level", Written(level, name.place), some, self._checker)


def _fit(levels: Sequence[str], axes: Iterable[tuple[Written, Collection[str]]]) -> bool:
    return all(level in some for level, (_, some) in zip(levels, axes, strict=True))
