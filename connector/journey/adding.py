"""What a history adds that is folded anew: stages that were entered in it, and runs that it would begin.

Entering the stage in which the contact is now is never late; a stage or a cart that was left behind since is
history only. A run begins as far as it is not too late for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from connector.journey import carts, triggers
from connector.journey.entering import enter_stages
from connector.journey.entries import Entry
from connector.journey.folding import Reached, RunKey, Wanted
from connector.journey.progress import Progress
from connector.model.contact import Contact
from connector.model.decision import Answer, TraceEntry


def more(some: Sequence[Reached], others: Sequence[Reached]) -> Iterable[Reached]:
    """The stages that were entered in the one, and not so often in the other."""
    known = Counter(_name(one) for one in others)
    for one in some:
        if known[_name(one)] > 0:
            known[_name(one)] -= 1
        else:
            yield one


def enter_added(progress: Progress, added: Iterable[Reached]) -> None:
    """Do what entering these stages does; one that was left since is only told. Upon what was imported
    nothing is done."""
    for one in added:
        progress.moves.append(one.moved)
        if one.event.is_past:
            continue
        if _is_passed(progress.contact, one):
            progress.trace.append(_passed(one))
        else:
            enter_stages(progress, one.event, [one.moved])
    progress.followed = len(progress.moves)


def begin_added(progress: Progress, added: Mapping[RunKey, Wanted]) -> None:
    """Ask these triggers on the newest state, in the order of the history."""
    new = [(_rank(key, one), key[1], one) for key, one in added.items()]
    for _, key, wanted in sorted(new, key=itemgetter(0)):
        if wanted.reached is not None and _is_passed(progress.contact, wanted.reached):
            progress.say(wanted.trigger, Answer.LATE, _gone_on(wanted.reached))
            continue
        is_news = not carts.became(progress.contact, wanted.event)
        if is_news and (wanted.trigger.name, key) not in progress.restarted:
            triggers.enter(progress, wanted.trigger, wanted.latest, Entry(key, wanted.names))


def _is_passed(contact: Contact, reached: Reached) -> bool:
    """Whether the contact has gone on from a stage since, so that entering it is history only."""
    standing, to = contact.standings.get(reached.moved.journey), reached.moved.to_stage
    if standing is None or (standing.stage, standing.cycle) != (to, reached.cycle):
        return True
    return standing.entries.get(to, 1) != reached.entry


def _rank(key: RunKey, wanted: Wanted) -> tuple[datetime, int, RunKey]:
    return wanted.event.occurred_at, -wanted.trigger.priority, key


def _passed(reached: Reached) -> TraceEntry:
    """It is not done: the platforms would believe that the contact is there now."""
    rule = f"enter:{reached.moved.journey}.{reached.moved.to_stage}"
    return TraceEntry(rule, Answer.LATE, detail=_gone_on(reached))


def _gone_on(reached: Reached) -> str:
    return f"the contact came to {reached.moved.to_stage} then, and has gone on since: this is history only"


def _name(one: Reached) -> tuple[str, str, int]:
    return one.moved.journey, one.moved.to_stage, one.cycle
