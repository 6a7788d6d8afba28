"""What is usual among the contacts: counted one contact after the other, in a space that does not grow.

What is counted are values to their first three digits (`rhythm.first_digits`), how often each occurs; so the
quintiles and the middle are exact for these, whatever the order, and off by less than one part in a hundred
for the values themselves. Nothing of it names anybody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, cast

from connector.journey.occasions import happening
from connector.journey.person import Person
from connector.journey.rhythm import DAY, first_digits, measures, own_interval
from connector.journey.view import View
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.norms import BOUNDS, EVERYBODY, Bounds, Norms, Usual
from connector.model.contact import Contact

FEWEST_BUYERS: Final = 50
"""Buyers below which their quintiles say nothing: ten for each fifth."""

FEWEST_INTERVALS: Final = 10
"""Contacts with an interval of their own below which nothing is usual among them."""


def asked(rules: Rules) -> str:
    """A name for what a mapping asks of its contacts, other than how they have bought."""
    segments = [(name, rules.segments[name].text) for name in rules.defaults.expected_by]
    return hashlib.sha256(repr(segments).encode()).hexdigest()


@dataclass(slots=True)
class Census:
    """How often each value occurs: `values` by mark, `intervals` in days, by segment and of everybody."""

    values: Mapping[str, Counter[str]] = field(default_factory=lambda: {mark: Counter() for mark in BOUNDS})
    intervals: dict[str, Counter[str]] = field(default_factory=dict)

    def count(self, rules: Rules, contact: Contact, at: datetime) -> None:
        """Count one contact as they were; who never bought says nothing."""
        person = View(rules, contact, happening("look", "", at), at).person
        bought = person.bought
        for mark, value in measures(bought, at).items():
            self.values[mark][str(first_digits(value))] += 1
        if (interval := own_interval(bought)) is not None:
            days = str(first_digits(Decimal(interval / DAY)))
            for name in (EVERYBODY, *_segments(person)):
                self.intervals.setdefault(name, Counter())[days] += 1

    def norms(self, rules: Rules, at: datetime) -> Norms:
        """What is usual, as far as enough contacts have told."""
        buyers = self.values["recency"].total()
        are_enough = buyers >= FEWEST_BUYERS
        usual = {name: _usual(counts) for name, counts in sorted(self.intervals.items())}
        return Norms(
            at=at,
            version=rules.version,
            asked=asked(rules),
            buyers=buyers,
            quintiles={mark: quintiles(one) for mark, one in self.values.items()} if are_enough else {},
            intervals={name: one for name, one in usual.items() if one.of >= FEWEST_INTERVALS},
        )

    def as_json(self) -> dict[str, dict[str, dict[str, int]]]:
        """All of it, to be kept."""
        values = {mark: dict(counts) for mark, counts in self.values.items()}
        return {"values": values, "intervals": {name: dict(one) for name, one in self.intervals.items()}}

    @classmethod
    def of_json(cls, kept: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Census:
        """The census that `as_json` kept."""
        values = {mark: Counter(dict(kept["values"][mark])) for mark in BOUNDS}
        return cls(values, {name: Counter(dict(one)) for name, one in kept["intervals"].items()})


def quintiles(counts: Mapping[str, int]) -> Bounds:
    """The highest value of the first, second, third and fourth fifth: the lowest up to which there are as
    many as that."""
    total = sum(counts.values())
    return tuple(_up_to(counts, Decimal(total * fifth) / 5) for fifth in range(1, 5))


def _usual(counts: Mapping[str, int]) -> Usual:
    """The value in the middle, the lower one of two."""
    total = sum(counts.values())
    return Usual(_up_to(counts, Decimal(total) / 2), total)


def _up_to(counts: Mapping[str, int], many: Decimal) -> Decimal:
    seen = 0
    for value in sorted(map(Decimal, counts)):
        seen += counts[str(value)]
        if seen >= many:
            return value
    raise ValueError("nothing was counted")


def _segments(person: Person) -> Iterator[str]:
    """Those whose interval counts and in which the contact is."""
    segments = cast("Mapping[str, bool | None]", person["segments"])
    return (name for name in person.mapping.defaults.expected_by if segments.get(name))
