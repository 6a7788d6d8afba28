"""Durations, frequencies and moments mean what an administrator reads in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.durations import (
    LONGEST,
    At,
    Delay,
    Moment,
    OnDate,
    OnWeekday,
    Tomorrow,
    WorkingDaysLater,
    parse_clock,
    parse_duration,
    parse_frequency,
    parse_moment,
    spoken,
)
from connector.mapping.terms import Frequency


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("3d", timedelta(days=3)),
        ("2w", timedelta(weeks=2)),
        ("1 day", timedelta(days=1)),
        ("45 minutes", timedelta(minutes=45)),
        (" 24h ", timedelta(days=1)),
    ],
)
def test_a_length_reads_as_written(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "4h"),
        ("4", "4h"),
        ("4 x", "4h"),
        ("4ms", "4h"),
        ("1.5h", "4h"),
        ("-4h", "4h"),
        ("٣d", "4h"),
        ("0h", "more than nothing"),
        ("9999999w", "ten years"),
        ("2 months", "30d"),
        ("2 working days", "plain length"),
    ],
)
def test_what_is_no_length_says_what_would_do(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("3 per 7d", Frequency(3, timedelta(days=7))),
        ("1 per day", Frequency(1, timedelta(days=1))),
        ("2 per week", Frequency(2, timedelta(weeks=1))),
    ],
)
def test_a_frequency_reads_as_written(text: str, frequency: Frequency) -> None:
    assert parse_frequency(text) == frequency


@pytest.mark.parametrize("text", ["3", "0 per day", "per day", "3 per", "3 per fortnight", "three per day"])
def test_what_is_no_frequency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"per 7d|length of time"):
        parse_frequency(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", Delay(timedelta(hours=2))),
        ("1 working day", WorkingDaysLater(1)),
        ("5 working days", WorkingDaysLater(5)),
        ("18:00", At(time(18))),
        ("9:30", At(time(9, 30))),
        ("tomorrow", Tomorrow(time(9))),
        ("tomorrow 18:30", Tomorrow(time(18, 30))),
        ("next monday 10:00", OnWeekday(0, time(10))),
        ("next sunday", OnWeekday(6, time(9))),
        ("2027-03-06", OnDate(date(2027, 3, 6))),
        ("2027-03-06 10:00", OnDate(date(2027, 3, 6), time(10))),
        ("2027-03-06 - 3d", OnDate(date(2027, 3, 3))),
        ("2027-02-27 + 1w", OnDate(date(2027, 3, 6))),
        ("2027-03-06 10:00 - 26h", OnDate(date(2027, 3, 5), time(10), timedelta(hours=-2))),
    ],
)
def test_a_moment_reads_as_written(text: str, moment: Moment) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("someday", '"someday"'),
        ("24:00", '"24:00"'),
        ("18:60", '"18:60"'),
        ("0 working days", '"0 working days"'),
        ("1001 working days", '"1001 working days"'),
        ("18", '"18"'),
        ("next mondy", "next monday 10:00"),
        ("next monday 25:00", "18:00"),
        ("2027-02-30", "no day"),
        ("2027-03-06 - 3 months", "30d"),
        ("2999-12-31 + 3d", "out of range"),
    ],
)
def test_what_is_no_moment_is_refused(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse_moment(text)


@pytest.mark.parametrize("read", [parse_duration, parse_frequency, parse_moment, parse_clock])
@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused_in_a_short_sentence(read: Callable[[str], object], text: str) -> None:
    refusals = list(_refusals(read, text))

    assert all(10 < len(refusal) < 250 for refusal in refusals)


def _refusals(read: Callable[[str], object], text: str) -> Iterator[str]:
    try:
        read(text)
    except ValueError as error:
        yield str(error)


@given(count=st.integers(1, 3660))
def test_days_in_letters_and_in_words_are_the_same(count: int) -> None:
    length = parse_duration(f"{count}d")

    assert length == parse_duration(f"{count} days") == timedelta(days=count)
    assert length <= LONGEST


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=688, hours=21, microseconds=3), "688 days 21 hours"),
        (timedelta(hours=24), "1 day"),
        (timedelta(hours=36), "1 day 12 hours"),
        (timedelta(days=1, minutes=5), "1 day 5 minutes"),
        (timedelta(minutes=20), "20 minutes"),
        (timedelta(0), "less than a minute"),
    ],
)
def test_a_length_is_said_in_its_two_largest_units(length: timedelta, words: str) -> None:
    assert spoken(length) == words
