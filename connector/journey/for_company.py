"""The decision about a company alone: an event that names nobody who works there.

It reaches the company's journeys, and nobody's triggers. What entering a stage does is done for whoever has
belonged to the company for longest; where nobody of it is known, the stage is entered and nothing is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from connector.journey import corporate
from connector.journey.bearing import is_nobody
from connector.journey.coming import company_falls_quiet
from connector.journey.entering import enter_stages, follow_moves, pull_for_stages
from connector.journey.placing import with_base
from connector.journey.progress import Progress
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.decision import Answer, Decision, Moved, TraceEntry
from connector.model.event import Event

_NOT_FOR_TRIGGERS: Final = "it is about a company, and about nobody in person"
_NOBODY: Final = "nobody of the company is known for whom it could be done"


def decide_for_company(mapping: Mapping, before: Contact, event: Event, now: datetime) -> Decision:
    """The company afterwards, as that of the contact who is addressed; its moves and actions, and why.

    `before` is that contact with the company attached, which has learned what the event says of it; or
    `bearing.nobody`.
    """
    if event.is_echo:
        return Decision(before, trace=(TraceEntry("event", Answer.ECHO),))
    progress = Progress(mapping, before, now)
    company_falls_quiet(progress, min(event.occurred_at, now))
    progress.contact = corporate.hear(progress.contact, event)
    moves = corporate.move(progress, event)
    progress.trace.extend(_unheard(mapping, event))
    if is_nobody(before):
        progress.trace.extend(_undone(mapping, progress.moves))
        return Decision(progress.contact, tuple(progress.moves), trace=tuple(progress.trace))
    progress.followed = len(progress.moves)
    enter_stages(progress, event, moves)
    pull_for_stages(progress, event, moves)
    follow_moves(progress, event)
    return with_base(mapping, before, progress.decision())


def _unheard(mapping: Mapping, event: Event) -> Iterable[TraceEntry]:
    for trigger in mapping.triggers_on.get(event.name, ()):
        place = str(trigger.place)
        yield TraceEntry(f"trigger:{trigger.name}", Answer.NO, place, detail=_NOT_FOR_TRIGGERS)


def _undone(mapping: Mapping, moves: Sequence[Moved]) -> Iterable[TraceEntry]:
    for moved in moves:
        steps = mapping.journeys[moved.journey].enter.get(moved.to_stage, ())
        if steps:
            rule = f"enter:{moved.journey}.{moved.to_stage}"
            yield TraceEntry(rule, Answer.NO, str(steps[0].place), detail=_NOBODY)
