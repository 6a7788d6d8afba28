"""The decision: what one event means for one contact. Pure: no I/O, no clock, no randomness.

What the event makes of the facts comes first (identities, fields, consent, the ledger, counters, scores, the
moves of each journey), then the moves of its company, the tasks that it closes, what entering a stage does,
the triggers, and last what else was entered: segments, cells, bounds. Rules always see the state as it is by
then. A rule that fails is named in the trace and stops no other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from connector.journey import corporate, facts, placing, triggers
from connector.journey.coming import fall_quiet
from connector.journey.entering import enter_stages, follow_marks, follow_moves, pull_for_stages
from connector.journey.hearing import hear
from connector.journey.identity import own_part
from connector.journey.placing import with_base
from connector.journey.progress import Progress
from connector.journey.resuming import release
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.decision import Answer, Decision, TraceEntry
from connector.model.event import Event


def decide(
    mapping: Mapping, before: Contact, event: Event, now: datetime, *, is_last: bool = True
) -> Decision:
    """The contact afterwards, its moves and actions, and why every rule that listened did or did not act.

    The event is decided as the newest of its contact; for one that comes late see `late.decide_late`.
    `before` has all identities that the contact owns, those of this event included (see
    `identity.introduce`): what the event names beyond them belongs to another contact, is left there, and
    named as a conflict. Nothing more happens to somebody who was erased. An echo of our own change
    teaches its fields and starts no rule.

    Where another event of the contact is decided right behind this one, it is not the last: then nobody asks
    when to look at the contact as it is in between, and `wakes_at` is None.
    """
    event, conflicts = own_part(event, before)
    progress = Progress(mapping, before, now, [*conflicts, *corporate.conflicts(before, event)])
    progress.is_last = is_last
    progress.done_at = at = min(event.occurred_at, now)
    if before.erased_at is None:
        fall_quiet(progress, at)
    untold, folded = progress.contact, placing.after(mapping, progress.contact, event)
    made = facts.step(mapping, corporate.hear(untold, event), event, now)
    progress.contact = changed(made.contact, folded=folded)
    progress.trace.extend(made.trace)
    if made.is_final:
        progress.contact = corporate.unheard(progress.contact, untold.company)
        return _without_rules(progress, before, made)
    progress.moves.extend(made.moves)
    moves = (*made.moves, *corporate.move(progress, event))
    progress.followed = len(progress.moves)
    if made.ignored is None:
        progress.close(event)
    enter_stages(progress, event, moves)
    if made.ignored is not None:
        progress.trace.append(made.ignored)
    else:
        hear(progress, event)
        _pull(progress, event)
    pull_for_stages(progress, event, moves)
    follow_moves(progress, event)
    follow_marks(progress, event, View(mapping, before, event, now) if mapping.is_watchful else None)
    release(progress)
    return with_base(mapping, before, progress.decision())


def _without_rules(progress: Progress, before: Contact, made: facts.Step) -> Decision:
    """What is of no concern to any rule."""
    if made.ignored is not None:
        progress.trace.append(made.ignored)
    if progress.contact.erased_at is not None:
        is_new = before.erased_at is None
        trace = (*progress.trace, *(_called_off(before) if is_new else ()))
        return Decision(changed(progress.contact, folded=None), trace=trace)
    return with_base(progress.mapping, before, progress.decision())


def _called_off(contact: Contact) -> Iterable[TraceEntry]:
    """That every run that waits is over, because the contact is to be forgotten."""
    for name, runs in contact.runs.items():
        if any(run.is_waiting for run in runs.values()):
            yield TraceEntry(f"trigger:{name}", Answer.ENDED, detail="the contact was erased")


def _pull(progress: Progress, event: Event) -> None:
    """Ask the triggers that listen to the event, of a group the one first that goes first."""
    for trigger in progress.mapping.triggers_on.get(event.name, ()):
        triggers.pull(progress, trigger, event)
