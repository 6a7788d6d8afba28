"""Generated expressions: the time and memory of each as a ratio to its limit, and whether one ever escapes.

Run it with `python -m tests.bench.bench_generated 1000000`, or without a number for a short run. Every
expression is compiled as a condition, looked through for what is known beforehand, and asked; every fourth is
also compiled as a text. Processor time counts, for all of that together; what seems slow is taken thrice,
and the best counts. Memory is the peak by `tracemalloc` of every 200th expression and of the slowest. An
escape is an event of Python's audit hooks (a file, an import, code), an answer that is no value of the
language, or one that was read off an object instead of out of the model.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from heapq import nlargest
from typing import Any, Final

from connector.errors import ExpressionFailed
from connector.mapping.expressions import ExpressionProblems, compile_expression, compile_text, foregone
from connector.mapping.terms import CannotTell, Place
from connector.model import types
from connector.model.types import Sort
from connector.model.vocabulary import EVENT, SUBJECTS, company_type, contact_type
from tests.bench.generated import expressions
from tests.bench.heading import heading

SLOWEST: Final = 0.010
"""Seconds that one expression may take."""
LARGEST: Final = 10_000_000
"""Bytes that one expression may need."""
AT_ONCE: Final = 5_000
SECRET: Final = "read off an object"

HERE: Final = Place("bench.yaml", 1, 1)
NAMES: Final = {
    **SUBJECTS,
    "contact": contact_type(
        {"is_vip": types.yes_no(), "points": types.number()},
        {"main": ("see", "think", "do", "care")},
        ("loyal",),
        ("fit",),
    ),
    "company": company_type(),
    "event": EVENT,
    "now": types.time(),
    "body": types.ANY,
    "headers": types.ANY,
    "topic": types.text(),
}


class Trap:
    """An object with things to reach for; all that an expression may do is hand it on."""

    secret = SECRET

    def reach(self) -> str:
        """What calling a method of a value would give."""
        return SECRET


SCOPE: Final[Mapping[str, Any]] = {
    "now": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    "event": {"name": "order.paid"},
    "order": {
        "total": Decimal("80.00"),
        "number": "1001",
        "coupons": ["A", "B"],
        "paid_at": datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        "items": [{"sku": "x" * 900, "price": Decimal(5)}] * 90,
    },
    "cart": {"total": Decimal(10) ** 50, "items": [{"sku": None}, {"sku": "y" * 9_000}]},
    "contact": {"name": "Eva" * 3_000, "country": "NL", "stage": "do", "birthday": date(1990, 2, 28)},
    "body": {"x": {"y": [1, "2", None, True]}, "y": ["z" * 9_999], "trap": Trap()},
    "headers": {"x-a": "1"},
}


@dataclass(slots=True)
class Found:
    """What one batch showed: the slowest and largest, with their expressions, and every escape."""

    count: int = 0
    compiled: int = 0
    slowest: list[tuple[float, str]] = field(default_factory=list)
    largest: list[tuple[int, str]] = field(default_factory=list)
    escapes: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take in what another batch showed."""
        self.count += other.count
        self.compiled += other.compiled
        self.slowest = nlargest(5, self.slowest + other.slowest)
        self.largest = nlargest(5, self.largest + other.largest)
        self.escapes = (self.escapes + other.escapes)[:20]


_heard: list[str] = []
_is_listening = False


def main(count: int) -> int:
    """Print what so many expressions took and whether one escaped; 1 where a limit was not kept."""
    heading("generated expressions", seed=0)
    batches = range(0, count, AT_ONCE)
    sizes = (min(AT_ONCE, count - begun) for begun in batches)
    total, began = Found(), time.perf_counter()
    with ProcessPoolExecutor(initializer=listen) as pool:
        for found in pool.map(batch, batches, sizes):
            total.add(found)
    took = time.perf_counter() - began
    seconds, text = total.slowest[0]
    size, large = total.largest[0]
    _say(f"{total.count} expressions, of which {total.compiled} compile; {total.count / took:.0f} a second")
    _say(f"slowest: {seconds * 1000:.2f} ms, {seconds / SLOWEST:.2f} of the limit: {text[:80]!r}")
    _say(f"largest: {size / 1e6:.2f} MB, {size / LARGEST:.2f} of the limit: {large[:80]!r}")
    _say(f"escapes: {len(total.escapes)} {total.escapes[:3] or ''}")
    return int(seconds > SLOWEST or size > LARGEST or bool(total.escapes))


def listen() -> None:
    """Note from now on what this process does outside of reckoning, while an expression is tried."""
    for text in expressions(0, 2_000):  # What is imported or cached at first use is nobody's escape.
        attempt(text, 0)
    sys.addaudithook(lambda event, _: _heard.append(event) if _is_listening else None)


def batch(seed: int, count: int) -> Found:
    """Try so many expressions; the seed says which."""
    found = Found(count)
    times: list[tuple[float, str]] = []
    for number, text in enumerate(expressions(seed, count)):
        seconds, has_compiled, escape = attempt(text, number)
        if seconds > SLOWEST / 4:
            seconds = min(seconds, *(attempt(text, number)[0] for _ in range(2)))
        times.append((seconds, text))
        found.compiled += has_compiled
        found.escapes += [f"{escape}: {text}"] if escape else []
    found.slowest = nlargest(5, times)
    sample = [*expressions(seed, count)[::200], *(text for _, text in found.slowest)]
    found.largest = nlargest(5, ((peak(text), text) for text in sample))
    return found


def attempt(text: str, number: int) -> tuple[float, bool, str]:
    """The seconds that it took, whether it compiles, and how it escaped, if it did."""
    global _is_listening  # noqa: PLW0603 - an audit hook can neither be removed nor given an argument.
    _heard.clear()
    answers: list[object] = []
    _is_listening = True
    began = time.thread_time()
    try:
        has_compiled = _try(text, number, answers)
    finally:
        took = time.thread_time() - began
        _is_listening = False
    return took, has_compiled, escape_in(answers)


def peak(text: str) -> int:
    """The bytes that an expression needs at most, over what was there before."""
    tracemalloc.start()
    _try(text, 0, [])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def _try(text: str, number: int, answers: list[object]) -> bool:
    has_compiled = False
    with suppress(ExpressionProblems, ExpressionFailed):
        condition = compile_expression(text, NAMES, HERE, Sort.YES_NO)
        has_compiled = True
        foregone(condition)
        answers += [condition(SCOPE), *condition.seen(SCOPE).values()]
    if number % 4 == 0:
        with suppress(ExpressionProblems, ExpressionFailed):
            answers.append(compile_text(f"a {{{{ {text} }}}}", NAMES, HERE)(SCOPE))
    return has_compiled


def escape_in(answers: Iterable[object]) -> str:
    """How an expression came to something that is not in the model; empty if it did not."""
    if _heard:
        return f"heard {_heard[0]}"
    for answer in answers:
        if isinstance(answer, str) and SECRET in answer:
            return SECRET
        if not isinstance(answer, _VALUES):
            return f"gives {type(answer).__name__}"
    return ""


_VALUES: Final = (str, int, Decimal, date, list, tuple, dict, CannotTell, Trap, type(None))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
