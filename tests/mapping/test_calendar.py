"""The calendar: what is declared becomes moments, and mistakes are found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.calendar_rules import MONTHS, WEEKDAYS, parse_rule
from connector.mapping.scoring import EveryYear, FromEaster, NthWeekday, OnDates, PublicHoliday, When
from tests.mapping.folders import sound
from tests.mapping.mistakes import Mistake, expect

CALENDAR = """\
calendar:
  black_friday: {rule: 4th friday of november}
  carnival: {rule: easter - 49d, countries: [NL, BE]}
  open_days: {dates: ["2027-03-07", "2027-03-06"], about: Doors are open}
  kings_day: {holiday: Koningsdag, countries: NL}
  heat_wave: {about: Somebody says so}
"""


def test_what_is_declared_becomes_moments(tmp_path: Path) -> None:
    calendar = sound(tmp_path, {"calendar.yaml": CALENDAR}).calendar

    assert {name: one.when for name, one in calendar.items()} == {
        "black_friday": NthWeekday(4, 4, 11),
        "carnival": FromEaster(-49),
        "heat_wave": None,
        "kings_day": PublicHoliday("Koningsdag"),
        "open_days": OnDates((date(2027, 3, 6), date(2027, 3, 7))),
    }
    assert calendar["carnival"].countries == {"NL", "BE"}
    assert calendar["open_days"].about == "Doors are open"


def test_a_holiday_is_that_of_the_country_whose_working_days_count(tmp_path: Path) -> None:
    text = "defaults: {working_days: {holidays: NL}}\ncalendar: {kings_day: {holiday: king's day}}\n"

    moment = sound(tmp_path, {"calendar.yaml": text}).calendar["kings_day"]

    assert moment.when == PublicHoliday("king's day", "NL")
    assert moment.countries == frozenset()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("4th friday of november", NthWeekday(4, 4, 11)),
        ("Last Monday of May", NthWeekday(-1, 0, 5)),
        ("second  sunday of may", NthWeekday(2, 6, 5)),
        ("easter", FromEaster(0)),
        ("easter - 49d", FromEaster(-49)),
        ("easter+1 day", FromEaster(1)),
        ("easter - 2w", FromEaster(-14)),
        ("12-05", EveryYear(12, 5)),
        ("02-29", EveryYear(2, 29)),
    ],
)
def test_a_rule_is_read(text: str, when: When) -> None:
    assert parse_rule(text) == when


@given(
    st.sampled_from(["1st", "2nd", "3rd", "4th", "last"]), st.sampled_from(WEEKDAYS), st.sampled_from(MONTHS)
)
def test_every_weekday_of_every_month_has_a_rule(nth: str, weekday: str, month: str) -> None:
    rule = parse_rule(f"{nth} {weekday} of {month}")

    assert isinstance(rule, NthWeekday)
    assert (WEEKDAYS[rule.weekday], MONTHS[rule.month - 1]) == (weekday, month)


@pytest.mark.parametrize(
    "mistake",
    [
        Mistake("rule: 4th", "rul: 4th", "M120", 2, 18, 'did you mean "rule"?'),
        Mistake("4th friday", "5th friday", "M169", 2, 24, "last friday of november"),
        Mistake("4th friday", "6th friday", "M169", 2, 24, "1st, 2nd, 3rd, 4th or last"),
        Mistake("4th friday", "4th fryday", "M169", 2, 24, 'did you mean "friday"?'),
        Mistake("of november", "of novembre", "M169", 2, 24, 'did you mean "november"?'),
        Mistake(
            "4th friday of november", "the day after thanksgiving", "M169", 2, 24, "4th friday of november"
        ),
        Mistake("4th friday of november", "13-05", "M169", 2, 24, "month and day"),
        Mistake("4th friday of november", "2027-03-06", "M169", 2, 24, "month and day"),
        Mistake("easter - 49d", "easter - 36h", "M169", 3, 20, "whole days"),
        Mistake("easter - 49d", "easter - 300d", "M169", 3, 20, "200"),
        Mistake("easter - 49d", "easter - soon", "M169", 3, 20, "3d"),
        Mistake("[NL, BE]", "[NL, Belgium]", "M145", 3, 50, "two capital letters"),
        Mistake("[NL, BE]", "[nl, BE]", "M145", 3, 46, 'did you mean "NL"?'),
        Mistake("2027-03-07", "7-3-2027", "M123", 4, 23, "2027-03-06"),
        Mistake("2027-03-07", "2027-02-29", "M123", 4, 23, "year, month, day"),
        Mistake('["2027-03-07", "2027-03-06"]', "[]", "M121", 4, 22, "empty"),
        Mistake("about: Doors", "rule: 12-05, about: Doors", "M167", 4, 52, "two moments"),
        Mistake("Koningsdag", "Koningsdg", "M169", 5, 24, 'did you mean "Koningsdag"?'),
        Mistake("Koningsdag", "Fourth of July", "M169", 5, 24, "NL has no holiday"),
        Mistake("Koningsdag, countries: NL", "Koningsdag", "M121", 5, 24, "countries: [NL]"),
        Mistake("  heat_wave:", "  Heat_wave:", "M125", 6, 3, "small letters"),
        Mistake("calendar:", "calender:", "M120", 1, 1, 'did you mean "calendar"?'),
    ],
    ids=str,
)
def test_a_mistake_in_the_calendar_is_found(tmp_path: Path, mistake: Mistake) -> None:
    expect(tmp_path, "calendar.yaml", CALENDAR, mistake)
