"""The hours in which something may reach people, on their own clocks."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.hours import next_open
from connector.journey.view import View
from connector.journey.waiting import moment_of
from connector.mapping.durations import parse_moment
from connector.mapping.rules import Hours
from connector.model.contact import Contact, Stated
from tests.journey.build import NOON, at, event, mapping

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEKDAYS = Hours({day: ((time(9), time(12)), (time(13), time(17, 30))) for day in range(5)})
UNTIL_MIDNIGHT = Hours({5: ((time(20), time(0)),)})
AT_NIGHT = Hours({day: ((time(2, 30), time(3, 30)),) for day in range(7)})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "then"),
    [
        (WEEKDAYS, "2026-11-02 10:00", "2026-11-02 10:00"),
        (WEEKDAYS, "2026-11-02 08:59", "2026-11-02 09:00"),
        (WEEKDAYS, "2026-11-02 12:00", "2026-11-02 13:00"),
        (WEEKDAYS, "2026-11-02 17:30", "2026-11-03 09:00"),
        (WEEKDAYS, "2026-11-06 18:00", "2026-11-09 09:00"),
        (UNTIL_MIDNIGHT, "2026-11-07 23:59", "2026-11-07 23:59"),
        (UNTIL_MIDNIGHT, "2026-11-08 00:00", "2026-11-14 20:00"),
        (AT_NIGHT, "2026-03-29 01:59", "2026-03-29 03:00"),
        (AT_NIGHT, "2026-10-25 02:10", "2026-10-25 02:30"),
        (Hours({}), "2026-11-02 10:00", "2026-11-09 10:00"),
    ],
)
def test_hours_are_open_or_open_next(hours: Hours, now: str, then: str) -> None:
    assert next_open(hours, local(now), AMSTERDAM) == local(then)


@given(
    now=st.integers(1_767_225_600, 1_830_297_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    zone=st.sampled_from(["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "America/Havana"]),
    begin=st.integers(0, 46).map(lambda halves: time(halves // 2, 30 * (halves % 2))),
    days=st.sets(st.integers(0, 6), min_size=1),
)
@settings(max_examples=200, deadline=None)
def test_the_next_opening_is_ahead_within_eight_days_and_open(
    now: datetime, zone: str, begin: time, days: set[int]
) -> None:
    hours = Hours({day: ((begin, time(0)),) for day in days})

    then = next_open(hours, now, ZoneInfo(zone))

    assert now <= then <= now + timedelta(days=8)
    assert then.astimezone(ZoneInfo(zone)).weekday() in days
    assert next_open(hours, then, ZoneInfo(zone)) == then


def test_working_days_are_waited_for_to_the_same_time_of_day() -> None:
    assert waited("5 working days", "2026-11-02 10:15") == local("2026-11-09 10:15")
    assert waited("1 working day", "2026-12-24 10:00") == local("2026-12-28 10:00")
    assert waited("1 working day", "2026-10-23 10:00") == local("2026-10-26 10:00")


def test_a_clock_time_is_waited_for_on_the_contacts_own_clocks() -> None:
    new_york = Contact("01", NOON, fields={"time_zone": Stated("America/New_York", NOON)})

    assert waited("18:00", "2026-11-02 13:00") == at("17:00")
    assert waited("18:00", "2026-11-02 13:00", new_york) == at("23:00")


def waited(moment: str, since: str, contact: Contact | None = None) -> datetime:
    view = View(mapping(), contact or Contact("01", NOON), event("page.viewed"), NOON)
    return moment_of(view, parse_moment(moment), local(since))
