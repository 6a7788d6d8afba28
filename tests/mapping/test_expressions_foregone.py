"""A condition whose answer is known beforehand is told; never one that may be answered either way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import ExpressionFailed, Problem
from connector.mapping.expressions import ExpressionProblems, compile_expression, foregone
from connector.model.types import Sort
from tests.mapping.expressions import AMSTERDAM, HERE, NAMES, NOW, UNHURRIED, nested


def known_of(text: str) -> tuple[Problem, ...]:
    return foregone(compile_expression(text, NAMES, HERE, Sort.YES_NO, zone=AMSTERDAM))


NEVER = [
    # written, offset, a part of the message, a part of the hint
    ("cart.total < 0", 0, "cart.total < 0", "at least 0"),
    ("cart.total == -5", 0, "cart.total == (-5)", "at least 0"),
    ("not (cart.total >= 0)", 5, "", "at least 0"),
    ("contact.rfm.recency > 5", 0, "", "at least 1 and at most 5"),
    ("contact.expected.churn > 50", 0, "", "at most 1"),
    ("cart.items | count < 0", 0, "", "at least 0"),
    ("order.total > 5 and order.total < 3", 20, "exclude each other", "stands or"),
    ("order.total > 5 and order.total < 5", 20, "exclude each other", "stands or"),
    ("order.total >= 5 and order.total <= 5 and order.total != 5", 42, "exclude each other", "or"),
    ("3 > order.total > 5", 4, "exclude each other", "stands or"),
    ("order.total > 5 and contact.company and 3 > order.total", 40, "", "stands or"),
    ("contact.stage == 'do' and contact.stage == 'care'", 26, "exclude", "contact.stage in [… , …]"),
    ("contact.country == 'NL' and contact.country in ['BE', 'DE']", 28, "exclude", "write or"),
    ("contact.country in ['NL'] and contact.country not in ['NL', 'BE']", 30, "exclude", "or"),
    ("contact.stage > 'care'", 0, "contact.stage > 'care'", "see, think, do, care"),
    ("contact.stage > 'see' and contact.stage < 'think'", 26, "exclude", "or"),
    ("contact.stage == 'see' and not contact.stage", 31, "exclude", "or"),
    ("order.paid_at > '2026-02-01' and order.paid_at < '2026-01-01'", 33, "exclude", "or"),
    ("order.paid_at > '2026-02-01 10:00' and order.paid_at < '2026-02-01 09:00'", 39, "exclude", "or"),
    ("contact.renewal is none and contact.renewal > '2026-02-01'", 28, "exclude", "or"),
    ("contact.company and not contact.company", 0, "", "nobody"),
    ("contact.company == 'A' and contact.company == none", 27, "exclude", "or"),
    ("contact.counters.order_paid is none", 0, "", "nobody"),
    ("order.total > order.subtotal and order.subtotal > order.total", 33, "exclude", "or"),
    ("order.total != order.total", 0, "", ""),
    ("contact.is_vip and contact.is_vip == false", 19, "exclude", "or"),
    ("page.path.startswith('/a') and not page.path.startswith('/a')", 35, "", "or"),
    ("contact.city in []", 0, "", "nobody"),
    ("false", 0, "", "nobody"),
    ("contact.company and false", 0, "", "nobody"),
    ("(cart.total < 0 or cart.item_count < 0) and contact.company", 1, "", "nobody"),
]


@pytest.mark.parametrize(("text", "at", "message", "hint"), NEVER)
def test_a_condition_that_is_never_yes_is_an_error(text: str, at: int, message: str, hint: str) -> None:
    (problem,) = known_of(text)

    assert (problem.code, problem.severity, problem.column) == ("M220", "error", HERE.column + at)
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("true", "M232", 0),
        ("contact.company or true", "M232", 0),
        ("cart.total >= 0", "M232", 0),
        ("cart.total > 5 or cart.total <= 5", "M232", 0),
        ("contact.stage >= 'see'", "M232", 0),
        ("contact.country == 'NL' or contact.country != 'NL'", "M232", 0),
        ("contact.city not in []", "M232", 0),
        ("order.total == order.total", "M232", 0),
        ("contact.company and cart.total > -1", "M232", 20),
        ("contact.company or cart.total < 0", "M231", 19),
        ("not (contact.company and cart.total >= 0)", "M231", 25),
        ("contact.company or contact.city and cart.total >= 0", "M232", 36),
    ],
)
def test_what_is_never_no_and_a_part_that_never_counts_are_warned_of(text: str, code: str, at: int) -> None:
    (problem,) = known_of(text)

    assert (problem.code, problem.severity, problem.column) == (code, "warning", HERE.column + at)


@pytest.mark.parametrize(
    "text",
    [
        "cart.total > 5 and cart.total < 6",
        "cart.total >= 5 and cart.total <= 5",
        "cart.total | default(-5) < 0",
        "order.discount < 0",
        "order.paid_at is none and not order.paid_at",
        "contact.company is none or not contact.company",
        "order.paid_at >= '2026-02-01' and order.paid_at < '2026-02-01 10:00'",
        "contact.birthday > '2026-02-01' and contact.birthday < '2026-02-03'",
        "body.x == '5' and body.x == 5 and body.x == '5.0'",
        "body.x and not (body.x == 'a')",
        "contact.country == 'NL' or contact.country == 'BE'",
        "contact.segments.loyal or not contact.is_vip",
        "not (contact.stage == 'do' and contact.city)",
        "contact.counters.page_viewed and not contact.counters.order_paid",
        "order.total > order.subtotal or order.total < order.subtotal",
    ],
)
def test_what_can_be_answered_either_way_is_left_alone(text: str) -> None:
    assert known_of(text) == ()


def test_a_condition_with_too_many_ways_is_left_alone() -> None:
    text = " and ".join(f"(cart.total > {n} or cart.item_count > {n})" for n in range(9))

    assert known_of(f"{text} and cart.total < 0") == ()


VALUES: Final[Mapping[str, list[object]]] = {
    "cart__total": [None, Decimal(0), Decimal(1), Decimal("1.5"), Decimal(2), 3],
    "order__discount": [None, Decimal(-1), Decimal(0), Decimal(1), Decimal(2)],
    "contact__stage": [None, "see", "think", "do", "care", "gone"],
    "contact__country": [None, "", "NL", "BE", "b"],
    "contact__is_vip": [None, True, False],
    "contact__segments": [{"loyal": None}, {"loyal": True}, {"loyal": False}],
    "contact__counters": [{}, {"order_paid": 1}, {"order_paid": 2}],
    "order__paid_at": [
        None,
        datetime(2026, 1, 31, 22, 59, tzinfo=UTC),
        datetime(2026, 1, 31, 23, tzinfo=UTC),
        datetime(2026, 2, 1, 9, 30, tzinfo=UTC),
        datetime(2026, 2, 2, tzinfo=UTC),
    ],
    "contact__renewal": [None, date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2)],
    "body": [{}, *({"x": value} for value in ("", "a", "1", "1.0", 1, Decimal(2), True, "true", [], ["a"]))],
}
SCOPES = st.fixed_dictionaries({path: st.sampled_from(values) for path, values in VALUES.items()})

_COMPARED: Final[Mapping[str, list[str]]] = {
    "cart.total": ["0", "1", "1.5", "2", "-1", "order.discount"],
    "order.discount": ["-1", "0", "1", "cart.total"],
    "(order.discount | default(0))": ["-1", "0", "1"],
    "contact.counters.order_paid": ["0", "1", "2"],
    "contact.stage": ["'see'", "'do'", "'care'"],
    "contact.country": ["'NL'", "'BE'", "''"],
    "order.paid_at": ["'2026-02-01'", "'2026-02-01 10:30'", "contact.renewal", "now"],
    "contact.renewal": ["'2026-02-01'", "'2026-02-02'", "order.paid_at"],
    "body.x": ["1", "'a'", "'1'", "true", "cart.total"],
}
_LISTED: Final[Mapping[str, list[str]]] = {
    "cart.total": ["[1, 2]", "[0, 1.5]", "[]"],
    "contact.stage": ["['see', 'do']", "['care']"],
    "contact.country": ["['NL', 'BE']", "['NL']", "[]"],
    "order.paid_at": ["['2026-02-01', '2026-02-02']"],
    "body.x": ["['a', '1']"],
}
_ASKED: Final = [*_COMPARED, "contact.is_vip", "contact.segments.loyal", "contact.country.startswith('N')"]


def _atoms() -> st.SearchStrategy[str]:
    signs = ["<", "<=", ">", ">=", "==", "!="]
    compared = st.sampled_from(
        [f"{one} {sign} {other}" for one, some in _COMPARED.items() for other in some for sign in signs]
    )
    turned = st.sampled_from(
        [f"{other} {sign} {one}" for one, some in _COMPARED.items() for other in some for sign in signs]
    )
    listed = [
        f"{one} {sign} {other}"
        for one, some in _LISTED.items()
        for other in some
        for sign in ("in", "not in")
    ]
    asked = [
        f"{one}{how}" for one in _ASKED for how in ("", " is defined", " is none", " == none", " != none")
    ]
    rest = [
        "contact.is_vip == true",
        "false != contact.is_vip",
        "true",
        "0 < cart.total < 2",
        "1 <= cart.total <= 1",
    ]
    return compared | turned | st.sampled_from(listed) | st.sampled_from(asked) | st.sampled_from(rest)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
        lambda part: "({} {} {})".format(*part)
    )
    return joined | inner.map(lambda part: f"(not {part})")


CONDITIONS = st.recursive(_atoms(), _larger, max_leaves=6)


@settings(UNHURRIED, max_examples=400)
@given(CONDITIONS, st.lists(SCOPES, min_size=25, max_size=25))
def test_what_is_known_beforehand_is_so_in_every_scope(text: str, scopes: list[dict[str, Any]]) -> None:
    try:
        condition = compile_expression(text, NAMES, HERE, Sort.YES_NO, zone=AMSTERDAM)
    except ExpressionProblems:
        return  # Two of the values cannot be compared.
    known = {problem.code for problem in foregone(condition) if problem.message.startswith("this is")}

    answers = {_answer(condition, {"now": NOW, **nested(**paths)}) for paths in scopes}

    assert not ("M220" in known and True in answers)
    assert not ("M232" in known and False in answers)


def _answer(condition: Any, scope: Mapping[str, Any]) -> object:
    try:
        found = condition(scope)
    except ExpressionFailed:
        return None
    return found if isinstance(found, bool) else None
