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
