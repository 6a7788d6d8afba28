"""Sentences of how the engine decides that have no test of their own elsewhere; each test quotes its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.rules import (
    DateComes,
    FallsQuiet,
    Hours,
    MomentComes,
    Occasion,
    SegmentEntered,
    Step,
    Trigger,
)
from connector.mapping.scoring import EveryYear, NamedMoment, Points, Score
from connector.model.action import Kind
from connector.model.contact import Contact, Stated
from connector.model.decision import Answer, Decision
from connector.model.event import Event
from connector.store.encoding import decode
from tests.journey.build import (
    HERE,
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    journey,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    value,
    wait,
    when,
)

BORN = {"birthday": Stated(date(1990, 11, 5), at("00:00", day=1))}
BIRTHDAY = DateComes(value("contact.birthday"), is_yearly=True)
MORNINGS = Hours({day: ((time(9), time(10)),) for day in range(7)})


def answer(decision: Decision) -> Answer:
    return entry(decision, "trigger:rule").answer


def series(**rest: object) -> Trigger:
    """Two mails, the second a day after the first."""
    steps: list[Step] = [mail(), wait("1d"), mail()]
    made = trigger("rule", "page.viewed", steps, kind=Kind.MARKETING)
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def reader(rules: Mapping) -> Story:
    """Somebody who agreed to marketing, and has had the first mail of the series at noon."""
    story = Story(rules)
    story.hears(event("newsletter.confirmed", "08:00"), event("page.viewed", "12:00"))
    return story


def with_defaults(rules: Mapping, **defaults: object) -> Mapping:
    return replace(rules, defaults=replace(rules.defaults, **defaults))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (event("newsletter.unsubscribed", "13:00"), Answer.NO_CONSENT),
        (event("complaint.received", "13:00", complaint={"id": "1"}), Answer.COMPLAINT),
        (order("order.paid", "13:00"), Answer.ENDED),
        (event("email.opened", "13:00"), Answer.ACTED),
    ],
)
def test_before_every_action_it_is_asked_again(happens: Event, expected: Answer) -> None:
    """Before every action `unless`, `if`, and 5, 6, 8 to 11."""
    story = reader(mapping(series(unless=when("contact.purchases.count > 0"))))

    heard = story.hears(happens, now=at("13:00"))
    due = story.wakes(at("12:00", day=3))

    assert {**answers(heard), **answers(due)}["trigger:rule"] is expected
    assert len(due.actions) == (expected is Answer.ACTED)


def test_pressure_that_others_have_used_holds_back_the_second_mail() -> None:
    """Before every action … 10. contact pressure?"""
    rules = mapping(series(), trigger("other", "email.opened", [mail()], kind=Kind.MARKETING))
    story = reader(with_defaults(rules, pressure=limited(2, days=7)))
    story.hears(event("email.opened", "13:00"), now=at("13:00"))

    assert answer(story.wakes(at("12:00", day=3))) is Answer.PRESSURE


def test_when_and_limit_are_not_asked_again_between_two_actions() -> None:
    """Before the first action `when` and `limit` once more on the newest state."""
    story = reader(mapping(series(when=when("contact.points is not defined"), limit=limited(1, days=30))))
    told = event("contact.changed", "13:00", fields={"points": 5})

    assert len(story.hears(told, now=at("13:00")).actions) == 0
    assert len(story.wakes(at("12:00", day=3)).actions) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"hours": MORNINGS}, Answer.WAITS),
        ({"pressure": limited(1, days=7)}, Answer.PRESSURE),
    ],
)
def test_a_run_that_waits_meets_the_defaults_of_the_live_version(
    change: dict[str, object], expected: Answer
) -> None:
    """A waiting instance carries the text of its own trigger … pressure, hours … are the live version's."""
    old = series(text="old")
    story = reader(mapping(old))
    live = with_defaults(mapping(series(text="new", do=(mail(),))), **change)
    story.mapping = replace(live, kept={("rule", "old"): old})

    assert answer(story.wakes(at("12:00", day=3))) is expected


@pytest.mark.parametrize(
    ("occasion", "key"),
    [
        (BIRTHDAY, "date:contact.birthday:2026"),
        (DateComes(value("contact.birthday")), "date:contact.birthday:2026-11-05"),
        (MomentComes("feast"), "moment:feast:2026-11-05"),
        (FallsQuiet(timedelta(days=3), frozenset({"page.viewed"})), "quiet:page.viewed:2026-11-02T12:00:00Z"),
    ],
)
def test_each_occasion_has_the_key_of_its_run(occasion: Occasion, key: str) -> None:
    """for `date … every: year` the year; for a moment its date; for `quiet` the event since
    which it is quiet"""
    feast = NamedMoment("feast", EveryYear(11, 5), frozenset(), "", HERE)
    rules = replace(mapping(trigger("rule", occasions=(occasion,))), calendar={"feast": feast})
    story = Story(rules, Contact("01", at("00:00", day=1)))
    story.hears(event("page.viewed", "12:00", fields={"birthday": date(2026, 11, 5)}))

    story.wakes(at("12:00", day=5))

    assert [one.replace("+00:00", "Z") for one in story.contact.runs["rule"]] == [key]


def test_an_entry_has_the_number_of_times_in_its_key() -> None:
    """for `stage`, `segment`, `score`, `grid` the n-th entry"""
    rules = mapping(
        trigger("rule", occasions=(SegmentEntered("loyal"),)), segments={"loyal": "contact.points > 9"}
    )
    story = Story(rules)
    for clock, points in (("08:00", 0), ("09:00", 10), ("10:00", 0), ("11:00", 10)):
        story.hears(event("contact.changed", clock, fields={"points": points}))

    assert list(story.contact.runs["rule"]) == ["segment:loyal:1", "segment:loyal:2"]


def test_a_birthday_that_is_corrected_to_later_in_the_year_does_not_come_twice() -> None:
    """once a year by its key"""
    story = Story(
        mapping(trigger("rule", occasions=(BIRTHDAY,))), Contact("01", at("00:00", day=1), fields=BORN)
    )
    first = story.wakes(at("09:00", day=5))
    corrected = event("contact.changed", at("10:00", day=5), fields={"birthday": date(1990, 11, 9)})
    story.hears(corrected, now=at("10:00", day=5))

    assert len(first.actions) == 1
    assert story.wakes(at("12:00", day=9)).actions == ()


def test_stages_and_scores_are_never_late() -> None:
    """Stages, scores and enter-actions are never late."""
    visits = Points(frozenset({"product.viewed"}), Decimal(5), None, HERE)
    rules = mapping(journeys=[journey(enter={"think": [step()]})])
    story = Story(replace(rules, scores={"fit": Score("fit", (visits,), None, None, None, HERE)}))

    heard = story.hears(event("product.viewed", datetime.fromisoformat("2009-05-05T12:00Z")))

    assert [one.to_stage for one in heard.moves] == ["think"]
    assert len(heard.actions) == 1
    assert [one.add for one in story.contact.points["fit"]] == [Decimal(5)]


def test_a_wait_of_ten_years_ends_ten_years_later_and_costs_nothing_until_then() -> None:
    """A million waiting timers cost an idle system nothing."""
    story = Story(mapping(trigger("rule", "cart.updated", wait=wait("3660d"))))

    heard = story.hears(cart("cart.updated", "12:00"))
    due = story.wakes(at("12:00") + timedelta(days=3660))

    assert heard.wakes_at == at("12:00") + timedelta(days=3660)
    assert len(due.actions) == 1


def test_after_downtime_the_due_steps_of_a_run_are_one_decision() -> None:
    """the due timers of one run are joined, never fired in a burst"""
    steps: list[Step] = [step(), wait("1h"), step(), wait("1h"), step(), wait("9d"), step()]
    story = Story(mapping(trigger("rule", "cart.updated", steps, wait=wait("1h"), late=timedelta(days=7))))
    story.hears(cart("cart.updated", "12:00"))

    back = story.wakes(at("12:00", day=4))

    assert [one.cause.step for one in back.actions] == [1, 3, 5]
    assert len([one for one in back.trace if one.rule == "trigger:rule"]) == 1
    assert back.wakes_at == at("15:00", day=11)


def test_a_value_is_shown_for_the_first_condition_that_failed_alone() -> None:
    """values only for the first condition that failed … and for what acted or was held back"""
    rules = mapping(trigger("rule", "cart.updated", when=when("cart.total >= 25 and contact.points > 3")))

    said = entry(Story(rules).hears(cart("cart.updated", "12:00", total=Decimal("18.50"))), "trigger:rule")

    assert said.answer is Answer.NO
    assert said.seen["cart.total"] == Decimal("18.50")


OLD_ROW = {
    "id": "01",
    "created_at": "2025-01-01T00:00:00+00:00",
    "fields": {"birthday": {"value": "1990-11-05", "at": "2025-01-01T00:00:00+00:00"}},
    "runs": {"rule": {"event:webshop:1": {"at": "2025-01-01T00:00:00+00:00", "acted": True}}},
    "standings": {"main": {"stage": "think", "since": "2025-01-01T00:00:00+00:00"}},
    "carts": {"webshop:c1": {"closed_by": None}},
    "from_another_release": 1,
}


def test_a_contact_of_an_older_release_goes_on() -> None:
    contact = decode(Contact, OLD_ROW)
    rules = mapping(
        trigger("rule", "cart.updated", occasions=(BIRTHDAY,), wait=wait("1d")), journeys=[journey()]
    )
    story = Story(rules, contact)

    heard = story.hears(cart("cart.updated", "12:00", day_of_week="monday"))
    looks = [story.wakes(at("12:00", day=day)) for day in (3, 5, 6)]

    assert heard.wakes_at == at("12:00", day=3)
    assert [len(look.actions) for look in looks] == [1, 0, 1]


def test_an_older_row_that_is_looked_at_first_by_time_has_no_past() -> None:
    rules = mapping(trigger("rule", occasions=(BIRTHDAY,)))

    looked = wake(rules, decode(Contact, OLD_ROW), at("12:00", day=3))

    assert looked.trace == () or answer(looked) is Answer.LATE
    assert looked.actions == ()
