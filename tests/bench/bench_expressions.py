"""How long twenty conditions on one event take: as plain Python closures, by us, and by Jinja itself.

Run it with `python -m tests.bench.bench_expressions`. All three answer the same conditions over the same
event in one run, in turns; the fastest of the turns counts, and what matters are the ratios.
"""

from __future__ import annotations

import sys
import timeit
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from jinja2 import Environment

from connector.mapping.expressions import compile_expression
from connector.mapping.terms import Place
from connector.model import types
from connector.model.types import Sort
from connector.model.vocabulary import EVENT, SUBJECTS, contact_type
from tests.bench.heading import heading

Condition = Callable[[Mapping[str, Any]], object]

SCOPE: Final[Mapping[str, Any]] = {
    "event": {"name": "cart.updated"},
    "contact": {"country": "NL", "company": "Bakker", "counters": {"product_viewed": 4}, "city": "Delft"},
    "cart": {"total": Decimal("80.00"), "currency": "EUR", "item_count": 2},
}
CONDITIONS: Final[Mapping[str, Condition]] = {
    "cart.total >= 25": lambda scope: scope["cart"]["total"] >= 25,
    "contact.country in ['NL', 'BE']": lambda scope: scope["contact"]["country"] in {"NL", "BE"},
    "contact.company": lambda scope: bool(scope["contact"].get("company")),
    "contact.counters.product_viewed >= 3": lambda scope: scope["contact"]["counters"]["product_viewed"] >= 3,
    "cart.total > 50 and contact.country == 'NL'": (
        lambda scope: scope["cart"]["total"] > 50 and scope["contact"]["country"] == "NL"
    ),
}
TIMES: Final = 4
"""How often each condition stands among the twenty."""


def main() -> None:
    """Print the microseconds for twenty conditions, and each as a multiple of plain closures."""
    heading("twenty conditions on one event")
    ways = {"plain closures": plain(), "loods": ours(), "jinja": jinja()}
    fastest = dict.fromkeys(ways, float("inf"))
    for _ in range(7):
        for name, conditions in ways.items():
            fastest[name] = min(fastest[name], microseconds(conditions))
    for name, taken in fastest.items():
        ratio = taken / fastest["plain closures"]
        sys.stdout.write(f"{name:16} {taken:8.1f} us for {len(ways[name])} conditions  {ratio:6.1f} x\n")


def plain() -> Sequence[Condition]:
    """The conditions as somebody would write them in Python."""
    return list(CONDITIONS.values()) * TIMES


def ours() -> Sequence[Condition]:
    """The conditions as the mapping compiles them."""
    names = {**SUBJECTS, "contact": contact_type({}, {}, ()), "event": EVENT, "now": types.time()}
    place = Place("bench.yaml", 1, 1)
    return [compile_expression(text, names, place, Sort.YES_NO) for text in CONDITIONS] * TIMES


def jinja() -> Sequence[Condition]:
    """The conditions by `Environment.compile_expression`, which runs Jinja's generated code."""
    environment = Environment(autoescape=True)
    return [environment.compile_expression(text) for text in CONDITIONS] * TIMES


def microseconds(conditions: Sequence[Condition], repeats: int = 500) -> float:
    """How long all conditions take once."""

    def ask_all() -> None:
        for condition in conditions:
            condition(SCOPE)

    return timeit.timeit(ask_all, number=repeats) / repeats * 1_000_000


if __name__ == "__main__":
    main()
