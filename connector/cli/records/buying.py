"""What a person's purchases say of them, and by which figures: `contact.rfm` and `contact.expected`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from connector.journey.occasions import happening
from connector.journey.person import Person, usual_among
from connector.journey.rhythm import is_by_quintiles, own_interval
from connector.journey.view import View
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.norms import EVERYBODY
from connector.model.contact import Contact
from connector.model.showing import local


@dataclass(frozen=True, slots=True)
class Buying:
    """What rules see of it, and a line about each for a reader; all empty of somebody who never bought."""

    rfm: Mapping[str, int]
    expected: Mapping[str, object]
    said: tuple[str, ...]


def buying(rules: Rules, contact: Contact, now: datetime) -> Buying:
    """What the purchases say by these rules and what is usual among the contacts."""
    person = View(rules, contact, happening("look", "", now), now).person
    rfm, expected = cast("Mapping[str, int]", person["rfm"]), cast("Mapping[str, object]", person["expected"])
    return Buying(rfm, expected, (_marks(rules, rfm), _next(person, expected)) if rfm else ())


def _marks(rules: Rules, rfm: Mapping[str, int]) -> str:
    said = ", ".join(f"{name} {mark}" for name, mark in rfm.items())
    return f"rfm: {said}; by {' and '.join(_by(rules))}"


def _by(rules: Rules) -> Iterator[str]:
    wanted, norms = rules.defaults.rfm, rules.norms
    by_quintiles = [name for name in wanted.bounds if is_by_quintiles(name, wanted, norms)]
    if by_quintiles and norms.at is not None:
        only = "" if len(by_quintiles) == len(wanted.bounds) else f" ({', '.join(by_quintiles)})"
        yield f"quintiles of {norms.buyers} buyers as of {local(norms.at)}{only}"
    if len(by_quintiles) < len(wanted.bounds):
        is_new = bool(wanted.by_quintiles) and not by_quintiles
        yield "bounds, until enough have bought to know the quintiles" if is_new else "bounds"


def _next(person: Person, expected: Mapping[str, object]) -> str:
    if not expected:
        return "expected: nothing, until more have ordered twice, or the contact has"
    at = local(cast("datetime", expected["next_order_at"]))
    return f"expected: next order {at}, leaves with a chance of {expected['churn']}; by {_intervals(person)}"


def _intervals(person: Person) -> str:
    group, own = usual_among(person), own_interval(person.bought)
    usual = person.mapping.norms.intervals.get(group)
    who = "all contacts" if group == EVERYBODY else f"segment {group}"
    said = [f"{person.bought.count - 1} interval(s) of their own"] if own is not None else []
    return " and ".join([*said, *([f"{usual.days} days, usual for {who}"] if usual else [])])
