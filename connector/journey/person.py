"""The contact as rules see it, in the shape of `vocabulary.contact_type`.

What has to be worked out is so when a rule first asks for it, and once: most rules ask for little.
"""

from __future__ import annotations

from collections import abc
from datetime import datetime
from decimal import Decimal
from typing import Final, cast
from weakref import proxy

from connector.errors import ExpressionFailed
from connector.journey import interests, recency, rhythm
from connector.journey.bearing import main_of, standings_of
from connector.journey.consent import standing
from connector.journey.ledger import Purchases, purchases
from connector.journey.scores import Scores, cell_of
from connector.mapping.mapping import Mapping
from connector.mapping.norms import EVERYBODY
from connector.mapping.own_state import balance_of
from connector.mapping.terms import Expression, Scope
from connector.model.contact import Contact
from connector.model.vocabulary import counter_of

CHANNELS: Final = ("email", "sms")


class Person(abc.Mapping[str, object]):
    """One contact at one moment; `scope` is what its segments and scores may ask for, itself included.

    It does not keep itself there: else each would stay, with its contact, until garbage is searched for.
    """

    def __init__(self, mapping: Mapping, contact: Contact, now: datetime, scope: Scope) -> None:
        self.mapping = mapping
        self.contact = contact
        self.now = now
        self.scope: Scope = {**scope, "contact": proxy(self)}
        self._told: dict[str, object] = {}
        self._cell: str | None = None
        self._is_placed = False

    def __getitem__(self, name: str) -> object:
        if name in self._told:
            return self._told[name]
        stated = self.contact.fields.get(name)
        if stated is not None and name not in _OURS:
            return stated.value
        value = self._told[name] = _WORKED_OUT[name](self)
        return value

    def __iter__(self) -> abc.Iterator[str]:
        return iter({**self.contact.fields, **_WORKED_OUT})

    def __len__(self) -> int:
        return len({**self.contact.fields, **_WORKED_OUT})

    def get(self, name: str, default: object = None) -> object:
        """The value; `default` where a contact has nothing of the name."""
        told = self._told
        if name in told:
            return told[name]
        if name in _OURS:
            value = told[name] = _WORKED_OUT[name](self)
            return value
        stated = self.contact.fields.get(name)
        if stated is not None:
            return stated.value
        return self[name] if name in _WORKED_OUT else default

    @property
    def bought(self) -> Purchases:
        """The orders that were paid, taken together."""
        return purchases(self.contact)

    @property
    def usual_list(self) -> str:
        """The only list that there is, or that of the member of a group that fits the contact; empty where it
        cannot be told. What the group chooses by finds no consent: that is what is being worked out. So it
        asks a person of its own, of whom nothing is kept."""
        if self.mapping.audience is not None or self.mapping.lists is None:
            return self.mapping.audience or ""
        asked = Person(self.mapping, self.contact, self.now, scope := dict(self.scope))
        scope["contact"], asked._told["consent"] = asked, dict.fromkeys(CHANNELS, False)
        try:
            member = self.mapping.lists.member(scope)
        except ExpressionFailed:
            return ""
        return member if isinstance(member, str) else ""

    @property
    def cell(self) -> str | None:
        """Where the scores put the contact in the grid, once nothing of them is still being worked out; empty
        for a cell to which no rule listens."""
        if not self._is_placed:
            levels = self.mapping.watch.levels
            self._cell, self._is_placed = cell_of(self.mapping.grid, self.scores, levels), True
        return self._cell

    @property
    def scores(self) -> Scores:
        """The scores, each reckoned when it is asked for."""
        return cast("Scores", self["scores"])


def usual_among(person: Person) -> str:
    """Whose usual interval counts: the first segment of the defaults that is known and has the contact in it;
    else everybody."""
    intervals = person.mapping.norms.intervals
    segments = cast("abc.Mapping[str, bool | None]", person["segments"])
    known = (name for name in person.mapping.defaults.expected_by if name in intervals)
    return next((name for name in known if segments.get(name)), EVERYBODY)


def _name(person: Person) -> object:
    parts = (person.contact.fields.get(part) for part in ("first_name", "last_name"))
    return " ".join(str(part.value) for part in parts if part) or None


def _purchases(person: Person) -> abc.Mapping[str, object]:
    bought = person.bought
    return {
        "count": bought.count,
        "total": bought.total,
        "average": bought.average,
        "first_at": bought.first_at,
        "last_at": bought.last_at,
    }


def _balance(person: Person) -> Decimal:
    stated = person.contact.fields.get("balance")
    return balance_of(stated.value if stated else None)


def _consent(person: Person) -> abc.Mapping[str, bool]:
    """Yes or no a channel, for the list that is usual for this contact."""
    usual = person.usual_list
    return {channel: standing(person.contact, channel, usual, person.now) is not None for channel in CHANNELS}


def _stage(person: Person) -> str | None:
    found = standings_of(person.contact).get(main_of(person.mapping.journeys) or "")
    return found.stage if found else None


def _cycle(person: Person) -> int | None:
    found = standings_of(person.contact).get(main_of(person.mapping.journeys) or "")
    return found.cycle if found else None


def _rfm(person: Person) -> abc.Mapping[str, int]:
    mapping = person.mapping
    return rhythm.rfm(person.bought, person.now, mapping.defaults.rfm, mapping.norms)


def _expected(person: Person) -> abc.Mapping[str, object]:
    if person.bought.last_at is None:
        return {}
    usual = person.mapping.norms.intervals.get(usual_among(person))
    return rhythm.expected(person.bought, person.now, usual)


def _recent(person: Person) -> abc.Mapping[str, object]:
    return {name: recency.shown(person.contact, name) for name in ("products", "pages", "clicks")}


_WORKED_OUT: Final[abc.Mapping[str, abc.Callable[[Person], object]]] = {
    "email": lambda person: person.contact.email,
    "name": _name,
    "shop": lambda person: person.contact.shop,
    "counters": lambda person: {counter_of(name): one for name, one in person.contact.counters.items()},
    "last": lambda person: {counter_of(name): at for name, at in person.contact.last.items()},
    "purchases": _purchases,
    "balance": _balance,
    "consent": _consent,
    "stage": _stage,
    "cycle": _cycle,
    "stages": lambda person: {name: one.stage for name, one in standings_of(person.contact).items()},
    "interests": lambda person: interests.shown(person.contact, person.now),
    "recent": _recent,
    "rfm": _rfm,
    "expected": _expected,
    "scores": lambda person: Scores(person.mapping.scores, person.contact, person.now, person.scope),
    "grid": lambda person: cell_of(person.mapping.grid, person.scores),
    "segments": lambda person: _Segments(person.mapping.segments, person.scope),
}

_OURS: Final = _WORKED_OUT.keys() - {"name"}
"""What no source can state, whatever it calls its fields; the address in use is looked up, too."""


class _Segments(abc.Mapping[str, bool | None]):
    """Yes, no or (None) cannot tell, a segment; asked when a rule does. One that fails cannot be told."""

    def __init__(self, conditions: abc.Mapping[str, Expression], scope: Scope) -> None:
        self._conditions = conditions
        self._scope = scope
        self._answers: dict[str, bool | None] = {}

    def __getitem__(self, name: str) -> bool | None:
        if name not in self._answers:
            self._answers[name] = None
            self._answers[name] = self._ask(self._conditions[name])
        return self._answers[name]

    def __iter__(self) -> abc.Iterator[str]:
        return iter(self._conditions)

    def __len__(self) -> int:
        return len(self._conditions)

    def _ask(self, condition: Expression) -> bool | None:
        try:
            answer = condition(self._scope)
        except ExpressionFailed:
            return None
        return answer if isinstance(answer, bool) else None
