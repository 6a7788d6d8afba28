"""A comparison answers alike by its shortcut and in full, whatever it finds."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.expressions.comparisons import in_full, with_fixed
from connector.mapping.expressions.kinds import Key, key_of
from connector.mapping.expressions.paths import attribute, name
from connector.mapping.expressions.terms import Culture, Run, Term, fixed
from connector.mapping.terms import Scope
from tests.mapping.expressions import AMSTERDAM, NAMES, NOW, UNHURRIED, nested

Judge: TypeAlias = Callable[[Any, Any], object]

CULTURE: Final = Culture(AMSTERDAM, Locale("nl"))
COMPARED: Final = {
    "cart.total": Decimal(25),
    "cart.currency": "EUR",
    "contact.is_vip": True,
    "contact.stage": "do",
    "contact.country": "NL",
    "contact.counters.order_paid": Decimal("2.5"),
    "contact.purchases.count": Decimal(3),
    "contact.stages.main": "think",
    "contact.consent.email": False,
}
JUDGES: Final = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)
ODD: Final = (
    Decimal("sNaN"),
    Decimal("-Infinity"),
    Decimal("25.0"),
    25,
    2.5,
    float("nan"),
    NOW,
    date(1990, 2, 28),
)
LEAVES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 30),
    st.decimals(places=1),
    st.sampled_from(ODD),
    st.sampled_from(["NL", "EUR", "do", "think", "gone", "25", ""]),
)
KEYS: Final = sorted({key for path in COMPARED for key in path.split(".")})
SHAPES: Final = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=3).map(MappingProxyType),
    ),
    max_leaves=4,
)
COMPARISONS: Final = st.tuples(st.sampled_from(sorted(COMPARED)), st.sampled_from(JUDGES))


def both_ways(path: str, judge: Judge) -> tuple[Run, Run]:
    """The comparison of a path with its literal, by the shortcut and in full."""
    first, *keys = path.split(".")
    term = name(first, NAMES, 0)
    for one in keys:
        term = attribute(term, one, 0)
    key = _key(term, path)
    wanted = key(COMPARED[path])
    return with_fixed(judge, term, key, wanted), in_full(judge, term, key, wanted)


def _key(term: Term, path: str) -> Key:
    key = key_of("eq", term, fixed(COMPARED[path], 0), CULTURE)
    assert key is not None
    return key


def outcome(run: Run, scope: Scope) -> object:
    """The answer, or the failure in its own words."""
    try:
        return run(scope)
    except Exception as failure:  # whatever it is, it has to be the same both ways
        return type(failure), str(failure)


@UNHURRIED
@given(COMPARISONS, st.data())
def test_a_value_of_any_kind_is_judged_alike(comparison: tuple[str, Judge], data: st.DataObject) -> None:
    path, judge = comparison
    shortcut, full = both_ways(path, judge)
    scope = nested(**{path.replace(".", "__"): data.draw(LEAVES)})

    assert outcome(shortcut, scope) == outcome(full, scope)


@UNHURRIED
@given(COMPARISONS, SHAPES)
def test_a_scope_of_any_shape_is_read_alike(comparison: tuple[str, Judge], shape: Any) -> None:
    shortcut, full = both_ways(*comparison)
    scope = shape if isinstance(shape, (dict, MappingProxyType)) else {"contact": shape, "cart": shape}

    assert outcome(shortcut, scope) == outcome(full, scope)


@pytest.mark.parametrize("path", sorted(COMPARED))
def test_each_of_these_comparisons_has_a_shortcut(path: str) -> None:
    shortcut, full = both_ways(path, operator.eq)

    assert shortcut.__qualname__ != full.__qualname__


def test_a_failure_within_a_record_is_not_taken_for_a_missing_value() -> None:
    class Broken(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            raise KeyError(key)

    shortcut, _ = both_ways("cart.total", operator.ge)

    with pytest.raises(KeyError):
        shortcut({"cart": Broken()})
