"""Expressions over a source's payload, whose values have the kinds that the sender gave them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.expressions import compile_expression
from connector.mapping.terms import CannotTell
from connector.model.types import Sort
from tests.mapping.expressions import HERE, NAMES, UNHURRIED, answer, told

BODY = {
    "id": 450789469,
    "total_price": "199.00",
    "amount": Decimal("19.95"),
    "email": "",
    "contact_email": "eva@example.com",
    "taxes_included": False,
    "flag": "false",
    "on": "on",
    "items": [{"sku": "A", "price": "5.00"}, {"sku": "B"}],
    "keys": {"0": "zero", "values": "key"},
    "tags": ["vip", 5],
    "note": None,
    "created_at": "2026-11-02T10:00:00+01:00",
    "line-items": 3,
}

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False)
    | st.floats()
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.items[0].sku", "A"),
        ("body.items[1].price", None),
        ("body.items[7].price", None),
        ("body.items.sku", None),
        ("body.keys.values", "key"),
        ("body.keys[0]", "zero"),
        ("body['line-items']", 3),
        ("body.id.deeper.still", None),
        ("body.email or body.contact_email or body.customer.email", "eva@example.com"),
        ("body.customer.email or body.note", None),
        ("body.total_price | decimal", Decimal("199.00")),
        ("body.amount * 2", Decimal("39.90")),
        ("body.total_price + 1", Decimal("200.00")),
        ("body.items | count", 2),
        ("body.lines | count", 0),
        ("body.items | pluck('sku')", ["A", "B"]),
        ("(body.items | first).sku", "A"),
        ("body.id ~ '|' ~ body.items[0].sku", "450789469|A"),
        ("body.contact_email.upper()", "EVA@EXAMPLE.COM"),
        ("headers['X-Shopify-Topic']", "orders/create"),
        ("headers.host", "example.com"),
    ],
)
def test_a_value_is_found_or_missing_and_never_an_error(expression: str, expected: object) -> None:
    headers = {"x-shopify-topic": "orders/create", "host": "example.com"}

    assert answer(expression, body=BODY, headers=headers) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("body.total_price > 25", True),
        ("body.total_price == 199", True),
        ("body.total_price == '199.00'", True),
        ("body.total_price == '199'", False),
        ("body.id == '450789469'", True),
        ("body.id in [1, 450789469]", True),
        ("body.id in ['450789469']", True),
        ("body.amount < body.total_price", True),
        ("body.contact_email == 5", False),
        ("body.contact_email != 5", True),
        ("body.contact_email > 5", CannotTell("body.contact_email")),
        ("5 < body.contact_email", CannotTell("body.contact_email")),
        ("body.items == body.items", True),
        ("body.items < body.items", CannotTell("body.items")),
        ("body.taxes_included == false", True),
        ("body.taxes_included == 0", False),
        ("body.flag == false", True),
        ("body.tags == 'vip'", False),
        ("'vip' in body.tags", True),
        ("'5' in body.tags", True),
        ("'items' in body", True),
        ("'@' in body.contact_email", True),
        ("'4' in body.id", False),
        ("body.id in body.tags", False),
        ("'x' in body.nothing", CannotTell("body.nothing")),
        ("body.nothing in ['a']", CannotTell("body.nothing")),
        ("body.nothing == 5", CannotTell("body.nothing")),
        ("body.created_at < now", True),
        ("body.created_at.startswith('2026')", True),
        ("body.nothing is defined", False),
        ("body.note is none", True),
    ],
)
def test_unlike_values_compare_as_an_administrator_expects(condition: str, expected: object) -> None:
    assert told(condition, body=BODY) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("on", True),
        ("flag", False),
        ("taxes_included", False),
        ("email", False),
        ("id", True),
        ("note", False),
    ],
)
def test_a_payloads_own_words_for_no_are_no(written: str, expected: bool) -> None:
    assert told(f"body.{written}", body=BODY) is expected
    assert told(f"not body.{written}", body=BODY) is not expected


@UNHURRIED
@given(JSON, JSON, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]))
def test_any_two_values_compare_without_an_error(one: object, other: object, sign: str) -> None:
    run = compile_expression(f"body.a {sign} body.b", NAMES, HERE, Sort.YES_NO)

    found = run({"body": {"a": one, "b": other}})

    assert isinstance(found, (bool, CannotTell))


@UNHURRIED
@given(JSON, JSON)
def test_equal_and_unequal_are_opposites(one: object, other: object) -> None:
    scope = {"body": {"a": one, "b": other}}
    equal = compile_expression("body.a == body.b", NAMES, HERE)(scope)
    unequal = compile_expression("not (body.a != body.b)", NAMES, HERE)(scope)

    assert equal == unequal
