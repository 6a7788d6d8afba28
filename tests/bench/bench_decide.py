"""How fast one event is decided, beside plain Python closures that make the same comparisons.

40 triggers, 10 moves and 20 rules of two scores, of which 4, 1 and 2 listen to each event: the others must
cost nothing, and neither must contacts that the event is not about. The closures only compare; a decision
also keeps the ledger, builds what rules see, and says of each rule why. So the conditions alone are measured
too, as the mapping compiles them, beside closures that read the same scope by the same path, and closures to
which the values are handed. Processor time, the median of rounds in turns: the ratios count, not the figures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice
from statistics import median
from typing import Any, TypeAlias

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.scoring import Points, Score
from connector.mapping.terms import Expression
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.vocabulary import EVENTS
from tests.bench.heading import heading
from tests.journey.build import HERE, NOON, Story, cart, event, journey, mapping, move, order, trigger, when

LISTENED = ("page.viewed", "cart.updated", "order.paid", "product.viewed", "email.opened", "form.submitted")
BOUGHT_OFTEN = "contact.purchases.count >= 100"
EACH = 5_000
ROUNDS = 11


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


BOUGHT: Mapping[str, Decimal] = {"total": Decimal(250), "count": Decimal(5)}
SCOPE: Mapping[str, Any] = {"contact": {"purchases": BOUGHT}}
Condition: TypeAlias = Callable[[Mapping[str, Any]], object]


def closures(at_least: Callable[[str, int], Condition]) -> list[Condition]:
    """What one event asks: four conditions of triggers, one of a move and two of scores."""
    of_triggers = [at_least("total", 1000 + number) for number in range(4)]
    return [*of_triggers, *(at_least("count", 100) for _ in range(3))]


def compiled() -> list[Expression]:
    """The same as the mapping compiles them."""
    of_triggers = [when(f"contact.purchases.total >= {1000 + number}") for number in range(4)]
    return [*of_triggers, *(when(BOUGHT_OFTEN) for _ in range(3))]


def of_scope(name: str, wanted: int) -> Condition:
    """A comparison that finds its value in the scope."""
    bound = Decimal(wanted)
    return lambda scope: scope["contact"]["purchases"][name] >= bound


def of_values(name: str, wanted: int) -> Condition:
    """The same, with the values at hand."""
    bound = Decimal(wanted)
    return lambda bought: bought[name] >= bound


def _happening(name: str) -> Event:
    if name == "order.paid":
        return order(name, "11:00", "o9", total=Decimal(50))
    return cart(name, "11:00", "c9", total=Decimal(50)) if name == "cart.updated" else event(name, "11:00")


def per_second(ways: Mapping[str, Callable[[], object]]) -> Mapping[str, float]:
    """How often each of these ways goes, the median of rounds in which they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, once in ways.items():
            began = time.process_time()
            once()
            taken[name].append(time.process_time() - began)
    return {name: EACH / median(some) for name, some in taken.items()}


def deciding(listening: Rules, contact: Contact, events: list[Event]) -> Callable[[], None]:
    def once() -> None:
        for one in events:
            decide(listening, contact, one, NOON)

    return once


def asking(conditions: list[Condition], seen: Mapping[str, Any]) -> Callable[[], None]:
    """All conditions, on what they read."""

    def once() -> None:
        for _ in range(EACH):
            for condition in conditions:
                condition(seen)

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
    heading("one event decided")
    happened = [_happening(name) for name in LISTENED]
    contact = introduce(somebody(), [one for each in happened for one in each.identities])
    events = list(islice(cycle(happened), EACH))
    idle = [trigger(f"more-{number}", "survey.answered") for number in range(2_000)]
    many = rules()
    many = replace(many, triggers={**many.triggers, **{one.name: one for one in idle}})
    speeds = per_second(
        {
            "closures": asking(closures(of_scope), SCOPE),
            "closures with the values at hand": asking(closures(of_values), BOUGHT),
            "compiled": asking([*compiled()], SCOPE),
            "decide, 4 of 40 triggers listen": deciding(rules(), contact, events),
            "decide, none listens": deciding(rules(0), contact, events),
            "decide, 4 of 2,040 triggers listen": deciding(many, contact, events),
            "decide, 1 contact": among(1, rules(), contact, events),
            "decide, 10,000 contacts": among(10_000, rules(), contact, events),
        }
    )
    for name, speed in speeds.items():
        sys.stdout.write(f"{name}: {speed:,.0f}/s; ratio to closures {speed / speeds['closures']:.3f}\n")


if __name__ == "__main__":
    main()
