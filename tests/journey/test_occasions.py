"""What time itself brings: dates, moments of the calendar, quiet, and scores that fade."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.agenda import next_look
from connector.journey.wake import wake
from connector.mapping.expressions import compile_expression
from connector.mapping.mapping import Mapping
from connector.mapping.rules import (
    DateComes,
    FallsQuiet,
    Journey,
    MomentComes,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    Trigger,
)
from connector.mapping.scoring import (
    Axis,
    Cell,
    EveryYear,
    FromEaster,
    Grid,
    NamedMoment,
    Points,
    Score,
    When,
)
from connector.model.contact import Contact, Standing, Stated
from connector.model.decision import Answer, Decision
from connector.model.values import Value
from tests.journey.build import (
    HERE,
    Story,
    answers,
    at,
    event,
    journey,
    mapping,
    move,
    names,
    order,
    step,
    trigger,
    when,
)

DAY = timedelta(days=1)
BIRTHDAY = DateComes(compile_expression("contact.birthday", names(), HERE))


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def listening(*occasions: Occasion, **rest: object) -> Trigger:
    made = trigger("rule", occasions=occasions)
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def somebody(**fields: Value) -> Contact:
    begin = utc(2026, 1, 1)
    return Contact("01", begin, fields={name: Stated(value, begin) for name, value in fields.items()})


def looked(known: Mapping, contact: Contact, *moments: datetime) -> list[Decision]:
    """The decisions of one look after the other."""
    decisions = []
    for now in moments:
        decisions.append(wake(known, contact, now))
        contact = decisions[-1].contact
    return decisions


def acted_at(known: Mapping, contact: Contact, until: datetime) -> list[datetime]:
    """When something is done, if the contact is looked at just when it is to be."""
    moments: list[datetime] = []
    now = contact.created_at
    while (ahead := next_look(known, contact, now)) is not None and ahead <= until:
        assert ahead > now or not moments
        now = max(ahead, now)
        decision = wake(known, contact, now)
        contact = decision.contact
        moments.extend(action.decided_at for action in decision.actions)
    return moments


@pytest.mark.parametrize(
    ("birthday", "days"),
    [
        (date(1990, 5, 12), [utc(2026, 5, 12, 7), utc(2027, 5, 12, 7), utc(2028, 5, 12, 7)]),
        ("--05-12", [utc(2026, 5, 12, 7), utc(2027, 5, 12, 7), utc(2028, 5, 12, 7)]),
        (date(2004, 2, 29), [utc(2026, 2, 28, 8), utc(2027, 2, 28, 8), utc(2028, 2, 29, 8)]),
        ("soon", []),
    ],
)
def test_a_birthday_comes_every_year_at_nine_where_the_company_is(
    birthday: Value, days: list[datetime]
) -> None:
    known = mapping(listening(replace(BIRTHDAY, is_yearly=True)))

    assert acted_at(known, somebody(birthday=birthday), utc(2029, 1, 1)) == days


def test_a_birthday_comes_by_the_clocks_of_the_contact_where_these_are_known() -> None:
    known = mapping(listening(replace(BIRTHDAY, is_yearly=True)))
    contact = somebody(birthday=date(1990, 5, 12), time_zone="America/New_York")

    assert acted_at(known, contact, utc(2027, 1, 1)) == [utc(2026, 5, 12, 13)]


@pytest.mark.parametrize(
    ("shift", "comes_at"),
    [
        (-3 * DAY, utc(2026, 3, 28, 8)),
        (timedelta(hours=-2), utc(2026, 3, 31, 5)),
        (2 * DAY, utc(2026, 4, 2, 7)),
        (-DAY - timedelta(hours=1), utc(2026, 3, 30, 6)),
    ],
)
def test_whole_days_before_a_date_are_counted_on_the_calendar(shift: timedelta, comes_at: datetime) -> None:
    known = mapping(listening(replace(BIRTHDAY, shift=shift)))

    assert acted_at(known, somebody(birthday=date(2026, 3, 31)), utc(2027, 1, 1)) == [comes_at]


def test_a_date_that_is_put_off_comes_again() -> None:
    known = mapping(listening(BIRTHDAY))
    (first,) = looked(known, somebody(birthday=date(2026, 5, 12)), utc(2026, 5, 12, 8))

    later = replace(first.contact, fields={"birthday": Stated(date(2026, 5, 20), utc(2026, 5, 13))})

    assert len(first.actions) == 1
    assert [len(one.actions) for one in looked(known, later, utc(2026, 5, 20, 8))] == [1]


def test_after_downtime_an_occasion_that_is_too_late_does_nothing() -> None:
    known = mapping(listening(replace(BIRTHDAY, is_yearly=True), late=DAY))

    late, again = looked(known, somebody(birthday=date(1990, 5, 12)), utc(2026, 5, 14), utc(2026, 5, 14, 1))

    assert answers(late) == {"trigger:rule": Answer.LATE}
    assert (late.actions, again.trace) == ((), ())


def test_an_event_between_a_date_and_the_look_at_it_does_not_hide_it() -> None:
    known = mapping(listening(replace(BIRTHDAY, is_yearly=True)))
    story = Story(known, somebody(birthday=date(1990, 5, 12)))

    decision = story.hears(event("page.viewed", utc(2026, 5, 12, 7, 5)), now=utc(2026, 5, 12, 7, 5))

    assert decision.wakes_at == utc(2026, 5, 12, 7)


def calendar(rule: Trigger, moment: When | None, countries: Table[str, None] | None = None) -> Mapping:
    named = NamedMoment("feast", moment, frozenset(countries or ()), "", HERE)
    known = mapping(rule, segments={"loyal": "contact.points >= 3"})
    return replace(known, calendar={"feast": named})


def test_a_moment_of_the_calendar_comes_to_everybody_once_for_each_of_its_days() -> None:
    known = calendar(listening(MomentComes("feast", time(10), shift=-DAY)), EveryYear(12, 5))

    assert acted_at(known, somebody(), utc(2028, 1, 1)) == [utc(2026, 12, 4, 9), utc(2027, 12, 4, 9)]


def test_a_moment_by_easter_follows_it() -> None:
    known = calendar(listening(MomentComes("feast")), FromEaster(-49))

    assert acted_at(known, somebody(), utc(2028, 1, 1)) == [utc(2026, 2, 15, 8), utc(2027, 2, 7, 8)]


@pytest.mark.parametrize(("country", "times"), [("BE", 1), ("be", 1), ("DE", 0), (None, 0)])
def test_a_moment_of_some_countries_comes_to_who_lives_there(country: str | None, times: int) -> None:
    known = calendar(listening(MomentComes("feast")), EveryYear(12, 5), dict.fromkeys(["NL", "BE"]))

    assert len(acted_at(known, somebody(country=country), utc(2027, 1, 1))) == times


@pytest.mark.parametrize(("points", "times"), [(5, 1), (1, 0), (None, 0)])
def test_a_moment_for_a_segment_comes_to_who_is_in_it_then(points: int | None, times: int) -> None:
    known = calendar(listening(MomentComes("feast", segment="loyal")), EveryYear(12, 5))

    assert len(acted_at(known, somebody(points=points), utc(2027, 1, 1))) == times


def test_a_moment_that_is_fired_by_hand_comes_once() -> None:
    known = calendar(listening(MomentComes("feast")), None)
    fired = {"feast": at("12:00")}

    first = wake(known, somebody(), at("12:01"), fired)
    second = wake(known, first.contact, at("12:05"), fired)

    assert [len(one.actions) for one in (first, second)] == [1, 0]
    assert first.actions[0].cause.event == "moment"


def test_who_did_not_get_a_moment_that_was_fired_does_not_get_it_later() -> None:
    moment = listening(MomentComes("feast"), when=when("contact.points > 3"), late=9 * DAY)
    fired = {"feast": at("12:00")}
    contact = wake(calendar(moment, None), somebody(points=1), at("12:01"), fired).contact

    told = replace(contact, fields={"points": Stated(5, at("13:00"))})
    later = wake(calendar(moment, None), told, at("14:00"), fired)
    again = wake(calendar(moment, None), told, at("15:00"), {"feast": at("14:30")})

    assert (later.actions, later.trace, len(again.actions)) == ((), (), 1)


def test_quiet_begins_with_an_event_and_comes_once_for_each() -> None:
    known = mapping(listening(FallsQuiet(90 * DAY, frozenset({"order.paid", "page.viewed"}))))
    story = Story(known, somebody())
    story.hears(event("page.viewed", utc(2026, 2, 1)), now=utc(2026, 2, 1))
    story.hears(order("order.paid", utc(2026, 3, 1)), now=utc(2026, 3, 1))

    assert story.decisions[-1].wakes_at == utc(2026, 5, 30)
    assert acted_at(known, replace(story.contact, looked_at=utc(2026, 3, 1)), utc(2027, 1, 1)) == [
        utc(2026, 5, 30)
    ]


def test_where_nothing_ever_happened_nobody_falls_quiet() -> None:
    known = mapping(listening(FallsQuiet(90 * DAY, frozenset({"order.paid"}))))

    assert acted_at(known, somebody(), utc(2030, 1, 1)) == []


QUIET = replace(move((), "think", from_stage="care"), quiet=365 * DAY, since=frozenset({"order.paid"}))


def journeys(quiet_move: object = QUIET) -> Journey:
    made = journey(enter={"think": [step()]})
    return replace(made, moves=(*made.moves, quiet_move))  # type: ignore[arg-type]  # a move


def test_a_move_by_quiet_is_made_with_what_entering_its_stage_does() -> None:
    known = mapping(trigger("rule", on_stages=[("main", "think")]), journeys=[journeys()])
    story = Story(known, somebody())
    story.hears(order("order.paid", utc(2026, 3, 1)), now=utc(2026, 3, 1))

    (early, decision, again) = looked(
        known, story.contact, utc(2026, 12, 1), utc(2027, 3, 1), utc(2027, 3, 2)
    )

    assert story.decisions[-1].wakes_at == utc(2027, 3, 1)
    assert early.moves == ()
    assert decision.contact.standings["main"].stage == "think"
    assert answers(decision)["move:main:5"] is Answer.MOVED
    assert [one.cause.rule for one in decision.actions] == ["enter:main.think", "trigger:rule"]
    assert (again.moves, again.actions) == ((), ())


def test_a_move_by_quiet_that_nobody_looked_at_is_made_at_its_own_time() -> None:
    known = mapping(journeys=[journeys()])
    story = Story(known, somebody())
    story.hears(order("order.paid", utc(2025, 3, 1)), now=utc(2026, 6, 1))

    (decision,) = looked(known, story.contact, utc(2026, 6, 2))

    assert story.decisions[-1].wakes_at == utc(2026, 6, 1)
    assert decision.contact.standings["main"].since == utc(2026, 3, 1)


def test_a_stage_is_not_left_for_quiet_before_the_contact_has_been_there_so_long() -> None:
    known = mapping(journeys=[journeys(replace(QUIET, begins_cycle=True))])
    late = replace(
        somebody(),
        standings={"main": Standing("care", utc(2026, 5, 1))},
        last={"order.paid": utc(2024, 1, 1)},
    )

    early, due = looked(known, late, utc(2027, 4, 30), utc(2027, 5, 1))

    assert early.moves == ()
    assert (due.contact.standings["main"].stage, due.contact.standings["main"].cycle) == ("think", 2)


WARMTH = Score(
    "warmth", (Points(frozenset({"email.opened"}), Decimal(80), None, HERE),), 10 * DAY, None, None, HERE
)


def test_a_score_that_fades_below_a_bound_starts_its_trigger_then() -> None:
    known = replace(mapping(listening(ScoreCrosses("warmth", below=Decimal(40)))), scores={"warmth": WARMTH})
    story = Story(known)
    wakes_at = story.hears(event("email.opened", "12:00")).wakes_at

    assert wakes_at is not None
    assert abs(wakes_at - at("12:00", day=12)) < timedelta(hours=1)
    first, second = looked(known, story.contact, wakes_at, wakes_at + DAY)
    assert [action.cause.event for action in first.actions] == ["score"]
    assert second.actions == ()


def test_who_enters_a_cell_gets_what_it_does_and_its_triggers_follow() -> None:
    axes = (Axis("warmth", (("low", Decimal(0)), ("hot", Decimal(30)))), Axis("fit", (("poor", Decimal(0)),)))
    grid = Grid(axes, {"hot/poor": Cell("hot/poor", "call", (step(title="{{ contact.email }}"),), HERE)})
    scores = {"warmth": WARMTH, "fit": Score("fit", (), None, None, None, HERE)}
    story = Story(replace(mapping(), scores=scores, grid=grid))

    first, second = (story.hears(event("email.opened", clock)) for clock in ("10:00", "11:00"))

    assert [action.cause.rule for action in first.actions] == ["grid:hot/poor"]
    assert answers(first) == {"score:warmth:1": Answer.SCORED, "grid:hot/poor": Answer.ACTED}
    assert second.actions == ()


def test_who_comes_to_belong_to_a_segment_starts_its_trigger_each_time() -> None:
    known = mapping(listening(SegmentEntered("loyal")), segments={"loyal": "contact.points >= 3"})
    story = Story(known)

    for minute, points in enumerate([1, 5, 6, 2, 3]):
        story.hears(event("contact.changed", f"10:0{minute}", fields={"points": Decimal(points)}))

    assert [len(one.actions) for one in story.decisions] == [0, 1, 0, 0, 1]
    assert sorted(story.contact.runs["rule"]) == ["segment:loyal:1", "segment:loyal:2"]


EVERYTHING = replace(
    calendar(
        listening(
            replace(BIRTHDAY, is_yearly=True),
            MomentComes("feast", segment="loyal"),
            FallsQuiet(20 * DAY, frozenset({"email.opened"})),
            ScoreCrosses("warmth", below=Decimal(20)),
            SegmentEntered("loyal"),
            when=when("contact.counters.page_viewed < 3"),
        ),
        EveryYear(12, 5),
    ),
    scores={"warmth": WARMTH},
    journeys={"main": journeys(replace(QUIET, quiet=15 * DAY))},
)
HAPPENINGS = st.sampled_from(["email.opened", "page.viewed", "order.paid", "contact.changed", "look"])


@given(steps=st.lists(st.tuples(HAPPENINGS, st.integers(0, 30 * 24)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_time_never_asks_to_be_looked_at_before_now_once_it_was(steps: list[tuple[str, int]]) -> None:
    story, now = Story(EVERYTHING, somebody(birthday="--03-01")), utc(2026, 1, 1)

    for number, (name, hours) in enumerate(steps):
        now += timedelta(hours=hours)
        if name != "look":
            said = {"birthday": f"--0{1 + number % 9}-10", "points": Decimal(number % 5)}
            one = order(name, now, str(number)) if name == "order.paid" else event(name, now, fields=said)
            story.hears(replace(one, key=str(number)), now=now)
        first = wake(EVERYTHING, story.contact, now)
        second = wake(EVERYTHING, first.contact, now)
        assert first.wakes_at is None or first.wakes_at > now
        assert (second.contact, second.actions, second.moves) == (first.contact, (), ())
        story.contact = first.contact
