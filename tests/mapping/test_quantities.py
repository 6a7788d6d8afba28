"""Numbers, shares, yes and no, dates and hours of the day."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.quantities import parse_date, parse_number, parse_range, parse_share, parse_yes_no


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_number, "20", Decimal(20)),
        (parse_number, "-25", Decimal(-25)),
        (parse_number, " 2.5 ", Decimal("2.5")),
        (parse_share, "10%", Decimal("0.1")),
        (parse_share, "12.5%", Decimal("0.125")),
        (parse_share, "100%", Decimal(1)),
        (parse_yes_no, "yes", True),
        (parse_yes_no, "false", False),
        (parse_date, "2028-02-29", date(2028, 2, 29)),
        (parse_range, "09:00-20:00", (time(9), time(20))),
        (parse_range, "9:30 - 12:00", (time(9, 30), time(12))),
        (parse_range, "20:00-24:00", (time(20), time(0))),
        (parse_range, "20:00-00:00", (time(20), time(0))),
        (parse_range, "00:00-00:00", (time(0), time(0))),
    ],
)
def test_what_administrators_write_is_read(parse: Callable[[str], object], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text", "word"),
    [
        (parse_number, "99,95", "with a point"),
        (parse_number, "many", '"-25"'),
        (parse_number, "1e9", '"-25"'),
        (parse_number, "1234567890", '"-25"'),
        (parse_share, "10", '"10%"'),
        (parse_share, "101%", "0% to 100%"),
        (parse_yes_no, "maybe", '"yes" or "no"'),
        (parse_date, "6-3-2027", "year, month, day"),
        (parse_date, "2027-02-29", "year, month, day"),
        (parse_date, "20270306", "year, month, day"),
        (parse_range, "09:00", '"09:00-20:00"'),
        (parse_range, "09:00-25:00", "from 00:00 to 23:59"),
        (parse_range, "20:00-09:00", '"20:00-24:00" and "00:00-09:00"'),
        (parse_range, "09:00-09:00", "ends before it begins"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_would_do(
    parse: Callable[[str], object], text: str, word: str
) -> None:
    with pytest.raises(ValueError, match=r"; |: ") as refused:
        parse(text)

    assert word in str(refused.value)


@given(
    st.sampled_from([parse_number, parse_share, parse_yes_no, parse_date, parse_range]), st.text(max_size=60)
)
def test_no_text_gives_anything_but_a_value_or_a_plain_refusal(
    parse: Callable[[str], object], text: str
) -> None:
    with contextlib.suppress(ValueError):
        assert parse(text) is not None
