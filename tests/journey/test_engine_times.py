"""Dates, moments and clocks, from what an administrator writes to when it comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Stated
from connector.model.decision import Answer
from connector.model.values import Value
from tests.journey.build import Story, answers, event
from tests.mapping.folders import SOUND, check

DAY = timedelta(days=1)
JANUARY = datetime(2026, 1, 1, 12, tzinfo=UTC)

RULE = """\
trigger: rule
about: What is tried
on: {on}
{more}
do: [{do}]
"""
TASK = "{hubspot.create_task: {title: Call}}"
MAIL = "{mailchimp.start_journey: {journey: 1, step: 2}}"


def read(folder: Path, on: str, more: str = "", do: str = TASK, calendar: str = "") -> Mapping:
    """A mapping whose rule listens to this; the company is in Amsterdam, and works as the Dutch do."""
    defaults = "defaults: {time_zone: Europe/Amsterdam, working_days: {days: mon-fri, holidays: NL}}\n"
    files = {"rule.yaml": RULE.format(on=on, more=more, do=do), "defaults.yaml": defaults}
    files |= {"calendar.yaml": f"calendar:\n  feast: {calendar}\n"} if calendar else {}
    known, problems = check(folder, {**SOUND, **files})
    assert known is not None, [str(one) for one in problems]
    return known


def somebody(known: Mapping, **fields: Value) -> Story:
    stated = {name: Stated(one, JANUARY) for name, one in fields.items()}
    return Story(known, Contact("01", JANUARY, fields=stated, looked_at=JANUARY))


def comes_at(story: Story, times: int = 1) -> list[datetime]:
    """When the rule acts, for so many times, if time is looked at whenever it asks for that."""
    story.hears(event("email.sent", JANUARY), now=JANUARY)
    found: list[datetime] = []
    while len(found) < times and (at := story.decisions[-1].wakes_at):
        found.extend(one.decided_at for one in story.wakes(at).actions)
    return found


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]  # the numbers of a moment


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        (None, [utc(2026, 5, 12, 8, 30), utc(2027, 5, 12, 8, 30)]),
        ("America/New_York", [utc(2026, 5, 12, 14, 30), utc(2027, 5, 12, 14, 30)]),
        ("Asia/Kathmandu", [utc(2026, 5, 12, 4, 45), utc(2027, 5, 12, 4, 45)]),
        ("Nowhere/Else", [utc(2026, 5, 12, 8, 30), utc(2027, 5, 12, 8, 30)]),
    ],
)
def test_a_birthday_is_a_day_on_the_contacts_own_clocks(
    tmp_path: Path, zone: str | None, moments: list[datetime]
) -> None:
    """A birthday is a date: it fires in the contact's zone where known, else the mapping's, at the local time
    given; once a year by its key."""
    known = read(tmp_path, '{date: contact.birthday, at: "10:30", every: year}')
    zoned = {"time_zone": zone} if zone else {}

    assert comes_at(somebody(known, birthday=date(1990, 5, 12), **zoned), times=2) == moments


@pytest.mark.parametrize(
    ("calendar", "moments"),
    [
        ("{rule: 4th friday of november}", [utc(2026, 11, 27, 8), utc(2027, 11, 26, 8)]),
        ("{rule: easter - 2d}", [utc(2026, 4, 3, 7), utc(2027, 3, 26, 8)]),
        ("{rule: 12-05}", [utc(2026, 12, 5, 8), utc(2027, 12, 5, 8)]),
        ('{dates: ["2026-03-06", "2026-03-07"]}', [utc(2026, 3, 6, 8), utc(2026, 3, 7, 8)]),
        ("{holiday: Koningsdag}", [utc(2026, 4, 27, 7), utc(2027, 4, 27, 7)]),
        ("{about: When there is reason to}", []),
    ],
)
def test_a_moment_comes_by_what_is_written_of_it(
    tmp_path: Path, calendar: str, moments: list[datetime]
) -> None:
    """Moments are fixed dates, rules (`4th friday of november`, `easter - 2d`), public holidays per country,
    dated lists, and now"""
    story = somebody(read(tmp_path, "{moment: feast}", calendar=calendar), country="NL")

    assert comes_at(story, times=2) == moments


@pytest.mark.parametrize(("agreed", "answer"), [(False, Answer.NO_CONSENT), (True, Answer.ACTED)])
def test_a_moment_that_is_fired_asks_for_consent(tmp_path: Path, agreed: bool, answer: Answer) -> None:
    """`loods moment fire NAME`, for what happens in the world today, with forecast, consent and fuse"""
    known = read(tmp_path, "{moment: feast}", do=MAIL, calendar="{about: When there is reason to}")
    story = somebody(known)
    if agreed:
        story.hears(event("newsletter.confirmed", JANUARY), now=JANUARY)

    fired = wake(known, story.contact, JANUARY + DAY, {"feast": JANUARY + DAY})

    assert answers(fired)["trigger:rule"] is answer


@pytest.mark.parametrize(
    ("begun", "over"),
    [
        (utc(2026, 4, 23, 9), utc(2026, 4, 28, 9)),
        (utc(2026, 11, 6, 9), utc(2026, 11, 10, 9)),
        (utc(2026, 11, 7, 9), utc(2026, 11, 10, 9)),
        (utc(2026, 12, 23, 9), utc(2026, 12, 28, 9)),
    ],
)
def test_working_days_go_over_weekends_and_holidays(tmp_path: Path, begun: datetime, over: datetime) -> None:
    """Working days skip weekends and the holidays of the country that the company names."""
    story = somebody(read(tmp_path, "page.viewed", "wait: 2 working days"))

    waits = story.hears(event("page.viewed", begun), now=begun)

    assert waits.wakes_at == over


@pytest.mark.parametrize(
    ("wait", "begun", "over"),
    [
        ("24h", utc(2026, 3, 28, 17), utc(2026, 3, 29, 17)),
        ("24h", utc(2026, 10, 24, 17), utc(2026, 10, 25, 17)),
        ("1d", utc(2026, 10, 24, 17), utc(2026, 10, 25, 17)),
        ("1 working day", utc(2026, 3, 27, 17), utc(2026, 3, 30, 16)),
    ],
)
def test_a_length_is_as_long_when_clocks_change(
    tmp_path: Path, wait: str, begun: datetime, over: datetime
) -> None:
    """Arithmetic is in UTC, where a day is 24 hours"""
    story = somebody(read(tmp_path, "page.viewed", f"wait: {wait}"))

    assert story.hears(event("page.viewed", begun), now=begun).wakes_at == over


@pytest.mark.parametrize(
    ("begun", "over"),
    [
        (utc(2026, 3, 28, 17), utc(2026, 3, 29, 7)),
        (utc(2026, 10, 24, 17), utc(2026, 10, 25, 8)),
        (utc(2026, 11, 2, 17), utc(2026, 11, 3, 8)),
    ],
)
def test_tomorrow_at_nine_is_nine_on_the_clocks_of_that_day(
    tmp_path: Path, begun: datetime, over: datetime
) -> None:
    """ "tomorrow 09:00" is recomputed from the local rule"""
    story = somebody(read(tmp_path, "page.viewed", "wait: tomorrow 09:00"))

    assert story.hears(event("page.viewed", begun), now=begun).wakes_at == over


@pytest.mark.parametrize(
    ("wait", "begun", "over"),
    [
        ("02:30", utc(2026, 3, 28, 17), utc(2026, 3, 29, 1)),
        ("tomorrow 02:30", utc(2026, 3, 28, 17), utc(2026, 3, 29, 1)),
        ("02:30", utc(2026, 10, 24, 17), utc(2026, 10, 25, 0, 30)),
        ("next sunday 02:30", utc(2026, 10, 24, 17), utc(2026, 10, 25, 0, 30)),
    ],
)
def test_an_hour_that_is_none_or_comes_twice_is_the_first_instant(
    tmp_path: Path, wait: str, begun: datetime, over: datetime
) -> None:
    """a gap takes the first valid instant, a fold the first"""
    written = f'wait: "{wait}"'
    story = somebody(read(tmp_path, "page.viewed", written))

    assert story.hears(event("page.viewed", begun), now=begun).wakes_at == over


@pytest.mark.parametrize(("down_for", "answer"), [(DAY, Answer.ACTED), (3 * DAY, Answer.LATE)])
def test_after_downtime_what_is_too_late_is_let_go(
    tmp_path: Path, down_for: timedelta, answer: Answer
) -> None:
    """After downtime `late` decides"""
    story = somebody(read(tmp_path, "page.viewed", "wait: 4h\nlate: 2d"))
    begun = JANUARY + DAY
    story.hears(event("page.viewed", begun), now=begun)

    back = story.wakes(begun + timedelta(hours=4) + down_for)

    assert (answers(back)["trigger:rule"], back.wakes_at) == (answer, None)
