"""What undoing would mean for all whom it concerns: worked out page by page, counted before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from connector.journey.undoing import end_runs
from connector.model.contact import Contact
from connector.runtime.turning import Verdict
from connector.runtime.undoing import Plan, Told, Wish, plan
from connector.store import contacts, families, undoing
from connector.store.database import Store, Transaction
from connector.store.schema import ActionStatus

PAGE: Final = 100
"""Contacts that are taken together."""

EXAMPLES: Final = 5

_Read: TypeAlias = Callable[[Transaction, Iterable[str]], dict[str, Contact]]


@dataclass(slots=True)
class Preview:
    """What undoing would mean: how many actions come to which end, and of how many contacts they are.

    Of `changing` ones something is turned back or closed, and `examples` are some of these; of `waiting` ones
    runs end.
    """

    told: Counter[Told] = field(default_factory=Counter)
    contacts: int = 0
    changing: int = 0
    waiting: int = 0
    examples: list[Contact] = field(default_factory=list)

    @property
    def has_work(self) -> bool:
        """Whether anything would change."""
        return bool(self.waiting or self.count(Verdict.UNDONE) or self.count(Verdict.GIVEN_UP))

    def count(self, verdict: Verdict) -> int:
        """How many actions come to this end."""
        return sum(count for one, count in self.told.items() if one.verdict is verdict)


def preview(store: Store, wish: Wish) -> Preview:
    """What undoing means at this moment; nothing is written."""
    found = Preview()
    for plans in _pages(store, wish):
        found.contacts += len(plans)
        found.changing += sum(bool(one.back) for one in plans)
        for one in plans:
            found.told.update(one.told)
        if len(found.examples) < EXAMPLES:
            found.examples += _named(store, [one.contact_id for one in plans if one.back])
            del found.examples[EXAMPLES:]
    found.waiting = sum(_waiting(store, wish)) if wish.trigger else 0
    return found


def plans_of(tx: Transaction, wish: Wish, ids: Sequence[str], read: _Read) -> list[Plan]:
    """What undoing means for those of whom something to undo stands under these ids.

    Actions stand under several ids where contacts have become one: such a contact comes with the first of
    them. Who was erased is left alone, and so is who became another while this was read.
    """
    roots = families.roots(tx, ids)
    people = read(tx, sorted({roots.get(one, one) for one in ids}))
    gone = families.roots(tx, people)
    there = [name for name, one in people.items() if one.erased_at is None and name not in gone]
    rows = undoing.of_families(tx, there)
    alive = {
        name: [one for one in some if one.status is not ActionStatus.DEAD] for name, some in rows.items()
    }
    first = {
        min((one.action.contact_id for one in some if wish.which.has(one.action)), default=""): name
        for name, some in alive.items()
    }
    return [plan(wish, first[one], rows[first[one]]) for one in ids if one in first]


def acted_on(tx: Transaction, wish: Wish, after: str) -> list[str]:
    """The next ids behind this one under which something to undo may stand."""
    return undoing.contacts_of(tx, wish.which, after, PAGE)


def waiting_in(tx: Transaction, wish: Wish, after: str) -> list[str]:
    """The next contacts behind this one of whom runs of the trigger wait."""
    return undoing.waiting_in(tx, wish.trigger, after, PAGE)


def _pages(store: Store, wish: Wish) -> Iterator[list[Plan]]:
    after = ""
    while True:
        with store.reading() as tx:
            ids = acted_on(tx, wish, after)
            plans = plans_of(tx, wish, ids, contacts.peek)
        if not ids:
            return
        yield plans
        after = ids[-1]


def _named(store: Store, ids: Sequence[str]) -> list[Contact]:
    with store.reading() as tx:
        return [*contacts.peek(tx, ids[:EXAMPLES]).values()]


def _waiting(store: Store, wish: Wish) -> Iterator[int]:
    """Of how many contacts runs of the trigger wait and would end, page by page."""
    after = ""
    while True:
        with store.reading() as tx:
            ids = waiting_in(tx, wish, after)
            people = contacts.peek(tx, ids)
        if not ids:
            return
        yield sum(bool(end_runs(one, wish.trigger, wish.who, wish.since).trace) for one in people.values())
        after = ids[-1]
