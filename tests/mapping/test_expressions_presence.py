"""A condition that says yes proves that some values are there, and texts need no default for these."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.expressions import compile_text, present_if_yes
from tests.mapping.expressions import HERE, NAMES, UNHURRIED, nested, told


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("cart.total >= 500", {"cart.total"}),
        ("500 <= cart.total < 1000", {"cart.total"}),
        ("not (cart.total < 500)", {"cart.total"}),
        ("contact.company", {"contact.company"}),
        ("contact['company']", {"contact.company"}),
        ("not contact.company", set()),
        ("contact.company is defined", {"contact.company"}),
        ("contact.company is not none", {"contact.company"}),
        ("contact.company != none", {"contact.company"}),
        ("contact.company is none", set()),
        ("contact.city and cart.total > 5", {"contact.city", "cart.total"}),
        ("contact.city or cart.total > 5", set()),
        ("contact.city == 'Ede' or contact.city == 'Tiel' and cart.total", {"contact.city"}),
        ("not (contact.company is none or not contact.city)", {"contact.company", "contact.city"}),
        ("not (contact.company is none and not contact.city)", set()),
        ("contact.city in ['Ede', 'Tiel']", {"contact.city"}),
        ("contact.city not in ['Ede', 'Tiel']", set()),
        ("cart.total - cart.item_count > 5", {"cart.total", "cart.item_count"}),
        ("-cart.total < 5", {"cart.total"}),
        ("contact.city ~ contact.name == 'x'", {"contact.city", "contact.name"}),
        ("contact.city.lower() == 'ede'", {"contact.city"}),
        ("contact.city.startswith('E')", {"contact.city"}),
        ("not contact.city.startswith('E')", {"contact.city"}),
        ("contact.birthday | days_since > 5", {"contact.birthday"}),
        ("(cart.total | default(0)) >= 0", set()),
        ("(contact.city | default(contact.city)) == 'x'", {"contact.city"}),
        ("order.coupons | count == 0", set()),
        ("(contact.city or contact.name) == 'x'", set()),
        ("(contact.city if cart.total else contact.city) == 'x'", {"contact.city"}),
        ("(contact.city if cart.total) == 'x'", set()),
        ("order.items[0].sku == 'x'", set()),
        ("cart.total >=", set()),
        ("", set()),
    ],
)
def test_a_yes_proves_what_is_there(condition: str, expected: set[str]) -> None:
    assert {".".join(path) for path in present_if_yes(condition)} == expected


PLACES = ["contact.city", "contact.name", "contact.company"]
ATOMS = st.sampled_from(
    [
        "{}", "{} == 'a'", "'a' != {}", "{} is none", "{} is defined", "{} in ['a', 'b']", "{} not in ['a']",
        "{}.startswith('a')", "({} | default('a')) == 'a'", "{} in 'abc'", "({} or 'a') == 'a'",
        "({} ~ 'x') == 'ax'", "({} if {} else 'a') == 'a'", "{} < {}", "'a' <= {} <= {}", "{} != none",
        "({} == 'a' if {} else {} == 'b')",
    ]
).flatmap(
    lambda form: st.tuples(*[st.sampled_from(PLACES)] * form.count("{}")).map(lambda some: form.format(*some))
)  # fmt: skip
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        inner.map("not ({})".format)
        | st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda one: "({} {} {})".format(*one))
    ),
    max_leaves=6,
)
VALUES = st.fixed_dictionaries(
    {place.split(".")[1]: st.sampled_from([None, "", "a", "b", "ax"]) for place in PLACES}
)


@UNHURRIED
@given(CONDITIONS, VALUES)
def test_nothing_that_is_proven_is_missing(condition: str, contact: dict[str, Any]) -> None:
    if told(condition, contact=contact) is True:
        proven = {path[1] for path in present_if_yes(condition)}
        assert [name for name in proven if contact[name] is None] == []


@pytest.mark.parametrize(
    ("condition", "text", "warned"),
    [
        ("cart.total >= 500", "Cart of {{ cart.total | money }}", False),
        ("cart.total >= 500", "Cart of {{ cart.total | money }} in {{ contact.city }}", True),
        ("cart.item_count", "Cart of {{ cart.total | money }}", True),
        ("contact.birthday is defined", "Born on {{ contact.birthday | date }}", False),
        ("contact.stage == 'do'", "In {{ contact.stage }}", False),
        ("contact.is_vip == false", "Is a VIP: {{ contact.is_vip }}", False),
        ("contact.phone", "Call {{ contact.phone | phone('31') }}", True),
    ],
)
def test_what_a_condition_has_made_sure_of_needs_no_default(condition: str, text: str, warned: bool) -> None:
    compiled = compile_text(text, NAMES, HERE, present_if_yes(condition))

    assert [one.code for one in compiled.warnings] == ["M230"] * warned
    assert compiled(nested(cart__total=Decimal(1))) is not None
