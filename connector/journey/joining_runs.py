"""What rules have done for two contacts, once these are one: their runs, marks, tasks that are open."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import dataclass, replace

from connector.journey.arms import draw
from connector.journey.closing import KEPT
from connector.journey.runs import NOT_HAVE_BEEN, closed
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Mark, Opened, Run, changed

MERGED = "merged"
"""How a run ends of which the other contact had one with the same key that has come further."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The older contact with what rules have done for both; so many runs were `taken` over, and these, by
    trigger and key, are `ended` because the other one goes on."""

    contact: Contact
    taken: int
    ended: tuple[tuple[str, str], ...]


def join_doings(mapping: Mapping, older: Contact, younger: Contact) -> Joined:
    """Nothing is done twice: what one of them has entered, both have."""
    runs = {name: dict(some) for name, some in older.runs.items()}
    ended, taken = [], 0
    for name, some in younger.runs.items():
        mine = runs.setdefault(name, {})
        for key, run in some.items():
            theirs = _taken(mapping, older, name, run, younger.id)
            if key not in mine:
                mine[key], taken = theirs, taken + 1
                continue
            goes_on, ends = (
                (theirs, mine[key]) if _progress(theirs) > _progress(mine[key]) else (mine[key], theirs)
            )
            ended.extend([(name, key)] if ends.is_waiting else [])
            whose = younger.id if ends is theirs else older.id
            mine[key], mine[f"{key}#{whose}"] = goes_on, closed(ends, MERGED) if ends.is_waiting else ends
    return Joined(_with(older, younger, runs), taken, tuple(ended))


def _with(older: Contact, younger: Contact, runs: Table[str, Table[str, Run]]) -> Contact:
    since = [one.looked_at or one.created_at for one in (older, younger)]
    return changed(
        older,
        runs=runs,
        marks=_marks(older.marks, younger.marks),
        touched=tuple(sorted((*older.touched, *younger.touched))),
        opened=_opened(older, younger),
        looked_at=min(since) if older.looked_at or younger.looked_at else None,
    )


def _taken(mapping: Mapping, older: Contact, name: str, run: Run, whose: str) -> Run:
    """The run as the older contact's: in that one's arm, unless it has acted in its own."""
    trigger = mapping.triggers.get(name)
    if run.acted:
        return replace(run, taken_from=run.taken_from or whose)
    return run if trigger is None else replace(run, arm=draw(older, trigger))


def _progress(run: Run) -> tuple[bool, int, bool]:
    return run.ended != NOT_HAVE_BEEN, run.step, run.acted


def _marks(older: Table[str, Mark], younger: Table[str, Mark]) -> dict[str, Mark]:
    both = {name: _both(older[name], younger[name]) for name in older.keys() & younger.keys()}
    return {**older, **younger, **both}


def _both(one: Mark, other: Mark) -> Mark:
    """In it, if one of them is, and since the first of them was; else out of it since the last one left."""
    entries = max(one.entries, other.entries)
    inside = [it.since for it in (one, other) if it.is_in]
    if inside:
        return Mark(is_in=True, since=min(inside), entries=entries)
    return Mark(is_in=False, since=max(one.since, other.since), entries=entries)


def _opened(older: Contact, younger: Contact) -> tuple[Opened, ...]:
    return tuple(sorted((*older.opened, *younger.opened), key=lambda one: one.at)[-KEPT:])
