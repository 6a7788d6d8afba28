"""Texts with values in `{{ }}`: what they print, which type they keep, and what they warn of."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import ExpressionFailed
from connector.mapping.expressions import ExpressionProblems, compile_text
from connector.model.types import Sort
from tests.mapping.expressions import HERE, NAMES, UNHURRIED, nested, text_problems_of, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call {{ contact.name }}", "Call Eva"),
        ("Call {{ contact.first_name | default('the customer') }} now", "Call the customer now"),
        ("Call {{ contact.first_name }}!", "Call !"),
        ("{{ contact.first_name }}{{ order.total + 1 }}!", "!"),
        ("Cart of {{ cart.total | money }} left", "Cart of € 80,00 left"),
        ("{{ cart.total }}/{{ contact.is_vip }}/{{ contact.renewal }}", "80.00/true/2026-11-02"),
        ("{{ order.coupons }}.", "A, B."),
        ("{{contact.name}}", "Eva"),
        ("{{ '}}' }} {{ \"it's\" }}", "}} it's"),
        ("a {b} c }} d", "a {b} c }} d"),
        ("first\n{{ contact.name }}\n", "first\nEva\n"),
        ("", ""),
    ],
)
def test_a_text_is_filled_in(text: str, expected: str) -> None:
    scope = nested(
        contact={"name": "Eva", "is_vip": True, "renewal": date(2026, 11, 2)},
        cart__total=Decimal("80.00"),
        order__coupons=["A", "B"],
    )

    assert written(text, **scope) == expected


@pytest.mark.parametrize(
    ("text", "expected", "sort"),
    [
        ("{{ cart.total }}", Decimal("80.00"), Sort.NUMBER),
        ("{{ cart.total > 5 }}", True, Sort.YES_NO),
        ("{{ order.coupons }}", (), Sort.LIST),
        ("{{ contact.company }}", None, Sort.TEXT),
        ("{{ order.tax + 1 }}", None, Sort.NUMBER),
        ("{{ cart.total }} ", "80.00 ", Sort.TEXT),
    ],
)
def test_a_text_that_is_one_value_keeps_its_type(text: str, expected: object, sort: Sort) -> None:
    run = compile_text(text, NAMES, HERE)

    assert (run(nested(cart__total=Decimal("80.00"))), run.type.sort) == (expected, sort)
    assert not run.is_constant


@UNHURRIED
@given(st.text(max_size=200).filter(lambda text: "{" not in text and "." not in text))
def test_a_text_without_values_is_itself(text: str) -> None:
    run = compile_text(text, NAMES, HERE)

    assert run.is_constant
    assert run({}) == text


@pytest.mark.parametrize(
    ("text", "code", "column", "part"),
    [
        ("Call {{ contact.nam }}", "M204", 26, 'did you mean "name"?'),
        ("Cart {{ cart.total | mony }} x", "M208", 31, 'did you mean "money"?'),
        ("a {{ cart.total = 5 }}", "M202", 26, "write =="),
        ("a {{ contact.name", "M216", 12, "not closed"),
        ("a {{ }}", "M201", 14, "no expression"),
        ("{% if x %}a{% endif %}", "M216", 10, "values in {{ }} only"),
        ("order {# x #}", "M216", 16, "values in {{ }} only"),
        ("{{- contact.name }}", "M216", 12, "blanks cannot be cut off"),
        ("contact.name", "M221", 10, 'write "{{ contact.name }}"'),
        (" cart.total | money", "M221", 11, 'write "{{ cart.total | money }}"'),
        ("All of {{ cart }} here", "M213", 20, "whole record"),
        ("x" * 10_001, "M217", 10, "10000"),
    ],
)
def test_a_mistake_in_a_text_is_found_at_its_place(text: str, code: str, column: int, part: str) -> None:
    with pytest.raises(ExpressionProblems, match=code) as refused:
        compile_text(text, NAMES, HERE)

    (problem,) = refused.value.problems
    assert (problem.code, problem.line, problem.column) == (code, 7, column)
    assert part in str(problem)


@pytest.mark.parametrize(
    "text", ["order", "contact.name is", "acme.name", "order.placed", "{{ 'contact.name' }}"]
)
def test_what_only_looks_like_the_name_of_a_value_is_a_text(text: str) -> None:
    assert text_problems_of(text) == ()


def test_mistakes_in_all_values_are_found_at_once() -> None:
    with pytest.raises(ExpressionProblems) as refused:
        compile_text("{{ contact.nam }} and\n{{ cart.totl }}", NAMES, HERE)

    places = [(problem.line, problem.column) for problem in refused.value.problems]
    assert places == [(7, 21), (8, 18)]


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Call {{ contact.name }}", [18]),
        ("Call {{ contact.name | default('x') }}", []),
        ("{{ contact.name }}", []),
        ("{{ contact.counters.order_paid }} orders", []),
        ("On {{ now | date }}: {{ event.name }}", []),
        ("{{ cart.total | money }} and {{ contact.city or contact.name }}", [13, 42]),
    ],
)
def test_a_value_that_may_leave_a_gap_is_warned_of(text: str, warned: list[int]) -> None:
    warnings = compile_text(text, NAMES, HERE).warnings

    assert [(warning.code, warning.column) for warning in warnings] == [("M230", column) for column in warned]
    assert all(warning.severity == "warning" and "default" in warning.hint for warning in warnings)


def test_a_text_that_grows_too_long_fails() -> None:
    with pytest.raises(ExpressionFailed, match=r"rule.yaml:7: .* 12001 characters"):
        written("{{ contact.name }} {{ contact.name }}", **nested(contact__name="x" * 6000))


def test_a_record_of_a_payload_cannot_be_printed() -> None:
    with pytest.raises(ExpressionFailed, match="a record cannot be written"):
        written("all of {{ body }}", body={"a": 1})
