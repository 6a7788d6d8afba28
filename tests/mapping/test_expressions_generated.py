"""A few thousand of the generated expressions that the benchmark tries by the million."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.bench.bench_generated import LARGEST, SCOPE, SECRET, Trap, batch, escape_in, listen, peak


def test_of_some_thousands_none_reaches_anything_outside_the_model() -> None:
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=listen) as pool:
        found = pool.submit(batch, 1, 3_000).result()

    assert found.escapes == []
    assert found.compiled > 600
    assert found.largest[0][0] < LARGEST


@pytest.mark.parametrize("answer", [SECRET, f"a {SECRET}", Trap().reach, object(), type])
def test_an_escape_would_be_noticed(answer: object) -> None:
    assert escape_in([5, answer])


def test_values_are_no_escape() -> None:
    assert escape_in([5, "x", None, True, SCOPE["now"], SCOPE["body"]["trap"]]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".1.000" * 330,
        "order.total" + "\u20ac" * 1_900,
        "cart.total == 1" + " or cart.total == 1" * 60,
        "contact" + " or nothing" * 150,
        "0," * 990,
        "'" * 1_999,
    ],
)
def test_what_is_repeated_to_the_limit_needs_no_more_than_is_allowed(text: str) -> None:
    assert peak(text) < LARGEST
