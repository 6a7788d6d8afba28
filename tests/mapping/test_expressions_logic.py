"""`and`, `or`, `not`, `in` and `if … else` follow Kleene's logic of yes, no and *cannot tell*."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.terms import CannotTell
from tests.mapping.expressions import UNHURRIED, answer, nested, told

YES, NO = "order.total > 0", "order.total < 0"
UNTOLD = "order.tax > 0"
ANSWERS = {YES: True, NO: False, UNTOLD: CannotTell("order.tax")}
QUESTIONS = st.recursive(
    st.sampled_from(list(ANSWERS)),
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: "({}) {} ({})".format(*parts)
        ),
    ),
    max_leaves=8,
)


def asked(question: str) -> Any:
    return told(question, **nested(order__total=1))


def rank(found: object) -> int:
    """Yes is 2, no is 0, *cannot tell* between them: Kleene's order."""
    return 1 if isinstance(found, CannotTell) else 2 * bool(found)


@pytest.mark.parametrize(("one", "other"), list(product(ANSWERS, ANSWERS)))
def test_and_is_the_lesser_and_or_the_greater_of_the_two(one: str, other: str) -> None:
    ranks = rank(ANSWERS[one]), rank(ANSWERS[other])

    assert rank(asked(f"{one} and {other}")) == min(ranks)
    assert rank(asked(f"{one} or {other}")) == max(ranks)


@UNHURRIED
@given(QUESTIONS)
def test_not_not_changes_nothing(question: str) -> None:
    assert asked(f"not (not ({question}))") == asked(question)


@UNHURRIED
@given(QUESTIONS, QUESTIONS)
def test_de_morgan_holds(one: str, other: str) -> None:
    assert asked(f"not (({one}) and ({other}))") == asked(f"(not ({one})) or (not ({other}))")
    assert asked(f"not (({one}) or ({other}))") == asked(f"(not ({one})) and (not ({other}))")


@UNHURRIED
@given(QUESTIONS, QUESTIONS)
def test_the_order_of_parts_never_matters(one: str, other: str) -> None:
    assert rank(asked(f"({one}) and ({other})")) == rank(asked(f"({other}) and ({one})"))
    assert rank(asked(f"({one}) or ({other})")) == rank(asked(f"({other}) or ({one})"))


@UNHURRIED
@given(QUESTIONS, QUESTIONS, QUESTIONS)
def test_and_distributes_over_or(one: str, two: str, three: str) -> None:
    together = asked(f"({one}) and (({two}) or ({three}))")

    assert rank(together) == rank(asked(f"(({one}) and ({two})) or (({one}) and ({three}))"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"not ({UNTOLD})", CannotTell("order.tax")),
        (f"{NO} and {UNTOLD}", False),
        (f"{UNTOLD} and {NO}", False),
        (f"{YES} and {UNTOLD}", CannotTell("order.tax")),
        (f"{UNTOLD} or {YES}", True),
        (f"{UNTOLD} or {NO}", CannotTell("order.tax")),
        (f"{NO} if {UNTOLD} else {NO}", False),
        (f"{YES} if {UNTOLD} else {NO}", CannotTell("order.tax")),
        ("order.tax in []", False),
        ("order.id not in order.coupons", True),
        ("order.total > 0 > order.tax", CannotTell("order.tax")),
        ("order.total < 0 < order.tax", False),
    ],
)
def test_what_cannot_be_told_decides_nothing_by_itself(condition: str, expected: object) -> None:
    assert asked(condition) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("order.id or order.number", "A1"),
        ("order.number or order.id", "A1"),
        ("order.id or order.cart", None),
        ("order.tax or order.discount", 0),
        ("order.subtotal + 1 or order.total", 1),
        ("order.id or order.subtotal + 1", CannotTell("order.subtotal")),
        ("order.number or order.total > 0", True),
        ("order.id and order.number", False),
        ("'x' if order.subtotal > 1 else 'x'", "x"),
        ("'x' if order.subtotal > 1 else 'y'", CannotTell("order.subtotal")),
    ],
)
def test_or_gives_the_first_value_that_is_there(expression: str, expected: object) -> None:
    scope = nested(order={"number": "A1", "total": 1, "discount": 0})

    assert answer(expression, **scope) == expected
