"""What of a condition was not met is worked out of the values that it saw, in the words of the rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from connector.mapping.expressions import Lack, OneOf, Unmet, compile_expression, unmet
from connector.mapping.expressions.forms import FORMS
from connector.mapping.expressions.parsing import parse
from connector.mapping.expressions.written import _COMBINED, _PLAIN, written
from connector.model.types import Sort
from connector.model.values import Value
from tests.mapping.expressions import AMSTERDAM, HERE, NAMES, NOW, UNHURRIED, nested
from tests.mapping.test_expressions_logic import QUESTIONS


def lacks(text: str, **scope: Any) -> tuple[Lack, ...] | None:
    """What the condition lacks in a scope, told from what it saw there."""
    condition = compile_expression(text, NAMES, HERE, Sort.YES_NO, zone=AMSTERDAM)
    return unmet(condition, condition.seen({"now": NOW, **scope}), NOW)


@pytest.mark.parametrize(
    ("text", "asked", "must"),
    [
        ("cart.total >= 500", "cart.total", "be at least 500"),
        ("cart.total > 500", "cart.total", "be more than 500"),
        ("500 <= cart.total", "cart.total", "be at least 500"),
        ("not cart.total < 500", "cart.total", "be at least 500"),
        ("cart.total < 5", "cart.total", "be less than 5"),
        ("cart.total <= -5", "cart.total", "be at most -5"),
        ("cart.total == 3", "cart.total", "be 3"),
        ("cart.total != 18.50", "cart.total", "be anything but 18.50"),
        ("cart.total in [1, 2]", "cart.total", "be one of 1, 2"),
        ("cart.total not in [1, 18.50]", "cart.total", "be none of 1, 18.50"),
        ("cart.total is none", "cart.total", "be missing"),
        ("cart.total - 10 > 9", "(cart.total - 10)", "be more than 9"),
        (
            "cart.total > cart.item_count * 10",
            "cart.total",
            "be more than (cart.item_count * 10), which was 20",
        ),
    ],
)
def test_a_comparison_says_what_it_found_and_what_it_must_find(text: str, asked: str, must: str) -> None:
    found = lacks(text, **nested(cart__total=Decimal("18.50"), cart__item_count=2))

    assert found is not None
    [lack] = found
    assert isinstance(lack, Unmet)
    assert (lack.asked, lack.must) == (asked, must)


@pytest.mark.parametrize(
    ("text", "found", "must"),
    [
        ("contact.stage >= 'do'", "see", "be no earlier than do"),
        ("cart.currency == 'EUR'", "GBP", "be EUR"),
        ("'SUMMER' in order.coupons", ["WINTER"], "hold SUMMER"),
        ("order.paid_at > '2026-11-05'", NOW, "be after 2026-11-05"),
        ("order.paid_at | days_since >= 3", 0, "be at least 3"),
        ("contact.segments.loyal", False, "be yes"),
        ("not contact.is_vip", True, "be no"),
        ("contact.company", None, "be there"),
        ("not cart.currency", "GBP", "be missing or empty"),
        ("contact.company is defined", None, "be known"),
        ("form.fields['my size'] == 'L'", "XL", "be L"),
        ("order.items[0].sku == 'BAK-7'", "STOEL-1", "be BAK-7"),
    ],
)
def test_every_sort_of_value_has_its_words(text: str, found: Value, must: str) -> None:
    here = nested(contact__stage="see", contact__segments__loyal=False, contact__is_vip=True)
    order = {"coupons": ["WINTER"], "paid_at": NOW, "items": [{"sku": "STOEL-1"}]}

    lacking = lacks(text, **here, cart={"currency": "GBP"}, order=order, form={"fields": {"my size": "XL"}})

    assert lacking is not None
    [lack] = lacking
    assert isinstance(lack, Unmet)
    assert (lack.found, lack.must) == (found, must)


def test_of_and_only_the_parts_are_named_that_said_no() -> None:
    lacking = lacks("cart.total >= 5 and cart.currency == 'EUR'", cart={"total": 18, "currency": "GBP"})

    assert lacking == (Unmet("cart.currency", "GBP", "be EUR"),)


def test_of_or_any_one_would_do() -> None:
    lacking = lacks("cart.total >= 50 or (contact.company and cart.total >= 20)", cart={"total": 18})

    large, fair = Unmet("cart.total", 18, "be at least 50"), Unmet("cart.total", 18, "be at least 20")
    assert lacking == (OneOf(((large,), (Unmet("contact.company", None, "be there"), fair))),)


def test_not_turns_and_into_or() -> None:
    lacking = lacks("not (cart.total < 50 and cart.currency == 'EUR')", cart={"total": 18, "currency": "EUR"})

    assert lacking == (
        OneOf(
            (
                (Unmet("cart.total", 18, "be at least 50"),),
                (Unmet("cart.currency", "EUR", "be anything but EUR"),),
            )
        ),
    )


def test_of_a_chain_the_link_is_named_that_broke() -> None:
    assert lacks("10 < cart.total < 20", cart={"total": 30}) == (Unmet("cart.total", 30, "be less than 20"),)


def test_what_is_missing_is_said_to_be() -> None:
    assert lacks("cart.total >= 5", cart={}) == (Unmet("cart.total", None, "be at least 5"),)


def test_a_list_and_one_of_its_elements_may_both_be_read() -> None:
    lacking = lacks("order.coupons and order.coupons[0] == 'B'", order={"coupons": ["A"]})

    assert lacking == (Unmet("order.coupons[0]", "A", "be B"),)


def test_values_of_another_rule_tell_nothing() -> None:
    condition = compile_expression("cart.total >= 5", NAMES, HERE, Sort.YES_NO)

    assert unmet(condition, {"cart.currency": "EUR"}, NOW) is None


def test_a_large_condition_is_taken_apart_too() -> None:
    text = " and ".join(f"cart.total != {number}" for number in range(45))

    assert lacks(text, cart={"total": 44}) == (Unmet("cart.total", 44, "be anything but 44"),)


@given(question=QUESTIONS)
@UNHURRIED
def test_nothing_is_unmet_exactly_where_the_answer_is_yes(question: str) -> None:
    condition = compile_expression(question, NAMES, HERE, Sort.YES_NO)
    scope = nested(order__total=1)

    lacking = unmet(condition, condition.seen(scope), NOW)

    assert (lacking == ()) is (condition(scope) is True)


@pytest.mark.parametrize(
    "text",
    [
        "order.items[0].sku",
        "form.fields['size']",
        "order.total | money('EUR')",
        "contact.name.upper()",
        "(a and (not b))",
        "(-a)",
        "(a not in ['x', 'y'])",
        "(a is defined)",
        "(a ~ ' ' ~ b)",
        "(1 if a else none)",
        "(a if b)",
        "true",
    ],
)
def test_a_part_is_written_as_it_stood(text: str) -> None:
    assert written(parse(text)) == text


def test_every_form_of_the_language_can_be_written() -> None:
    assert set(FORMS) == {*_PLAIN, *_COMBINED}
