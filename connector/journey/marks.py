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
from functools import partial
from typing import Final, cast

from connector.journey.view import View
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.rules import ScoreCrosses, Trigger
from connector.model.contact import Contact, Mark, changed
from connector.model.light import light

_SETTLED_AFTER: Final = timedelta(hours=1)


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
    marks, told = view.contact.marks, _told(view)
    is_marked = marks.keys() >= told.keys()
    first = {} if before is None or is_marked else _told(before)
    new: dict[str, Mark] = {}
    entered = []
    for name, is_in in told.items():
        known = marks.get(name)
        was_in = known.is_in if known is not None else first.get(name)
        if is_in is not None and is_in != was_in:
            times = (known.entries if known is not None else int(was_in or 0)) + int(is_in)
            new[name] = Mark(is_in, view.now, times)
            if is_in and was_in is not None:
                entered.append(Entered(name, times))
        elif known is None and was_in is not None:
            new[name] = Mark(was_in, view.now, int(was_in))
    return Looked(changed(view.contact, marks={**marks, **new}) if new else view.contact, tuple(entered))


def followers(mapping: Rules, entered: Entered) -> tuple[Trigger, ...]:
    """The triggers that listen to what was entered."""
    return mapping.watch.followers.get(entered.mark, ())


def next_crossing(view: View) -> datetime | None:
    """The first moment at which a score that is watched goes beyond a bound because time passes.

    It is now where that has happened and nobody has looked since. A mark that has just turned is looked at an
    hour later: rules of which one undoes what the other does would turn in circles. Segments have no such
    moment: whether somebody belongs to one is asked when something else happens to them.
    """
    return min([*_overdue(view), *_turning(view)], default=None)


def _overdue(view: View) -> Iterator[datetime]:
    """When to look at each bound that was crossed and that nobody has looked at yet."""
    marks = view.contact.marks
    for name, is_in in _told_by_scores(view).items():
        if is_in is not None and (mark := marks.get(name)) and mark.is_in is not is_in:
            yield max(view.now, mark.since + _SETTLED_AFTER)


def _turning(view: View) -> Iterator[datetime]:
    """When each score that is watched means something else; one that no event gave points stays as it is."""
    points = view.contact.points
    for score, meaning in _meanings(view.mapping) if points else ():
        if points.get(score):
            moment = view.person.scores.course(score).changes_at(meaning, view.now)
            if moment is not None:
                yield moment


def _told(view: View) -> dict[str, bool | None]:
    """Whether the contact is in what is watched, by the marks in the order of their names."""
    told = _told_by_scores(view)
    if watched := view.mapping.watch.segments:
        segments = cast("Mapping[str, bool | None]", view.person["segments"])
        told.update({mark: segments.get(name) for mark, name in watched.items()})
    return told


def _told_by_scores(view: View) -> dict[str, bool | None]:
    """The same of cells, then bounds."""
    watch = view.mapping.watch
    told = dict(watch.nowhere)
    if told and not _is_beyond_reach(view):
        cell = view.person.cell
        told = {mark: None if cell is None else cell == name for mark, name in watch.cells.items()}
    for mark, bound in watch.bounds.items():
        value: Decimal | None = view.person.scores.get(bound.score)
        told[mark] = None if value is None else _is_beyond(bound, value)
    return told


def _is_beyond_reach(view: View) -> bool:
    """Whether the contact lacks the points without which nobody comes into a cell that is watched."""
    leads_on = view.mapping.watch.leads_on
    return leads_on is not None and not view.contact.points.get(leads_on)


def _is_beyond(bound: ScoreCrosses, value: Decimal) -> bool:
    above, below = bound.above, bound.below
    return (above is None or value > above) and (below is None or value < below)


def _meanings(mapping: Rules) -> Iterator[tuple[str, Callable[[Decimal], object]]]:
    """What the scores that are watched mean, as far as a rule listens to it."""
    for bound in mapping.watch.bounds.values():
        yield bound.score, partial(_is_beyond, bound)
    if mapping.grid is not None and mapping.watch.cells:
        for axis in mapping.grid.axes:
            yield axis.score, axis.level_of
