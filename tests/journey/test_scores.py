"""Scores: what counts, how often, for how long; and when time alone changes what a score means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.course import Course
from connector.journey.earning import Earned, earn
from connector.journey.ledger_of_points import KEPT, period_of
from connector.journey.scores import cell_of
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.mapping.scoring import Axis, Grid, Points, Score
from connector.mapping.terms import Frequency
from connector.model.contact import Contact, Point, Stated
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import HERE, NOON, at, event, mapping, when

DAY = timedelta(days=1)
NOBODY = Contact("01", at("00:00", day=1))


def points(on: str | Sequence[str] = "email.opened", add: int = 5, **rest: object) -> Points:
    events = frozenset([on] if isinstance(on, str) else on)
    return replace(Points(events, Decimal(add), None, HERE), **rest)  # type: ignore[arg-type]  # checked by replace


def score(*rules: Points, name: str = "warmth", half_life: int | None = None, **bounds: int) -> Score:
    fades = timedelta(days=half_life) if half_life else None
    low, high = (Decimal(bounds[one]) if one in bounds else None for one in ("lowest", "highest"))
    return Score(name, rules, fades, low, high, HERE)


def rules(*scores: Score) -> Mapping:
    return replace(mapping(), scores={one.name: one for one in scores})


def heard(known: Mapping, events: Sequence[Event], now: datetime = NOON) -> Earned:
    earned = Earned(NOBODY)
    for one in events:
        earned = earn(View(known, earned.contact, one, now))
    return earned


def opened(clock: str | datetime, number: int = 0) -> Event:
    return event("email.opened", clock, key=f"{clock}#{number}")


def shown(known: Mapping, contact: Contact, now: datetime = NOON) -> Decimal | None:
    view = View(known, contact, opened(now), now)
    return view.person.scores["warmth"]


def test_events_give_and_take_points() -> None:
    known = rules(score(points(), points("newsletter.unsubscribed", -25)))

    earned = heard(known, [opened("10:00"), opened("10:05"), event("newsletter.unsubscribed", "10:10")])

    assert shown(known, earned.contact) == -15
    assert [(one.rule, one.answer) for one in earned.trace] == [("score:warmth:2", Answer.SCORED)]


def test_points_whose_condition_says_no_are_not_given() -> None:
    known = rules(score(points("page.viewed", when=when("page.path == '/prices'"))))

    earned = heard(known, [event("page.viewed", page={"path": "/about"})])

    assert earned.contact.points == {}
    assert [one.answer for one in earned.trace] == [Answer.NO]


def test_points_of_an_event_are_given_once() -> None:
    known = rules(score(points()))

    earned = heard(known, [opened("10:00"), opened("10:00")])

    assert shown(known, earned.contact) == 5


def test_points_for_what_the_contact_is_follow_from_it_and_are_not_written_down() -> None:
    known = rules(score(points((), 20, when=when("contact.company")), half_life=1))
    stated = heard(known, [opened("10:00")]).contact

    there = View(known, stated, opened("10:00"), NOON + 30 * DAY).of(with_field(stated, "company", "Acme"))

    assert shown(known, stated) == 0
    assert there.person.scores["warmth"] == 20
    assert stated.points == {}


def with_field(contact: Contact, name: str, value: str) -> Contact:
    return replace(contact, fields={name: Stated(value, NOON)})


def test_of_many_in_one_period_only_so_many_count() -> None:
    known = rules(score(points(at_most=Frequency(2, DAY))))

    earned = heard(known, [opened(f"10:0{minute}") for minute in range(5)])

    assert shown(known, earned.contact) == 10
    assert earned.trace[-1].answer is Answer.LIMIT


def test_a_day_is_one_of_the_clocks_of_the_company() -> None:
    known = rules(score(points(at_most=Frequency(1, DAY))))

    over_midnight = [opened("22:59"), opened("23:01")]

    assert shown(known, heard(known, over_midnight, at("23:30")).contact) == 10


@pytest.mark.parametrize(
    ("per", "one", "other", "is_same"),
    [
        (7 * DAY, at("10:00", day=2), at("10:00", day=8), True),
        (7 * DAY, at("10:00", day=8), at("10:00", day=9), False),
        (timedelta(hours=1), at("10:59"), at("11:00"), False),
        (timedelta(hours=1), at("10:00"), at("10:59"), True),
    ],
)
def test_weeks_begin_on_monday_and_hours_on_the_hour(
    per: timedelta, one: datetime, other: datetime, is_same: bool
) -> None:
    zone = ZoneInfo("Europe/Amsterdam")

    assert (period_of(one, per, zone) == period_of(other, per, zone)) is is_same


def test_what_counts_once_counts_from_the_first_time() -> None:
    known = rules(score(points(once=True), half_life=1))

    earned = heard(known, [opened("12:00"), opened(at("12:00", day=1))])

    assert shown(known, earned.contact) == Decimal("2.50")


def test_points_expire_and_their_entries_are_dropped() -> None:
    known = rules(score(points(expires=7 * DAY)))
    contact = heard(known, [opened("12:00")]).contact

    later = earn(View(known, contact, opened(NOON + 8 * DAY), NOON + 8 * DAY)).contact

    assert shown(known, contact, NOON + 7 * DAY - timedelta(seconds=1)) == 5
    assert shown(known, contact, NOON + 7 * DAY) == 0
    assert [one.at for one in later.points["warmth"]] == [NOON + 8 * DAY]


def test_a_score_is_shown_within_its_bounds_and_kept_beyond_them() -> None:
    known = rules(score(points(add=60), points("order.paid", -30), lowest=-100, highest=100))
    twice = heard(known, [opened("10:00"), opened("10:01")])

    less = earn(View(known, twice.contact, event("order.paid", "10:02"), NOON))

    assert shown(known, twice.contact) == 100
    assert shown(known, less.contact) == 90


def test_a_score_that_asks_for_itself_cannot_be_told_there() -> None:
    asking = points((), 20, when=when("contact.interests.x == 0 and contact.segments.loyal"))
    known = replace(rules(score(asking)), segments={"loyal": when("contact.segments.loyal")})

    assert shown(known, NOBODY) == 0


RULES = rules(
    score(
        points(add=3, at_most=Frequency(2, DAY)),
        points("email.clicked", 7, expires=40 * DAY),
        points("page.viewed", 1),
        points("form.submitted", 20, once=True),
        points("newsletter.unsubscribed", -9, at_most=Frequency(1, 7 * DAY), expires=3 * DAY),
        half_life=30,
    )
)
LISTENED = ["email.opened", "email.clicked", "page.viewed", "form.submitted", "newsletter.unsubscribed"]


@st.composite
def scoring(draw: st.DrawFn) -> Event:
    minutes = draw(st.integers(0, 20 * 24 * 60))
    name = draw(st.sampled_from(LISTENED))
    return event(name, at("00:00", day=1) + timedelta(minutes=minutes))


@given(events=st.lists(scoring(), max_size=60), data=st.data())
@settings(max_examples=120, deadline=None)
def test_any_order_of_arrival_with_duplicates_gives_the_same_ledger(
    events: list[Event], data: st.DataObject
) -> None:
    again = data.draw(st.permutations(events))

    one, other = (
        heard(RULES, events, at("00:00", day=25)),
        heard(RULES, [*again, *events[:5]], at("00:00", day=25)),
    )

    once, twice = (sorted(one.contact.points.get("warmth", ()), key=repr) for one in (one, other))
    assert once == twice


def test_many_entries_are_joined_and_are_worth_as_much() -> None:
    known = rules(score(points("page.viewed", 1), half_life=30))
    views = [event("page.viewed", at("00:00", day=1) + timedelta(minutes=one)) for one in range(200)]

    contact = heard(known, views).contact
    backward = heard(known, views[::-1]).contact

    exactly = sum(2.0 ** (-(NOON - one.occurred_at) / (30 * DAY)) for one in views)
    assert len(contact.points["warmth"]) == KEPT + 1
    assert shown(known, contact) == shown(known, backward) == round(Decimal(exactly), 2)


def test_what_expires_is_joined_in_parts_that_expire_one_after_the_other() -> None:
    known = rules(score(points("page.viewed", 1, expires=32 * DAY)))
    views = [event("page.viewed", at("00:00", day=1) + timedelta(hours=one)) for one in range(400)]

    contact = heard(known, views, at("00:00", day=20)).contact

    entries = contact.points["warmth"]
    assert len(entries) <= KEPT + 33
    assert shown(known, contact, at("00:00", day=20)) == 400
    assert 340 <= (shown(known, contact, at("00:00", day=3) + 32 * DAY) or 0) <= 352


LEDGERS = st.lists(
    st.builds(
        Point,
        st.integers(1, 3),
        st.integers(-40, 60).map(Decimal),
        st.integers(-90 * 24, 24).map(lambda hours: NOON + timedelta(hours=hours)),
        st.just("e"),
    ),
    max_size=8,
)
FADING = score(points(), points(expires=30 * DAY), points(expires=60 * DAY), half_life=10)


@given(entries=LEDGERS, bound=st.integers(-60, 100).map(Decimal))
@settings(max_examples=200, deadline=None)
def test_the_moment_of_a_change_is_told_to_the_second(entries: list[Point], bound: Decimal) -> None:
    course = Course(FADING, entries, Decimal(2))

    def meaning(value: Decimal) -> bool:
        return value > bound

    changes_at = course.changes_at(meaning, NOON)

    was = meaning(course.at(NOON))
    before = max((changes_at or NOON + 400 * DAY) - timedelta(seconds=1), NOON)
    looks = [NOON + (before - NOON) * part / 50 for part in range(51)]
    assert all(meaning(course.at(one)) == was for one in looks)
    assert changes_at is None or meaning(course.at(changes_at)) != was


def test_a_score_that_does_not_fade_stays_what_it_is() -> None:
    still = Course(score(points()), [Point(1, Decimal(50), NOON, "e")])

    assert still.changes_at(lambda value: value > 40, NOON) is None


def test_a_fading_score_falls_below_a_bound_when_half_is_gone() -> None:
    fading = Course(score(points(), half_life=10), [Point(1, Decimal(80), NOON, "e")])

    changes_at = fading.changes_at(lambda value: value < 40, NOON)

    assert changes_at is not None
    assert timedelta(0) < changes_at - (NOON + 10 * DAY) < timedelta(hours=1)


GRID = Grid(
    (
        Axis("warmth", (("low", Decimal(0)), ("hot", Decimal(10)))),
        Axis("fit", (("poor", Decimal(0)), ("good", Decimal(20)))),
    ),
    {},
)


@pytest.mark.parametrize(("opens", "company", "cell"), [(0, "", "low/poor"), (2, "Acme", "hot/good")])
def test_the_grid_puts_two_scores_side_by_side(opens: int, company: str, cell: str) -> None:
    fit = score(points((), 20, when=when("contact.company")), name="fit")
    known = replace(rules(score(points()), fit), grid=GRID)
    contact = heard(known, [opened(f"10:0{one}") for one in range(opens)]).contact

    person = View(known, with_field(contact, "company", company), opened("11:00"), NOON).person

    assert person["grid"] == cell


def test_below_the_lowest_bound_the_first_level_holds_too() -> None:
    known = replace(rules(score(points(add=-5)), score(name="fit")), grid=GRID)

    view = View(known, heard(known, [opened("10:00")]).contact, opened("11:00"), NOON)

    assert cell_of(GRID, view.person.scores) == "low/poor"


@pytest.mark.parametrize(("watched", "cell"), [("hot/good", ""), ("low/good", ""), ("low/poor", "low/poor")])
def test_of_the_cells_that_nobody_watches_none_is_told_from_the_other(watched: str, cell: str) -> None:
    known = replace(rules(score(points()), score(name="fit")), grid=GRID)
    scores = View(known, heard(known, []).contact, opened("11:00"), NOON).person.scores

    assert cell_of(GRID, scores, [{level} for level in watched.split("/")]) == cell
