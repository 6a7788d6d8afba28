"""Runs of a trigger: the key under which it enters once, and how many of them count for a limit."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from connector.journey.subjects import scope_of, text
from connector.mapping.rules import Trigger
from connector.mapping.terms import Frequency
from connector.model.company import Entry
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer, Moved
from connector.model.event import Event

KEPT_FOR: Final = timedelta(days=90)
"""How long a run is remembered that only its event could repeat: as long as the keys of events are."""

KEPT: Final = 200
"""How many of these are remembered of one trigger, where no limit asks for more; those that acted first."""

NOT_HAVE_BEEN: Final = "would not have been"
"""How a run ends that began, has not acted, and would not have begun had an event come in time. It may still
begin: nothing of it is done."""

_BY_EVENT: Final = "event:"
_BY_STAGE: Final = "stage:"
_BY_CHANCE: Final = (_BY_EVENT, _BY_STAGE, "segment:", "score:", "grid:", "quiet:")
"""How the keys of runs begin that cannot come again but by the very same event or entry."""


def key_of(trigger: Trigger, contact: Contact, event: Event) -> str:
    """The key of a run upon an event: the contact, its company, the subject's id, or the event itself."""
    if once := _once(trigger, contact):
        return once
    for kind, subject in event.subjects.items():
        if name := text(subject.get("id")) or text(subject.get("token")):
            return f"{kind}:{scope_of(event, kind)}:{name}"
    return f"{_BY_EVENT}{event.connection}:{event.key}"


def own_key(trigger: Trigger, contact: Contact, key: str) -> str:
    """The key of a run that has none by an event: a trigger may be meant once for a contact or company."""
    return _once(trigger, contact) or key


def _once(trigger: Trigger, contact: Contact) -> str:
    """The key of a run of which there is one for all; whoever has no company counts for one of their own."""
    if trigger.once_per == "company" and contact.company is not None:
        return f"company:{contact.company.id}"
    return "contact" if trigger.once_per in ("contact", "company") else ""


def stage_key(moved: Moved, entry: int, company: str = "") -> str:
    """The key of what follows from entering a stage: the how many-th time it is, whatever led to it.

    `company` is the id of the company whose stage it is.
    """
    whose = f"{company}:" if company else ""
    return f"{_BY_STAGE}{whose}{moved.journey}.{moved.to_stage}:{entry}"


def is_used_up(runs: Table[str, Run], limit: Frequency, now: datetime) -> bool:
    """Whether as many runs have acted within the limit's period as may."""
    since = now - limit.per
    return sum(run.acted and _acted_at(run) > since for run in runs.values()) >= limit.count


def used_up_until(runs: Table[str, Run], limit: Frequency) -> datetime | None:
    """From when one more may act, by the runs that are remembered; None where there were not so many."""
    acted = sorted((_acted_at(run) for run in runs.values() if run.acted), reverse=True)
    return acted[limit.count - 1] + limit.per if len(acted) >= limit.count else None


def entered(contact: Contact, trigger: Trigger, key: str, run: Run, now: datetime) -> Contact:
    """The contact with a run written down; runs that nothing can ask for any more are forgotten."""
    runs = {**contact.runs.get(trigger.name, {}), key: run}
    kept = _needed(runs, trigger.limit, now) if len(runs) > 1 else runs
    after = changed(contact, runs={**contact.runs, trigger.name: kept})
    return _noted(after, trigger.name, key, run) if trigger.once_per == "company" else after


def _noted(contact: Contact, trigger: str, key: str, run: Run) -> Contact:
    """The contact whose company knows of the run, unless it is that of a colleague which it knows already."""
    company = contact.company
    if company is None:
        return contact
    known = company.entered.get(trigger, {})
    before = known.get(key)
    if before is not None and before.contact_id != contact.id and not before.is_shadow:
        return contact
    entry = Entry(run.at, contact.id, is_shadow=run.ended == Answer.SHADOW)
    entered = {**company.entered, trigger: {**known, key: entry}}
    return changed(contact, company=replace(company, entered=entered))


def has_acted(run: Run, step: int, now: datetime) -> Run:
    """The run once it has acted, with so many of its steps done."""
    return Run(
        at=run.at,
        acted=True,
        acted_at=run.acted_at or now,
        arm=run.arm,
        step=step,
        text=run.text,
        wakes_at=run.wakes_at,
        waits_for=run.waits_for,
        until=run.until,
        event=run.event,
        ended=run.ended,
        ahead=run.ahead,
        due_at=run.due_at,
        taken_from=run.taken_from,
    )


def closed(run: Run, ended: str) -> Run:
    """The run as it is once it is over, and why in a word or two."""
    return Run(
        at=run.at,
        acted=run.acted,
        acted_at=run.acted_at,
        arm=run.arm,
        step=run.step,
        text=run.text,
        ended=ended,
        ahead=run.ahead,
        taken_from=run.taken_from,
    )


def _needed(runs: Table[str, Run], limit: Frequency | None, now: datetime) -> dict[str, Run]:
    since = now - (max(KEPT_FOR, limit.per) if limit else KEPT_FOR)
    kept = {key: run for key, run in runs.items() if not _is_over(key, run) or _acted_at(run) > since}
    most = max(KEPT, limit.count) if limit else KEPT
    if len(kept) <= most:
        return kept
    over = sorted((run.acted, _acted_at(run), key) for key, run in kept.items() if _is_over(key, run))
    gone = {key for *_, key in over[:-most]}
    return {key: run for key, run in kept.items() if key not in gone}


def _is_over(key: str, run: Run) -> bool:
    """Whether nothing comes of it any more, and nothing can begin it again."""
    return key.startswith(_BY_CHANCE) and not run.is_waiting


def _acted_at(run: Run) -> datetime:
    return run.acted_at or run.at
