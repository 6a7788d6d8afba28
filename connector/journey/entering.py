"""What follows when a contact enters something: a stage, a segment, a cell of the grid, a score's bound.

What an entry itself does is never late and never waits for hours; what markets of it is guarded, and counts
for contact pressure, like any other marketing. The triggers that listen to it ask their questions as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector.journey import marks, triggers
from connector.journey.actions import Rule, act
from connector.journey.bearing import COMPANY, standing_in
from connector.journey.pressure import touch
from connector.journey.progress import Progress
from connector.journey.runs import own_key, stage_key
from connector.journey.view import View
from connector.mapping.mapping import rank
from connector.mapping.rules import ActionTemplate, Trigger
from connector.model.action import Kind
from connector.model.decision import Moved
from connector.model.event import Event


def by_rank(listening: Sequence[Trigger]) -> Sequence[Trigger]:
    """The triggers by their priority, then by name: the order in which they were written decides nothing."""
    return sorted(listening, key=rank) if len(listening) > 1 else listening


def enter_stages(progress: Progress, event: Event, moves: Iterable[Moved]) -> None:
    """Do what entering stages does.

    A fold may count entries anew, and the moment tells an entry from one that would not have been.
    """
    for moved in moves:
        steps = progress.mapping.journeys[moved.journey].enter.get(moved.to_stage)
        if steps:
            key = f"{_entry_key(progress, moved)}@{moved.at.isoformat()}"
            _do(progress, event, f"enter:{moved.journey}.{moved.to_stage}", key, steps)


def pull_for_stages(progress: Progress, event: Event, moves: Iterable[Moved]) -> None:
    """Ask the triggers that listen to stages that were entered."""
    for moved in moves:
        for trigger in progress.mapping.on_stage(moved.journey, moved.to_stage):
            key = own_key(trigger, progress.contact, _entry_key(progress, moved))
            triggers.pull(progress, trigger, event, key)


def follow_moves(progress: Progress, event: Event) -> None:
    """Let what entering a stage does follow upon every move of which it has not followed yet."""
    while left := progress.moves[progress.followed :]:
        progress.followed = len(progress.moves)
        enter_stages(progress, event, left)
        pull_for_stages(progress, event, left)


def follow_marks(progress: Progress, event: Event, before: View | None) -> None:
    """Look what else was entered, and let its rules follow; `before` is the state before the event.

    What these change of the contact is looked at when the next event comes.
    """
    if not progress.mapping.is_watchful:
        return
    looked = marks.look(progress.view(event), before)
    progress.contact = looked.contact
    for entered in looked.entered:
        cells = progress.mapping.grid.cells if progress.mapping.grid else {}
        cell = cells.get(entered.mark.removeprefix("grid:"))
        if cell is not None and cell.do and entered.mark.startswith("grid:"):
            _do(progress, event, entered.mark, entered.key, cell.do)
        for trigger in by_rank(list(marks.followers(progress.mapping, entered))):
            triggers.pull(progress, trigger, event, own_key(trigger, progress.contact, entered.key))
    follow_moves(progress, event)


def _do(progress: Progress, event: Event, name: str, key: str, steps: Sequence[ActionTemplate]) -> None:
    rule = Rule(name, key, steps[0].place.where, pressure=progress.mapping.defaults.pressure)
    acted = act(progress.view(event), rule, steps)
    progress.acts(acted)
    if Kind.MARKETING in [one.kind for one in acted.actions]:
        progress.contact = touch(progress.mapping, progress.contact, progress.now)
    progress.trace.append(acted.entry)


def _entry_key(progress: Progress, moved: Moved) -> str:
    journey, company = progress.mapping.journeys[moved.journey], progress.contact.company
    standing = standing_in(progress.contact, journey)
    entry = standing.entries.get(moved.to_stage, 1) if standing else 1
    return stage_key(moved, entry, company.id if company and journey.subject == COMPANY else "")
