"""What rules follow that contacts come into and leave without an event of its own.

These are segments, bounds of scores and cells of the grid. Each has the name of the mark that says whether a
contact is in it.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field

from connector.mapping.rules import CellEntered, Occasion, ScoreCrosses, SegmentEntered, Trigger
from connector.mapping.scoring import Grid, Score


@dataclass(frozen=True, slots=True)
class Watch:
    """The cells, bounds and segments by their marks, the marks of each in the order of their names.

    `followers` are the triggers that listen to them; from a cell what it does itself may follow, too.
    `levels` are, of each axis of the grid, those at which one of the cells lies. `nowhere` says no to each of
    the cells, and `leads_on` is a score without whose points nobody comes into any, where there is one.
    """

    cells: abc.Mapping[str, str]
    bounds: abc.Mapping[str, ScoreCrosses]
    segments: abc.Mapping[str, str]
    followers: abc.Mapping[str, tuple[Trigger, ...]]
    levels: tuple[frozenset[str], ...] = ()
    leads_on: str | None = None
    nowhere: abc.Mapping[str, bool | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "nowhere", dict.fromkeys(self.cells, False))


def watch_of(triggers: abc.Iterable[Trigger], grid: Grid | None, scores: abc.Mapping[str, Score]) -> Watch:
    """What these triggers and this grid follow."""
    listened = [(mark_of(one), one, trigger) for trigger in triggers for one in trigger.occasions]
    acting = {f"grid:{name}": name for name, cell in grid.cells.items() if cell.do} if grid else {}
    cells = {mark: one.cell for mark, one, _ in listened if isinstance(one, CellEntered)}
    bounds = {mark: one for mark, one, _ in listened if isinstance(one, ScoreCrosses)}
    segments = {mark: one.segment for mark, one, _ in listened if isinstance(one, SegmentEntered)}
    followers: dict[str, tuple[Trigger, ...]] = {}
    for mark, _, trigger in listened:
        if mark:
            followers[mark] = (*followers.get(mark, ()), trigger)
    watched = dict(sorted((acting | cells).items()))
    levels = tuple(map(frozenset, zip(*(name.split("/") for name in watched.values()), strict=True)))
    return Watch(
        cells=watched,
        bounds={mark: bounds[mark] for mark in sorted(bounds)},
        segments=dict(sorted(segments.items())),
        followers=followers,
        levels=levels,
        leads_on=_leads_on(grid, levels, scores),
    )


def _leads_on(
    grid: Grid | None, levels: abc.Sequence[frozenset[str]], scores: abc.Mapping[str, Score]
) -> str | None:
    """The first score of the grid that is at none of these levels until an event has given points to it."""
    if grid is None or any(one.score not in scores for one in grid.axes):
        return None
    for axis, watched in zip(grid.axes, levels, strict=False):
        score = scores[axis.score]
        if not score.lasting and axis.level_of(score.without_points) not in watched:
            return axis.score
    return None


def mark_of(occasion: Occasion) -> str:
    """The name of the mark that an occasion is about; empty for one that leaves none."""
    match occasion:
        case SegmentEntered(segment):
            return f"segment:{segment}"
        case CellEntered(cell):
            return f"grid:{cell}"
        case ScoreCrosses(score, above, below):
            return f"score:{score}>{above}" if above is not None else f"score:{score}<{below}"
        case _:
            return ""
