"""Expressions over the typed model: comparing, reckoning, asking, and what they say that they read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import ExpressionFailed
from connector.mapping.expressions import compile_expression
from connector.mapping.terms import CannotTell
from connector.model.types import Sort
from tests.mapping.expressions import HERE, NAMES, answer, nested, told


@pytest.mark.parametrize(
    ("condition", "scope", "expected"),
    [
        ("cart.total >= 25", {"cart__total": Decimal(25)}, True),
        ("cart.total >= 25", {"cart__total": Decimal("24.99")}, False),
        ("25 <= cart.total", {"cart__total": Decimal("24.99")}, False),
        ("10 < cart.total <= 25", {"cart__total": Decimal(25)}, True),
        ("10 < cart.total <= 25", {"cart__total": Decimal(10)}, False),
        ("cart.total == 0.3", {"cart__total": Decimal("0.30")}, True),
        ("cart.total - 0.1 == 0.2", {"cart__total": Decimal("0.3")}, True),
        ("cart.total > -5", {"cart__total": Decimal(0)}, True),
        ("contact.country == 'NL'", {"contact__country": "NL"}, True),
        ("contact.country == 'NL'", {"contact__country": "nl"}, False),
        ("contact.country != 'NL'", {"contact__country": "BE"}, True),
        ("contact.country in ['NL', 'BE']", {"contact__country": "BE"}, True),
        ("contact.country not in ('NL', 'BE')", {"contact__country": "BE"}, False),
        ("cart.total in [1, 2.5]", {"cart__total": Decimal("2.50")}, True),
        ("contact.country in []", {"contact__country": "BE"}, False),
        ("'sale' in page.path", {"page__path": "/sale/coats"}, True),
        ("'VIP' in order.coupons", {"order__coupons": ["VIP", "10"]}, True),
        ("'VIP' in order.coupons", {"order__coupons": ("10",)}, False),
        ("page.path.startswith('/prijzen')", {"page__path": "/prijzen/2026"}, True),
        ("page.path.lower().strip().endswith('a')", {"page__path": " /BLA "}, True),
        ("contact.is_vip == false", {"contact__is_vip": False}, True),
        ("contact.is_vip and not contact.company", {"contact__is_vip": True}, True),
        ("contact.stage >= 'think'", {"contact__stage": "do"}, True),
        ("contact.stage >= 'think'", {"contact__stage": "see"}, False),
        ("'care' > contact.stage", {"contact__stage": "see"}, True),
        ("contact.stages.main != 'do'", {"contact__stages__main": "do"}, False),
        ("contact.stage in ['do', 'care']", {"contact__stage": "care"}, True),
        ("contact.counters.order_paid == 2", {"contact__counters__order_paid": 2}, True),
        ("cart.items[0].price > cart.items[-1].price", {"cart__items": [{"price": 2}, {"price": 1}]}, True),
        ("form.fields['your name'] == 'Eva'", {"form__fields": {"your name": "Eva"}}, True),
        ("true", {}, True),
    ],
)
def test_a_condition_is_answered(condition: str, scope: dict[str, Any], expected: bool) -> None:
    assert told(condition, **nested(**scope)) is expected


@pytest.mark.parametrize(
    ("condition", "moment", "expected"),
    [
        ("order.paid_at >= '2026-11-02'", "2026-11-01T23:00+00:00", True),
        ("order.paid_at == '2026-11-02'", "2026-11-02T22:59+00:00", True),
        ("order.paid_at <= '2026-11-02'", "2026-11-02T23:00+00:00", False),
        ("order.paid_at < '2026-11-02 10:00'", "2026-11-02T08:59+00:00", True),
        ("order.paid_at < '2026-11-02 10:00'", "2026-11-02T09:00+00:00", False),
        ("order.paid_at < '2026-11-02T10:00Z'", "2026-11-02T09:59+00:00", True),
        ("order.paid_at < now", "2026-11-02T09:29+00:00", True),
        ("order.paid_at > contact.renewal", "2026-11-02T09:29+00:00", True),
        ("order.paid_at in ['2026-11-01', '2026-11-02 09:00']", "2026-11-02T08:00+00:00", True),
    ],
)
def test_times_compare_as_moments_and_with_a_date_as_local_days(
    condition: str, moment: str, expected: bool
) -> None:
    scope = nested(order__paid_at=datetime.fromisoformat(moment), contact__renewal=date(2026, 11, 1))

    assert told(condition, **scope) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("order.total + order.tax * 2", Decimal("14.2")),
        ("(order.total + order.tax) * 2", Decimal("24.2")),
        ("order.total / 4", Decimal("2.5")),
        ("-order.total", Decimal(-10)),
        ("order.total - -1", Decimal(11)),
        ("order.number ~ '-' ~ order.total", "A1-10"),
        ("'many' if order.total > 5 else 'few'", "many"),
        ("order.total if order.total > 50", None),
        ("order.id or order.number", "A1"),
        ("order.number", "A1"),
        ("order.discount", None),
        ("contact.counters.order_paid", 0),
        ("order.coupons", ()),
        ("['a', 'b']", ("a", "b")),
        ("'it\\'s \\\\ \"so\"\\n'", 'it\'s \\ "so"\n'),
        ("1_000.50", Decimal("1000.50")),
    ],
)
def test_an_expression_gives_a_value(expression: str, expected: object) -> None:
    scope = nested(order={"total": Decimal(10), "tax": Decimal("2.1"), "number": "A1", "id": ""})

    assert answer(expression, **scope) == expected


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ("contact.company == 'Bakker'", "contact.company"),
        ("contact.company != 'Bakker'", "contact.company"),
        ("not (contact.company == 'Bakker')", "contact.company"),
        ("contact.company in ['Bakker']", "contact.company"),
        ("contact.company not in ['Bakker']", "contact.company"),
        ("contact.company.startswith('B')", "contact.company"),
        ("'B' in contact.company", "contact.company"),
        ("order.total + 1 > 5", "order.total"),
        ("1 - order.total < 5", "order.total"),
        ("contact.company ~ 'x' == 'x'", "contact.company"),
        ("contact.first_name == contact.company", "contact.company"),
        ("order.total > order.tax", "order.total"),
        ("contact.stage >= 'think'", "contact.stage"),
        ("order.paid_at < now", "order.paid_at"),
        ("order.paid_at | days_since > 3", "order.paid_at"),
        ("contact.company and order.total > 5 or order.tax > 1", "order.tax"),
        ("body.customer.id == 5", "body.customer.id"),
        ("cart.items[3].price > 5", "cart.items[3].price"),
    ],
)
def test_comparing_or_reckoning_with_a_missing_value_cannot_be_told(condition: str, path: str) -> None:
    scope = nested(contact__first_name="Eva")

    assert told(condition, **scope) == CannotTell(path)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("contact.company", False),
        ("not contact.company", True),
        ("contact.company is defined", False),
        ("contact.company is not defined", True),
        ("contact.company is none", True),
        ("contact.company == none", True),
        ("contact.company != none", False),
        ("contact.first_name", True),
        ("contact.last_name", False),
        ("contact.last_name is defined", True),
        ("contact.first_name != none", True),
        ("(order.total + 1) is defined", False),
        ("cart.items", False),
        ("contact.is_vip", False),
        ("not contact.is_vip", True),
        ("contact.counters.order_paid", False),
        ("contact.counters.order_paid == 0", True),
        ("contact.purchases.total < 5", True),
        ("'VIP' in order.coupons", False),
        ("contact.company in order.coupons", False),
        ("order", False),
    ],
)
def test_asking_for_a_value_is_always_yes_or_no(condition: str, expected: bool) -> None:
    assert told(condition, **nested(contact={"first_name": "Eva", "last_name": ""})) is expected


def test_a_stage_that_the_journey_does_not_have_any_more_cannot_be_told() -> None:
    assert told("contact.stage >= 'see'", **nested(contact__stage="old")) == CannotTell("contact.stage")


def test_a_birthday_without_a_year_has_no_place_in_time() -> None:
    found = told("contact.birthday < '2000-01-01'", **nested(contact__birthday="--05-17"))

    assert found == CannotTell("contact.birthday")


def test_what_cannot_be_told_in_the_scope_stays_so() -> None:
    scope = nested(contact__segments__loyal=CannotTell("contact.company"))

    assert told("not contact.segments.loyal", **scope) == CannotTell("contact.company")


@pytest.mark.parametrize(
    ("expression", "scope", "reason"),
    [
        (
            "order.total / order.tax",
            {"order__total": Decimal(1), "order__tax": Decimal(0)},
            "division by zero",
        ),
        ("order.total > 5", {"order__total": "much"}, "a text is no number"),
        ("order.total > 5", {"order__total": Decimal("NaN")}, "no number"),
        ("order.total * order.total", {"order__total": Decimal("9e50")}, "too large"),
        ("order.total", {"order__total": Decimal("1e999999")}, "too large or too fine"),
        ("order.number ~ order.number", {"order__number": "x" * 6000}, "12000 characters"),
        ("order.number", {"order__number": "x" * 10_001}, "10001 characters"),
        ("order.number | decimal", {"order__number": "1.234,50"}, '"1.234,50" is no number'),
        ("order.paid_at < now", {"order__paid_at": 5}, "no time"),
        ("now | plus('3650d') | plus('3650d')", {"now": datetime.max.replace(tzinfo=UTC)}, "too large"),
    ],
)
def test_values_that_do_not_fit_fail_with_the_place_and_the_reason(
    expression: str, scope: dict[str, Any], reason: str
) -> None:
    run = compile_expression(expression, NAMES, HERE)

    with pytest.raises(ExpressionFailed, match=reason) as failed:
        run(nested(**scope))
    assert str(failed.value).startswith("rule.yaml:7: ")


def test_it_says_which_values_it_saw() -> None:
    run = compile_expression(
        "cart.total >= 25 and not contact.company and cart.items[0].sku == 'A'", NAMES, HERE, Sort.YES_NO
    )

    seen = run.seen(nested(cart={"total": Decimal("18.50"), "items": []}))

    assert seen == {"cart.total": Decimal("18.50"), "contact.company": None, "cart.items[0].sku": None}


def test_counters_that_were_never_touched_are_seen_as_zero() -> None:
    run = compile_expression("contact.counters.order_paid > 0", NAMES, HERE)

    assert run.seen({}) == {"contact.counters.order_paid": 0}


def test_it_keeps_its_text_and_its_place() -> None:
    run = compile_expression("cart.total > 5", NAMES, HERE)

    assert (run.text, run.place, run.type.sort) == ("cart.total > 5", HERE, Sort.YES_NO)


def test_a_failure_never_repeats_what_may_be_about_a_person() -> None:
    with pytest.raises(ExpressionFailed) as failed:
        answer("body.email | decimal", body={"email": "eva@example.com"})

    assert "eva" not in str(failed.value)
