"""How fast one event is decided, beside plain Python closures that make the same comparisons.

40 triggers and 10 moves, of which 4 and 1 listen to each event: the others must cost nothing. The closures
only compare; a decision also keeps the ledger, builds what rules see, and says of each rule why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import cycle, islice
from typing import TypeAlias

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.mapping import Mapping as Rules
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.vocabulary import EVENTS
from tests.journey.build import NOON, Story, cart, event, journey, mapping, move, order, trigger, when

LISTENED = ("page.viewed", "cart.updated", "order.paid", "product.viewed", "email.opened", "form.submitted")
EACH = 20_000
ROUNDS = 3


def rules(listening: int = 4) -> Rules:
    """40 triggers and 10 moves; those that listen to the events that happen here say no."""
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
    moves = [move(name, "think", "contact.purchases.count >= 100") for name in names]
    return mapping(*busy, *idle, journeys=[journey(moves)])


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
    """What one event asks: four conditions of triggers and one of a move."""
    return [*(_at_least("total", 1000 + number) for number in range(4)), _at_least("count", 100)]


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
        began = time.perf_counter()
        once()
        best = min(best, time.perf_counter() - began)
    return EACH / best


def deciding(listening: Rules, contact: Contact, events: list[Event]) -> Callable[[], None]:
    def once() -> None:
        for one in events:
            decide(listening, contact, one, NOON)

    return once


def comparing() -> None:
    conditions = closures()
    bought = {"total": Decimal(250), "count": Decimal(5)}
    for _ in range(EACH):
        for condition in conditions:
            condition(bought)


def main() -> None:
    """Print decisions a second and the ratio to the bare comparisons."""
    happened = [_happening(name) for name in LISTENED]
    contact = introduce(somebody(), [one for each in happened for one in each.identities])
    events = list(islice(cycle(happened), EACH))
    bare = per_second(comparing)
    for name, listening in (("4 of 40 triggers listen", rules()), ("none listens", rules(0))):
        speed = per_second(deciding(listening, contact, events))
        print(f"decide, {name}: {speed:,.0f} events/s; bare comparisons are {bare / speed:.0f} times as fast")  # noqa: T201 - it reports


if __name__ == "__main__":
    main()
