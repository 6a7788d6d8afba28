"""What folding histories again would change: everybody is gone through, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from connector.journey.differing import Difference, difference
from connector.journey.recomputing import seen
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.standing import Standing
from connector.runtime.refolding import Folded, fold_again, is_meant, page, whose
from connector.store import contacts
from connector.store.database import Store
from connector.store.sweeps import Only

AT_ONCE: Final = 100
"""Contacts that are read and folded together, each time in a look of its own."""

FIRST: Final = 20
"""Contacts whose change is kept to be shown."""

Where: TypeAlias = "tuple[str, int]"
"""A stage and the cycle of the journey."""


@dataclass(slots=True)
class Preview:
    """How many contacts were gone through, how many would be `changing`, and what of them.

    `stages` has by journey how many go from where to where, `scores` how many change by how much, `counters`
    how many change in one, `segments` how many would come to belong to one (or not any more). `others` names
    the rest of what changes. `first` are some of them. `broken` are those for whom it cannot be told, since
    something of ours breaks, the first of them for this `reason`. Of `unseen` contacts events have been
    dropped, up to `sees_from` at the latest.
    """

    contacts: int = 0
    changing: int = 0
    broken: int = 0
    reason: str = ""
    unseen: int = 0
    sees_from: datetime | None = None
    stages: dict[str, Counter[tuple[Where | None, Where | None]]] = field(default_factory=dict)
    scores: dict[str, Counter[Decimal]] = field(default_factory=dict)
    counters: Counter[str] = field(default_factory=Counter)
    segments: dict[str, Counter[bool]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    first: list[tuple[Contact, Difference]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rules:
    """The mapping that is live, and the one under which histories would be folded: the same, or a draft."""

    live: Mapping
    anew: Mapping


def preview(store: Store, rules: Rules, only: Only, now: datetime, went: Callable[[int], None]) -> Preview:
    """What would change for those who are meant. `went` hears how many more have been gone through.

    Raises StoreError.
    """
    made, after = Preview(), ""
    while True:
        with store.reading() as tx:
            ids = page(tx, only, after, made.contacts, AT_ONCE)
            people = contacts.peek(tx, whose(tx, only, ids))
            folded = fold_again(tx, rules.anew, people, now, only)
        if not ids:
            return made
        after = ids[-1]
        _count(made, rules, folded, only, now)
        made.contacts += len(ids)
        went(len(ids))


def median(amounts: Counter[Decimal]) -> Decimal:
    """The amount in the middle of all that were counted, by their size; of two the larger."""
    passed, half = 0, amounts.total() // 2
    for amount in sorted(amounts):
        passed += amounts[amount]
        if passed > half:
            return amount
    return Decimal(0)


def _count(made: Preview, rules: Rules, folded: Folded, only: Only, now: datetime) -> None:
    made.broken += len(folded.broken)
    for name, error in folded.broken.items():
        made.reason = made.reason or f"contact {name}: {type(error).__name__}: {error}"
    for name, found in folded.after.items():
        before, after = folded.before[name], found.contact
        if found.sees_from is not None:
            made.unseen += 1
            made.sees_from = max(found.sees_from.at, made.sees_from or found.sees_from.at)
        if before is after or not is_meant(before, after, only):
            continue
        differs = difference(seen(rules.live, before, now), seen(rules.anew, after, now))
        if differs.is_any:
            made.changing += 1
            _add(made, differs)
            if len(made.first) < FIRST:
                made.first.append((before, differs))


def _add(made: Preview, differs: Difference) -> None:
    for journey, (one, other) in differs.stages.items():
        made.stages.setdefault(journey, Counter())[_where(one), _where(other)] += 1
    for score, (before, after) in differs.scores.items():
        made.scores.setdefault(score, Counter())[abs(after - before)] += 1
    for segment, (_, is_in) in differs.segments.items():
        made.segments.setdefault(segment, Counter())[is_in] += 1
    made.counters.update(differs.counters.keys())
    made.others.update(differs.others)


def _where(standing: Standing | None) -> Where | None:
    return (standing.stage, standing.cycle) if standing else None
