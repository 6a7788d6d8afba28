"""What we write of values is the same whichever of the two ways wrote it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.model.values import dumps, loads

TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN)
def test_plain_values_are_written_as_pythons_own_module_writes_them(value: Any) -> None:
    if '"$' not in (own := json.dumps(value, ensure_ascii=False, separators=(",", ":"))):
        assert dumps(value) == own

    assert loads(dumps(value)) == value


def test_half_a_surrogate_pair_and_a_huge_number_are_written() -> None:
    value = {"a": "\ud800", "b": 2**70, "c": "\0é"}

    assert loads(dumps(value)) == value
