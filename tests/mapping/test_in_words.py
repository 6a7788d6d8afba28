"""Rules are told in the words of the mapping language."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from connector.mapping import in_words
from connector.mapping.durations import Delay, Moment, OnDate, OnWeekday, parse_moment
from connector.mapping.rules import (
    Arm,
    CellEntered,
    DateComes,
    FallsQuiet,
    Mode,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    Wait,
)
from connector.mapping.terms import Frequency
from tests.journey.build import HERE, trigger, when

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("occasion", "words"),
    [
        (
            DateComes(when("contact.birthday"), time(9), is_yearly=True),
            "contact.birthday at 09:00 every year",
        ),
        (
            DateComes(when("contact.birthday"), time(9), is_yearly=True, leap_day=(3, 1)),
            "contact.birthday at 09:00 every year, 29 February on 1 March in other years",
        ),
        (DateComes(when("contact.birthday"), time(9), shift=2 * DAY), "2d after contact.birthday at 09:00"),
        (
            MomentComes("black_friday", time(10), -3 * DAY, "loyal"),
            "3d before black_friday at 10:00 for loyal",
        ),
        (
            FallsQuiet(90 * DAY, frozenset({"page.viewed", "order.paid"})),
            "quiet for 90d since order.paid, page.viewed",
        ),
        (ScoreCrosses("engagement", above=Decimal(80)), "score engagement above 80"),
        (ScoreCrosses("engagement", below=Decimal(-5)), "score engagement below -5"),
        (CellEntered("hot/good"), "grid hot/good"),
        (SegmentEntered("loyal"), "segment loyal"),
    ],
)
def test_an_occasion_is_told_as_it_is_written(occasion: Occasion, words: str) -> None:
    assert in_words.occasion(occasion) == words


@pytest.mark.parametrize(
    "text",
    ["4h", "5 working days", "1 working day", "18:00", "next monday 10:00", "next friday", "tomorrow 08:30"],
)
def test_a_moment_is_told_as_it_was_written(text: str) -> None:
    assert in_words.moment(parse_moment(text)) == text


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (OnDate(date(2027, 3, 6), time(9), -3 * DAY), "2027-03-06 - 3d"),
        (OnDate(date(2027, 3, 6), time(10, 30)), "2027-03-06 10:30"),
    ],
)
def test_a_date_is_told_with_its_distance(moment: Moment, words: str) -> None:
    assert in_words.moment(moment) == words


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait(HERE, moment=Delay(3 * DAY)), "3d"),
        (Wait(HERE, moment=OnWeekday(0, time(10))), "until next monday 10:00"),
        (
            Wait(HERE, events=frozenset({"order.paid", "order.cancelled"}), at_most=Delay(14 * DAY)),
            "until order.cancelled or order.paid, at most 14d",
        ),
        (Wait(HERE, until=when("contact.purchases.count >= 2")), "until contact.purchases.count >= 2"),
    ],
)
def test_a_wait_is_told_with_its_end(wait: Wait, words: str) -> None:
    assert in_words.wait(wait) == words


def test_everything_that_bounds_a_trigger_is_told() -> None:
    rule = trigger(
        "cart",
        "cart.updated",
        once_per="contact",
        wait=Wait(HERE, moment=Delay(4 * DAY / 24)),
        unless_events=frozenset({"order.placed"}),
        unless=when("contact.company"),
        limit=Frequency(1, 7 * DAY),
        group="reminders",
        priority=5,
        arms=(Arm("held_out", Decimal("0.1"), is_held_out=True), Arm("b", Decimal("0.9"))),
        mode=Mode("canary", Decimal("0.125")),
    )

    assert list(in_words.bounds(rule)) == [
        "once per contact",
        "waits 4h",
        "unless order.placed",
        "unless contact.company",
        "at most 1 per 7d",
        "one of the group reminders, priority 5",
        "10% held out",
        "90% in arm b",
        "canary 12.5%",
    ]


def test_a_live_trigger_without_bounds_has_none() -> None:
    assert list(in_words.bounds(trigger("cart", "cart.updated"))) == []
