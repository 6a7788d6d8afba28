"""Values survive their way to JSON and back, whatever a payload holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.model.values import dumps, loads

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.text(),
    st.decimals(allow_nan=False),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.dates(),
)
KEYS = st.one_of(st.sampled_from(["$number", "$time", "$date", "$map", "$"]), st.text(max_size=8))
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=3))
)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    "impostor", [{"$number": "not one"}, {"$time": "12"}, {"$map": ["a", {"$number": "1"}]}]
)
def test_a_payload_that_looks_like_a_tag_is_kept_as_it_is(impostor: object) -> None:
    assert loads(dumps([impostor, Decimal("1.50")])) == [impostor, Decimal("1.50")]


def test_a_read_only_mapping_is_stored_like_a_dictionary() -> None:
    assert loads(dumps(MappingProxyType({"a": MappingProxyType({"$number": "1"})}))) == {
        "a": {"$number": "1"}
    }


def test_something_that_is_no_value_is_refused_by_its_type() -> None:
    with pytest.raises(TypeError, match="cannot store a set"):
        dumps({1, 2})
