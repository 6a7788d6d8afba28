"""Runs that wait because a person, or a fuse, has stopped their trigger."""

from __future__ import annotations

from dataclasses import dataclass

from connector.journey.plans import STOP
from connector.journey.runs import closed
from connector.model.contact import Contact, Run, changed
from connector.model.decision import Answer, TraceEntry

DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A contact of whom runs were given up, and what is to be said of that; nothing where there was none."""

    contact: Contact
    trace: tuple[TraceEntry, ...]


def held_rules(contact: Contact) -> frozenset[str]:
    """The rules of which runs of the contact wait because they are stopped."""
    return frozenset(
        f"trigger:{name}" for name, runs in contact.runs.items() if any(map(_is_held, runs.values()))
    )


def drop(contact: Contact, rule: str, who: str) -> Dropped:
    """Give up the runs that wait because a rule is stopped, or everything is (the empty rule)."""
    rules = sorted(one for one in held_rules(contact) if rule in {"", one})
    runs = dict(contact.runs)
    for one in rules:
        name = one.removeprefix("trigger:")
        runs[name] = {key: closed(run, DROPPED) if _is_held(run) else run for key, run in runs[name].items()}
    said = f"dropped by {who} after a stop"
    trace = tuple(TraceEntry(one, Answer.ENDED, detail=said) for one in rules)
    return Dropped(changed(contact, runs=runs), trace)


def _is_held(run: Run) -> bool:
    return run.is_waiting and run.waits_for == STOP
