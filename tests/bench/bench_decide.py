"""How fast one event is decided, beside plain Python closures that make the same comparisons.

40 triggers, 10 moves and 20 rules of two scores, of which 4, 1 and 2 listen to each event: the others must
cost nothing, and neither must contacts that the event is not about. The closures only compare; a decision
also keeps the ledger, builds what rules see, and says of each rule why. So the conditions alone are measured
too, as the mapping compiles them, on a scope that is there. Processor time, the best of some rounds, all in
one run: the ratios count, not the figures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import TypeAlias

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.scoring import Points, Score
from connector.mapping.terms import Expression
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.vocabulary import EVENTS
from tests.journey.build import HERE, NOON, Story, cart, event, journey, mapping, move, order, trigger, when

LISTENED = ("page.viewed", "cart.updated", "order.paid", "product.viewed", "email.opened", "form.submitted")
BOUGHT_OFTEN = "contact.purchases.count >= 100"
EACH = 20_000
ROUNDS = 3


def rules(listening: int = 4) -> Rules:
    """40 triggers, 10 moves and 20 rules of scores; those that listen to what happens here say no."""
    busy = [
        trigger(
            f"{name.replace('.', '-')}-{number}",
            name,
            when=when(f"contact.purchases.total >= {1000 + number}"),
        )
        for name in LISTENED
        for number in range(listening)
    ]
    idle = [trigger(f"idle-{number}", "survey.answered") for number in range(40 - len(busy))]
    others = [name for name in EVENTS if name not in LISTENED]
    names = [*LISTENED, *others][:10] if listening else others[:10]
    moves = [move(name, "think", BOUGHT_OFTEN) for name in names]
    scores = {name: _score(name, names) for name in ("lead", "fit")}
    return replace(mapping(*busy, *idle, journeys=[journey(moves)]), scores=scores)


def _score(name: str, events: Iterable[str]) -> Score:
    """Ten rules that say no."""
    rules = tuple(Points(frozenset({one}), Decimal(5), when(BOUGHT_OFTEN), HERE) for one in events)
    return Score(name, rules, timedelta(days=30), None, None, HERE)


def somebody() -> Contact:
    """A customer with a few orders and carts."""
    story = Story(mapping())
    story.hears(event("newsletter.confirmed", "08:00", fields={"first_name": "Eva", "country": "NL"}))
    for number in range(5):
        story.hears(cart("cart.updated", "09:00", f"c{number}", total=Decimal(50)))
        story.hears(order("order.paid", "10:00", f"o{number}", total=Decimal(50), cart=f"c{number}"))
    return story.contact


Condition: TypeAlias = Callable[[Mapping[str, Decimal]], bool]


def closures() -> list[Condition]:
    """What one event asks: four conditions of triggers, one of a move and two of scores."""
    of_triggers = [_at_least("total", 1000 + number) for number in range(4)]
    return [*of_triggers, *(_at_least("count", 100) for _ in range(3))]


def compiled() -> list[Expression]:
    """The same as the mapping compiles them."""
    of_triggers = [when(f"contact.purchases.total >= {1000 + number}") for number in range(4)]
    return [*of_triggers, *(when(BOUGHT_OFTEN) for _ in range(3))]


def _at_least(name: str, wanted: int) -> Condition:
    bound = Decimal(wanted)
    return lambda bought: bought[name] >= bound


def _happening(name: str) -> Event:
    if name == "order.paid":
        return order(name, "11:00", "o9", total=Decimal(50))
    return cart(name, "11:00", "c9", total=Decimal(50)) if name == "cart.updated" else event(name, "11:00")


def per_second(once: Callable[[], object]) -> float:
    """The best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        once()
        best = min(best, time.process_time() - began)
    return EACH / best


def deciding(listening: Rules, contact: Contact, events: list[Event]) -> Callable[[], None]:
    def once() -> None:
        for one in events:
            decide(listening, contact, one, NOON)

    return once


def comparing() -> Callable[[], None]:
    """The closures, on what they compare."""
    conditions, bought = closures(), {"total": Decimal(250), "count": Decimal(5)}

    def once() -> None:
        for _ in range(EACH):
            for condition in conditions:
                condition(bought)

    return once


def asking() -> Callable[[], None]:
    """The compiled conditions, on a scope that is there."""
    conditions = compiled()
    scope = {"contact": {"purchases": {"total": Decimal(250), "count": Decimal(5)}}}

    def once() -> None:
        for _ in range(EACH):
            for condition in conditions:
                condition(scope)

    return once


def among(many: int, listening: Rules, contact: Contact, events: list[Event]) -> Callable[[], None]:
    """Decide upon each of so many contacts in turn, as a processor would that has them all."""
    people = [replace(contact, id=f"c{number}") for number in range(many)]

    def once() -> None:
        for one, person in zip(events, cycle(people), strict=False):
            decide(listening, person, one, NOON)

    return once


def main() -> None:
    """Print decisions a second and the ratios."""
    happened = [_happening(name) for name in LISTENED]
    contact = introduce(somebody(), [one for each in happened for one in each.identities])
    events = list(islice(cycle(happened), EACH))
    report = sys.stdout.write
    bare, alone = per_second(comparing()), per_second(asking())
    report(
        f"seven comparisons: {bare:,.0f}/s as closures, {alone:,.0f}/s compiled; ratio {alone / bare:.2f}\n"
    )
    for name, listening in (("4 of 40 triggers listen", rules()), ("none listens", rules(0))):
        speed = per_second(deciding(listening, contact, events))
        report(f"decide, {name}: {speed:,.0f} events/s; ratio to closures {speed / bare:.3f}\n")
    idle = [trigger(f"more-{number}", "survey.answered") for number in range(2_000)]
    many = rules()
    many = replace(many, triggers={**many.triggers, **{one.name: one for one in idle}})
    speed = per_second(deciding(many, contact, events))
    report(f"decide, 4 of 2,040 triggers listen: {speed:,.0f} events/s\n")
    for people in (1, 10_000):
        speed = per_second(among(people, rules(), contact, events))
        report(f"decide, {people:,} contacts: {speed:,.0f} events/s\n")


if __name__ == "__main__":
    main()
