"""What can be entered and left without an event of its own: a segment, a cell of the grid, a score's bound.

Only what a rule listens to is looked at. Whether the contact is in it is written down as a mark; the rules
follow when that turns to yes. Where there is no mark yet (the rule is new, or the contact is) the state
before the event says whether they were in already: then the mark is made, and nothing follows. What cannot
be told leaves the mark as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

from connector.journey.person import Person
from connector.journey.scores import level_of
from connector.journey.view import View
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.rules import CellEntered, Occasion, ScoreCrosses, SegmentEntered, Trigger
from connector.mapping.scoring import Axis
from connector.model.contact import Contact, Mark, changed
from connector.model.light import light

_SETTLED_AFTER: Final = timedelta(hours=1)

_IsIn: TypeAlias = Callable[[Person], bool | None]


@light
class Entered:
    """Something was entered: its mark's name (`segment:loyal`), and for the how many-th time."""

    mark: str
    times: int

    @property
    def key(self) -> str:
        """The key of the run that follows from it."""
        return f"{self.mark}:{self.times}"


@light
class Looked:
    """The contact with its marks, and what it has entered since they were last looked at."""

    contact: Contact
    entered: tuple[Entered, ...] = ()


def look(view: View, before: View | None) -> Looked:
    """Compare the marks with the state as it is now; `before` is that of which nobody has acted yet."""
    watched = dict(_watched(view.mapping))
    marks = dict(view.contact.marks)
    entered = []
    for name, is_in in sorted(watched.items()):
        known = marks.get(name) or _first(is_in, before, view.now)
        told = is_in(view.person)
        if told is None or (known is not None and known.is_in == told):
            mark = known
        else:
            times = (known.entries if known else 0) + (1 if told else 0)
            mark = Mark(told, view.now, times)
            if told and known is not None:
                entered.append(Entered(name, times))
        if mark is not None:
            marks[name] = mark
    is_same = marks == view.contact.marks
    return Looked(view.contact if is_same else changed(view.contact, marks=marks), tuple(entered))


def followers(mapping: Rules, entered: Entered) -> Iterator[Trigger]:
    """The triggers that listen to what was entered."""
    for kind in (SegmentEntered, CellEntered, ScoreCrosses):
        for trigger, occasion in mapping.listening(kind):
            if mark_of(occasion) == entered.mark:
                yield trigger


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


def next_crossing(view: View) -> datetime | None:
    """The first moment at which a score that is watched goes beyond a bound because time passes.

    It is now where that has happened and nobody has looked since. A mark that has just turned is looked at an
    hour later: rules of which one undoes what the other does would turn in circles. Segments have no such
    moment: whether somebody belongs to one is asked when something else happens to them.
    """
    found = [
        moment
        for score, meaning in _meanings(view.mapping)
        if (moment := view.person.scores.course(score).changes_at(meaning, view.now))
    ]
    return min([*_overdue(view), *found], default=None)


def _overdue(view: View) -> Iterator[datetime]:
    """When to look at each bound that was crossed and that nobody has looked at yet."""
    marks = view.contact.marks
    for name, is_in in _of_scores(view.mapping):
        if (mark := marks.get(name)) and (told := is_in(view.person)) is not None and mark.is_in is not told:
            yield max(view.now, mark.since + _SETTLED_AFTER)


def _first(is_in: _IsIn, before: View | None, now: datetime) -> Mark | None:
    """The mark as it would have been, had somebody looked before; None where nobody can say."""
    told = is_in(before.person) if before is not None else None
    return None if told is None else Mark(told, now, int(told))


def _watched(mapping: Rules) -> Iterator[tuple[str, _IsIn]]:
    for _, of_segment in mapping.listening(SegmentEntered):
        yield mark_of(of_segment), _in_segment(of_segment.segment)
    yield from _of_scores(mapping)


def _of_scores(mapping: Rules) -> Iterator[tuple[str, _IsIn]]:
    for _, of_score in mapping.listening(ScoreCrosses):
        yield mark_of(of_score), _beyond(of_score)
    for cell in _cells(mapping):
        yield f"grid:{cell}", _in_cell(cell)


def _cells(mapping: Rules) -> Mapping[str, None]:
    """The cells that something follows from."""
    listened = [occasion.cell for _, occasion in mapping.listening(CellEntered)]
    acting = [name for name, cell in mapping.grid.cells.items() if cell.do] if mapping.grid else []
    return dict.fromkeys([*acting, *listened])


def _in_segment(segment: str) -> _IsIn:
    def is_in(person: Person) -> bool | None:
        segments = person["segments"]
        return segments.get(segment) if isinstance(segments, Mapping) else None

    return is_in


def _in_cell(cell: str) -> _IsIn:
    def is_in(person: Person) -> bool | None:
        return None if person.cell is None else person.cell == cell

    return is_in


def _beyond(occasion: ScoreCrosses) -> _IsIn:
    reaches = _reaching(occasion)

    def is_in(person: Person) -> bool | None:
        value = person.scores.get(occasion.score)
        return None if value is None else reaches(value)

    return is_in


def _reaching(occasion: ScoreCrosses) -> Callable[[Decimal], bool]:
    above, below = occasion.above, occasion.below
    return lambda value: (above is None or value > above) and (below is None or value < below)


def _meanings(mapping: Rules) -> Iterator[tuple[str, Callable[[Decimal], object]]]:
    """What the scores that are watched mean, as far as a rule listens to it."""
    for _, occasion in mapping.listening(ScoreCrosses):
        yield occasion.score, _reaching(occasion)
    if mapping.grid is not None and _cells(mapping):
        for axis in mapping.grid.axes:
            yield axis.score, _level(axis)


def _level(axis: Axis) -> Callable[[Decimal], str]:
    return lambda value: level_of(axis, value)
