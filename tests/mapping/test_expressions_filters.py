"""What each filter makes of a value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import ExpressionFailed
from connector.mapping.expressions import compile_expression
from connector.mapping.mapping import WorkingDays
from connector.mapping.terms import CannotTell
from tests.mapping.expressions import AMSTERDAM, HERE, NAMES, UNHURRIED, answer, nested, written


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1234.5", None, "€ 1.234,50"),
        ("1234.5", "USD", "US$ 1.234,50"),
        ("1234.5", "gbp", "£ 1.234,50"),
        ("1234.5", "JPY", "JP¥ 1.234"),
        ("-0.005", "EUR", "€ -0,00"),
        ("0.1", "EUR", "€ 0,10"),
    ],
)
def test_money_is_written_in_the_currency_beside_it(amount: str, currency: str | None, expected: str) -> None:
    scope = nested(order__total=Decimal(amount), order__currency=currency)

    assert answer("order.total | money", **scope) == expected


def test_money_finds_the_currency_around_it() -> None:
    scope = nested(cart={"currency": "USD", "items": [{"price": Decimal(5)}]})

    assert answer("cart.items[0].price | money", **scope) == "US$ 5,00"


def test_money_takes_the_currency_that_is_said() -> None:
    scope = nested(order__total=Decimal(5), order__currency="USD")

    assert answer("order.total | money('EUR')", **scope) == "€ 5,00"


def test_money_of_a_sum_is_in_euro() -> None:
    assert answer("(order.total + order.tax) | money", **nested(order__total=1, order__tax=2)) == "€ 3,00"


def test_money_follows_the_locale() -> None:
    run = compile_expression("order.total | money", NAMES, HERE, locale="en_GB")

    assert run(nested(order__total=Decimal("1234.5"))) == "€1,234.50"


def test_a_currency_that_is_none_fails() -> None:
    with pytest.raises(ExpressionFailed, match='"EUROS" is no currency'):
        answer("order.total | money", **nested(order__total=1, order__currency="euros"))


@pytest.mark.parametrize(
    ("spelled", "number"),
    [("1234.50", Decimal("1234.50")), (" -3 ", Decimal(-3)), (Decimal("1.5"), Decimal("1.5")), (7, 7)],
)
def test_decimal_reads_a_number(spelled: object, number: object) -> None:
    assert answer("body.x | decimal", body={"x": spelled}) == number


@pytest.mark.parametrize("spelled", ["1.234,50", "99,95", "", "five", "1e5", "NaN", True, [1], "9" * 41])
def test_decimal_fails_on_what_is_no_number(spelled: object) -> None:
    with pytest.raises(ExpressionFailed, match="no number"):
        answer("body.x | decimal", body={"x": spelled})


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("order.paid_at | date", datetime(2026, 11, 1, 23, 30, tzinfo=UTC), "2 november 2026"),
        (
            "order.paid_at | date('EEEE d MMM HH:mm')",
            datetime(2026, 11, 1, 23, 30, tzinfo=UTC),
            "maandag 2 nov 00:30",
        ),
        ("contact.renewal | date", date(2026, 3, 1), "1 maart 2026"),
        ("contact.renewal | date('dd-MM-yyyy')", date(2026, 3, 1), "01-03-2026"),
        ("contact.renewal | date", "2026-03-01", "1 maart 2026"),
        ("contact.birthday | date", "--05-17", "17 mei"),
        ("contact.birthday | date", "--02-29", "29 februari"),
        ("contact.birthday | date", date(1980, 5, 17), "17 mei 1980"),
        ("body.at | date", "2026-11-01T23:30:00Z", "2 november 2026"),
        ("now | plus('3d') | date", None, "5 november 2026"),
    ],
)
def test_a_date_is_written_as_people_do(expression: str, value: object, expected: str) -> None:
    scope = nested(order__paid_at=value, contact__renewal=value, contact__birthday=value, body__at=value)

    assert answer(expression, **scope) == expected


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("order.paid_at | days_since", datetime(2026, 10, 31, 9, 30, tzinfo=UTC), 2),
        ("order.paid_at | days_since", datetime(2026, 10, 31, 9, 31, tzinfo=UTC), 1),
        ("order.paid_at | days_since", datetime(2026, 11, 2, 9, 31, tzinfo=UTC), -1),
        ("order.paid_at | hours_since", datetime(2026, 11, 2, 7, 0, tzinfo=UTC), 2),
        ("contact.renewal | days_since", date(2026, 11, 1), 1),
        ("contact.renewal | days_since", date(2026, 11, 5), -3),
        ("contact.renewal | hours_since", date(2026, 11, 2), 10),
        ("contact.birthday | days_since", "--11-01", None),
        ("contact.birthday | hours_since", "--11-01", None),
    ],
)
def test_time_since_is_counted_in_whole_units(expression: str, value: object, expected: int | None) -> None:
    scope = nested(order__paid_at=value, contact__renewal=value, contact__birthday=value)

    assert answer(expression, **scope) == expected


def test_time_since_cannot_be_told_without_now() -> None:
    run = compile_expression("order.paid_at | days_since > 1", NAMES, HERE)

    assert run(nested(order__paid_at=datetime(2026, 1, 1, tzinfo=UTC))) == CannotTell("now")


@pytest.mark.parametrize(
    ("expression", "start", "expected"),
    [
        ("order.paid_at | plus('30m')", "2026-10-24T22:00+00:00", "2026-10-24T22:30+00:00"),
        ("order.paid_at | plus('1d')", "2026-10-24T10:00+00:00", "2026-10-25T11:00+00:00"),
        ("order.paid_at | plus('24h')", "2026-10-24T10:00+00:00", "2026-10-25T11:00+00:00"),
        ("order.paid_at | plus('25h')", "2026-10-24T10:00+00:00", "2026-10-25T11:00+00:00"),
        ("order.paid_at | plus('2 working days')", "2026-10-23T10:00+00:00", "2026-10-27T11:00+00:00"),
        ("order.paid_at | plus('-1 working day')", "2026-10-26T11:00+00:00", "2026-10-23T10:00+00:00"),
        ("order.paid_at | plus('-2w')", "2026-07-20T10:00+00:00", "2026-07-06T10:00+00:00"),
    ],
)
def test_days_keep_the_local_time_of_day(expression: str, start: str, expected: str) -> None:
    found = answer(expression, **nested(order__paid_at=datetime.fromisoformat(start)))

    assert found == datetime.fromisoformat(expected)


def test_working_days_are_those_of_the_company() -> None:
    week = WorkingDays(frozenset({0, 1, 2, 3, 4}), "NL")
    later = compile_expression("contact.renewal | plus('1 working day')", NAMES, HERE, week=week)

    assert later(nested(contact__renewal=date(2026, 12, 24))) == date(2026, 12, 28)


def test_a_date_plus_days_is_a_date() -> None:
    assert answer("contact.renewal | plus('2w')", **nested(contact__renewal=date(2026, 12, 20))) == date(
        2027, 1, 3
    )


@pytest.mark.parametrize(
    ("filtered", "value", "expected"),
    [
        ("lower_email", "  Eva.De.Vries@Example.COM ", "eva.de.vries@example.com"),
        ("lower_email", "e\u0301va@example.com", "\u00e9va@example.com"),
        ("phone", "+31 (0)6-1234 5678", "+31612345678"),
        ("phone", "0031612345678", "+31612345678"),
        ("phone", "06 12345678", "0612345678"),
        ("phone('31')", "06 12345678", "+31612345678"),
        ("phone('31')", "+32 470 12 34 56", "+32470123456"),
        ("phone", "\uff10\uff16 12345678", "0612345678"),
        ("phone", "n/a", None),
        ("phone", "1" * 16, None),
        ("slug", "  Één & Twee! ", "een-twee"),
        ("md5", "urist.mcvankab@freddiesjokes.com", "62eeb292278cc15f5817cb78f7790b08"),
    ],
)
def test_a_text_is_tidied(filtered: str, value: str, expected: str | None) -> None:
    assert answer(f"contact.name | {filtered}", **nested(contact__name=value)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cart.items | pluck('sku')", ["A", "B"]),
        ("cart.items | pluck('sku') | join", "A, B"),
        ("cart.items | pluck('sku') | join(' + ')", "A + B"),
        ("cart.items | pluck('name') | join", ""),
        ("cart.items | pluck('price') | join", "1.50, 2"),
        ("(cart.items | first).sku", "A"),
        ("order.items | first", None),
        ("cart.items | count", 3),
        ("order.items | count", 0),
        ("order.coupons | join", ""),
        ("order.coupons | first | default('none')", "none"),
    ],
)
def test_lists_are_read(expression: str, expected: object) -> None:
    items = [{"sku": "A", "price": Decimal("1.50")}, {"sku": "B", "price": 2}, {}]

    assert answer(expression, **nested(cart__items=items)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("contact.first_name | default('customer')", "customer"),
        ("contact.last_name | default('customer')", "customer"),
        ("contact.company | default('customer')", "Bakker"),
        ("order.total + 1 | default(5)", CannotTell("order.total")),
        ("(order.total + 1) | default(5)", 5),
        ("contact.first_name | default(contact.company)", "Bakker"),
        ("contact.first_name | default(contact.city)", None),
        ("order.discount | default(7)", 0),
        ("order.total | money | default('nothing')", "nothing"),
    ],
)
def test_default_catches_what_is_missing_or_empty(expression: str, expected: object) -> None:
    scope = nested(contact={"company": "Bakker", "last_name": ""}, order__discount=0)

    assert answer(expression, **scope) == expected


@pytest.mark.parametrize(
    "filtered",
    [
        "money",
        "decimal",
        "date",
        "days_since",
        "plus('1d')",
        "lower_email",
        "phone",
        "slug",
        "md5",
        "first",
        "join",
    ],
)
def test_what_is_missing_stays_missing(filtered: str) -> None:
    assert answer(f"body.nothing | {filtered}", body={}) is None


@UNHURRIED
@given(st.text(max_size=80), st.sampled_from(["lower_email", "phone", "phone('31')", "slug", "md5"]))
def test_tidying_twice_changes_nothing_more(value: str, filtered: str) -> None:
    once = answer(f"contact.name | {filtered}", **nested(contact__name=value))

    if once is not None and filtered != "md5":
        assert answer(f"contact.name | {filtered}", **nested(contact__name=once)) == once


@UNHURRIED
@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**12))
def test_money_loses_no_cent(amount: Decimal) -> None:
    shown = str(written("{{ order.total | money }}", **nested(order__total=amount)))

    digits = shown.removeprefix("€ ").replace(".", "").replace(",", ".")
    assert Decimal(digits) == amount


def test_the_zone_decides_what_day_it_is() -> None:
    moment = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)

    in_utc = compile_expression("order.paid_at | date", NAMES, HERE)(nested(order__paid_at=moment))
    local = compile_expression("order.paid_at | date", NAMES, HERE, zone=AMSTERDAM)(
        nested(order__paid_at=moment)
    )

    assert (in_utc, local) == ("1 november 2026", "2 november 2026")
