"""What is read by hand is what would be read by itself, to the last digit and note, whatever is there."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.errors import TranslationError
from connector.mapping.expressions import compile_expression
from connector.mapping.terms import Expression, Place
from connector.model.types import ANY, Sort, Type
from connector.model.values import Value
from connector.sources import by_hand
from connector.sources.by_hand import CURRENCY, ID, NONE, NOTHING, TOTAL, Field, Short, short_to, together
from connector.sources.convert import as_id, as_number, as_text
from connector.sources.fields import converted, is_empty, typed
from connector.sources.part import Part, Read
from tests.sources.build import connection_to, shipped

PART = Part({}, datetime(2026, 11, 20, tzinfo=UTC), connection_to(shipped("shopify")))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5) | st.from_regex(r"\A *[+-]?[0-9]{0,42}(\.[0-9]{0,42})? *\Z")
    | st.sampled_from([10**15, -(10**15), Decimal("1e200"), "yes", " No ", "x" * 201, "\u00df "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


def expression(text: str) -> Expression:
    """The expression over an untyped payload."""
    return compile_expression(text, {"body": ANY, "item": ANY}, Place("source.yaml", 1, 1))


def _amount(value: Value) -> Decimal | None:
    return None if is_empty(value) else NOTHING + as_number(value)


def _capitals(value: Value) -> str | None:
    text = as_text(value)
    return text and text.upper()


def ways_to(text: str) -> list[tuple[Short, Read[Value]]]:
    """Every short way, beside how such a field is read by itself."""
    told = expression(text)
    return [
        *((short_to(sort), typed(told, Type(sort), "x")) for sort in Sort),
        (ID, converted(told, as_id, "x")),
        (CURRENCY, converted(told, _capitals, "x")),
        (TOTAL, converted(told, _amount, "x")),
    ]


def outcome(field: Field, body: Value) -> tuple[object, list[str]]:
    """What is read of the field, or why not, in every detail, and the notes that were taken."""
    part = Part({"body": body}, PART.received_at, PART.connection)
    try:
        return repr(together("body", [field])(part)), part.notes
    except TranslationError as error:
        return (error.path, error.reason), part.notes


@pytest.mark.parametrize("text", ["body.x", "body.x or body.y", "body.x[0]", "body.x if not body.y"])
@given(x=VALUES, y=VALUES)
@example(x="12.50", y=None)
@example(x=Decimal("12.50"), y="1")
@example(x=f" {'x' * 10_001}", y=None)
def test_by_hand_is_read_what_is_read_by_itself(text: str, x: Value, y: Value) -> None:
    fields = [Field("x", expression(text), short, read) for short, read in ways_to(text)]

    found = [outcome(one, {"x": x, "y": y}) for one in fields]

    assert found == [outcome(one._replace(short=NONE), {"x": x, "y": y}) for one in fields]


@pytest.mark.parametrize("body", [None, "x", 7, ["x"], [{"x": 1}], {}, {"x": "  "}])
def test_where_nothing_plain_is_nothing_is_read(body: Any) -> None:
    fields = [Field("x", expression("body.x"), short, read) for short, read in ways_to("body.x")]

    assert {str(outcome(one, body)) for one in fields} == {"('{}', [])"}


def test_only_short_texts_are_remembered_as_numbers() -> None:
    numbers = Field("x", expression("body.x"), short_to(Sort.NUMBER), lambda part: None)
    remembered = by_hand._often.cache_info().currsize

    told = outcome(numbers, {"x": "1" * 10_000})

    assert (told, by_hand._often.cache_info().currsize) == (("{}", []), remembered)


def test_what_stands_below_is_read_in_the_order_of_its_fields() -> None:
    said = {"b": "body.b", "y": "body.z or body.y", "a": "body.a"}
    fields = [Field(name, one, short_to(Sort.TEXT), typed(one, Type(Sort.TEXT), name))
              for name, one in ((name, expression(text)) for name, text in said.items())]  # fmt: skip
    part = Part({"body": {"a": 1, "y": " why ", "b": "be"}}, PART.received_at, PART.connection)

    assert list(together("body", fields)(part).items()) == [("b", "be"), ("y", "why"), ("a", "1")]
