"""Dates that nobody meant: years out of the calendar, 29 February, zones that are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from connector.mapping.expressions import compile_expression
from connector.mapping.rules import DateComes
from connector.model.contact import Contact, Stated
from connector.model.values import Value
from tests.journey.build import HERE, Story, at, event, mapping, names, trigger

COMES = DateComes(compile_expression("contact.birthday", names(), HERE))
DAY = timedelta(days=1)


def somebody(occasion: DateComes, **fields: Value) -> Story:
    """Somebody of whom a trigger waits for a date."""
    stated = {name: Stated(value, at("00:00", day=1)) for name, value in fields.items()}
    contact = Contact("01", at("00:00", day=1), fields=stated)
    return Story(mapping(trigger("rule", occasions=(occasion,))), contact)


@pytest.mark.parametrize(
    "shift", [timedelta(0), -7 * DAY, 7 * DAY, timedelta(hours=-30), timedelta(hours=30)]
)
@pytest.mark.parametrize("clock", [time(0), time(23, 59)])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York", "Europe/Amsterdam"])
@pytest.mark.parametrize(
    "day", [date.min, date.max, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_date_at_the_end_of_the_calendar_is_no_occasion_and_breaks_nothing(
    day: Value, zone: str, clock: time, shift: timedelta
) -> None:
    story = somebody(replace(COMES, at=clock, shift=shift), birthday=day, time_zone=zone)

    heard, woken = story.hears(event("page.viewed", "12:00")), story.wakes(at("12:00", day=9))

    assert (heard.actions, woken.actions) == ((), ())
    assert (heard.wakes_at, woken.wakes_at) == (None, None)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "..", "Europe", "\udcff", "a\0b", "x" * 5000])
def test_in_a_zone_that_is_none_a_date_comes_by_the_companys_clocks(zone: str) -> None:
    story = somebody(COMES, birthday=date(2026, 11, 5), time_zone=zone)

    assert story.hears(event("page.viewed", "12:00")).wakes_at == at("08:00", day=5)


@pytest.mark.parametrize(
    ("leap_day", "year", "comes"),
    [
        ((2, 28), 2027, (2, 28)),
        ((3, 1), 2027, (3, 1)),
        ((2, 28), 2028, (2, 29)),
        ((3, 1), 2028, (2, 29)),
        ((2, 28), 2100, (2, 28)),
        ((3, 1), 2100, (3, 1)),
    ],
)
@pytest.mark.parametrize("born", [date(2000, 2, 29), "--02-29", "1996-02-29"])
def test_a_birthday_on_29_february_comes_as_set(
    born: Value, leap_day: tuple[int, int], year: int, comes: tuple[int, int]
) -> None:
    """29 February fires on the 28th or the 1st as set; once a year by its key"""
    story = somebody(replace(COMES, is_yearly=True, leap_day=leap_day), birthday=born)
    evening = datetime(year, *comes, 18, tzinfo=UTC)

    story.wakes(evening - DAY)
    found = [len(story.wakes(evening + days * DAY).actions) for days in range(3)]

    assert found == [1, 0, 0]


@pytest.mark.parametrize(("shift", "comes"), [(-DAY, (2, 28)), (DAY, (3, 2))])
def test_what_comes_before_or_after_a_leap_day_is_counted_from_the_day_as_set(
    shift: timedelta, comes: tuple[int, int]
) -> None:
    story = somebody(replace(COMES, is_yearly=True, shift=shift, leap_day=(3, 1)), birthday=date(2000, 2, 29))

    looked = story.wakes(datetime(2027, 2, 20, 12, tzinfo=UTC))

    assert looked.wakes_at == datetime(2027, *comes, 8, tzinfo=UTC)
