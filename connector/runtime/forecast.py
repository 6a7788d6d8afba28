"""What firing a moment would do now: every contact is looked at, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.rules import MomentComes
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.store import contacts
from connector.store.database import Store

AT_ONCE: Final = 200
"""Contacts that are read together, each time in a transaction of its own."""

BEGINS: Final = frozenset({Answer.ACTED, Answer.WAITS})
"""Answers that mean: this contact is reached, now or after a wait."""


@dataclass(slots=True)
class Forecast:
    """How many contacts there are, and how many of them answered what, by rule.

    `broken` are those for whom it could not be told, since something of ours breaks.
    """

    contacts: int = 0
    broken: int = 0
    answers: dict[str, Counter[Answer]] = field(default_factory=dict)

    @property
    def expected(self) -> Table[str, int]:
        """By rule how many contacts are reached."""
        return {
            rule: sum(count for one, count in told.items() if one in BEGINS)
            for rule, told in self.answers.items()
        }


def listeners(mapping: Mapping, moment: str) -> list[str]:
    """The triggers that listen to a moment."""
    return sorted(
        one.name
        for one in mapping.triggers.values()
        if any(isinstance(it, MomentComes) and it.moment == moment for it in one.occasions)
    )


def forecast(store: Store, mapping: Mapping, moment: str, now: datetime) -> Forecast:
    """What firing this moment at `now` would make its triggers answer; of all other rules nothing is told.

    What is stopped would only wait, so it is told as if it were not.
    """
    mapping = replace(mapping, stopped=frozenset())
    rules = [f"trigger:{name}" for name in listeners(mapping, moment)]
    found = Forecast(answers={rule: Counter() for rule in rules})
    for people in everybody(store):
        found.contacts += len(people)
        for one in people:
            try:
                trace = wake(mapping, one, now, {moment: now}).trace
            except Exception:  # a rule of ours breaks: told in the number, and by the log when it is real
                found.broken += 1
                continue
            for entry in trace:
                if entry.rule in found.answers:
                    found.answers[entry.rule][entry.answer] += 1
    return found


def everybody(store: Store) -> Iterator[Collection[Contact]]:
    """All contacts, a page at a time; no transaction is open while somebody looks at a page."""
    after = ""
    while True:
        with store.reading() as tx:
            ids = contacts.page(tx, after, AT_ONCE)
            people = contacts.peek(tx, ids)
        if not ids:
            return
        yield people.values()
        after = ids[-1]
