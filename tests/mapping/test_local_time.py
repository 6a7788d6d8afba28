"""Moments are read as the company's clocks show them, and shown so that they can be written back."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.local_time import parse_local, show_local, tell_local

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SOME_MOMENT = st.integers(10**9, 3 * 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-02 10:00", datetime(2026, 11, 2, 9, 0, tzinfo=UTC)),
        ("2026-07-02T10:00:30", datetime(2026, 7, 2, 8, 0, 30, tzinfo=UTC)),
        (" 2028-02-29 00:00 ", datetime(2028, 2, 28, 23, 0, tzinfo=UTC)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # it comes twice
    ],
)
def test_a_moment_is_one_of_the_companys_clocks(text: str, moment: datetime) -> None:
    assert parse_local(text, AMSTERDAM) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-02",
        "10:00",
        "2026-02-30 10:00",
        "2026-11-02 24:30",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
    ],
)
def test_what_is_no_moment_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match='write it as "2026-11-02 10:00"'):
        parse_local(text, AMSTERDAM)


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(ValueError, match="skipped by the clocks of Europe/Amsterdam"):
        parse_local("2026-03-29 02:30", AMSTERDAM)


@given(moment=SOME_MOMENT, zone=st.sampled_from(["Europe/Amsterdam", "America/New_York", "Asia/Kathmandu"]))
def test_what_is_shown_reads_as_the_same_clock_time(moment: datetime, zone: str) -> None:
    shown = show_local(moment, ZoneInfo(zone))

    assert show_local(parse_local(shown, ZoneInfo(zone)), ZoneInfo(zone)) == shown


def test_a_moment_that_is_told_names_the_time_of_its_clocks() -> None:
    assert tell_local(datetime(2026, 7, 1, 8, tzinfo=UTC), AMSTERDAM) == "2026-07-01 10:00 CEST"
