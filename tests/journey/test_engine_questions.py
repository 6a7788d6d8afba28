"""The questions that a run is asked: which there are, in which order, and under which key a run is one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final

import pytest

from connector.journey.arms import draw
from connector.mapping.mapping import Mapping
from connector.mapping.rules import (
    Arm,
    CellEntered,
    DateComes,
    FallsQuiet,
    Hours,
    Mode,
    Occasion,
    ScoreCrosses,
    SegmentEntered,
    StageEntered,
    Trigger,
)
from connector.mapping.scoring import Axis, Grid, Points, Score
from connector.mapping.terms import Frequency
from connector.model.action import Kind
from connector.model.contact import Contact, Run
from connector.model.decision import Answer, Decision
from connector.model.event import Event
from tests.journey.build import (
    HERE,
    NOON,
    Story,
    answers,
    at,
    cart,
    event,
    journey,
    mail,
    mapping,
    move,
    order,
    step,
    trigger,
    value,
    wait,
    when,
)

MORNINGS = Hours({day: ((time(9), time(10)),) for day in range(7)})
HELD_OUT = (Arm("held_out", Decimal(1), is_held_out=True),)
WEEK = timedelta(days=7)
CONFIRMED = event("newsletter.confirmed", "08:00")

ANSWERS: Final = (
    Answer.NO,
    Answer.ENTERED_BEFORE,
    Answer.LIMIT,
    Answer.LATE,
    Answer.STOPPED,
    Answer.COMPLAINT,
    Answer.NO_CONSENT,
    Answer.NOTHING_LEFT,
    Answer.OUTRANKED,
    Answer.PRESSURE,
    Answer.WAITS,
    Answer.HELD_OUT,
    Answer.ACTED,
)
"""What a trigger says for which everything is wrong, and then one thing less each time."""


def obstructed(wrong: frozenset[Answer]) -> Decision:
    """A cart of somebody for whom these things are wrong."""
    rules: dict[Answer, dict[str, object]] = {
        Answer.NO: {"when": when("cart.total >= 25")},
        Answer.LIMIT: {"limit": Frequency(1, WEEK)},
        Answer.STOPPED: {"mode": Mode("paused")},
        Answer.NOTHING_LEFT: {"suggest": value("cart.items")},
        Answer.OUTRANKED: {"group": "one"},
        Answer.PRESSURE: {"pressure": Frequency(1, WEEK)},
        Answer.WAITS: {"hours": MORNINGS},
        Answer.HELD_OUT: {"arms": HELD_OUT},
    }
    wanted = {key: said for answer in wrong for key, said in rules.get(answer, {}).items()}
    rule = trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)
    rival = trigger("rival", "page.viewed", wait=wait("9d"), group="one", priority=5)
    story = Story(mapping(replace(rule, **wanted), rival))  # type: ignore[arg-type]  # the fields are by name
    agreed = [] if Answer.NO_CONSENT in wrong else [CONFIRMED]
    complained = [event("complaint.received", "09:00")] if Answer.COMPLAINT in wrong else []
    story.hears(*agreed, *complained, event("page.viewed", "11:00"))
    before = {"cart:webshop:c1": Run(NOON, acted=False)} if Answer.ENTERED_BEFORE in wrong else {}
    acted = {"cart:webshop:c0": Run(NOON, acted=True, acted_at=NOON)}
    runs = {**story.contact.runs, "rule": {**before, **acted}}
    story.contact = replace(story.contact, runs=runs, touched=(NOON,), owned=("S",))
    happened = NOON - timedelta(days=2) if Answer.LATE in wrong else NOON
    return story.hears(cart("cart.updated", happened, total=Decimal(10), items=[{"sku": "S"}]))


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_the_first_question_that_says_no_is_the_answer(number: int) -> None:
    """1. Does the event, date, score, stage, segment or quiet period match? 2. Does `when` hold? 3. Was it
    entered before, or is its `limit` used up? 4. Is it too late? 5. Is it stopped (everything, the trigger)
    or held by an open complaint (marketing only; at most 30 days)? 6. Is there consent, and is the contact
    not erased? 8. Is anything left of the products that it may `suggest`, less those that are owned? 9.
    Does another trigger of its `group` go first? 10. Is there too much contact pressure? 11. Do its `hours`
    allow it now, or when do they next?"""
    decision = obstructed(frozenset(ANSWERS[number:-1]))

    assert answers(decision)["trigger:rule"] is ANSWERS[number]


def listening(occasion: Occasion | None) -> Mapping:
    """A mapping of which a trigger listens to an order or to the occasion; it grows warm and cold."""
    visits = Points(frozenset({"page.viewed"}), Decimal(50), None, HERE)
    bounces = Points(frozenset({"email.bounced"}), Decimal(-50), None, HERE)
    axis = Axis("warmth", (("low", Decimal(0)), ("hot", Decimal(30))))
    rule = trigger("rule", () if occasion else "order.paid", occasions=(occasion,) if occasion else ())
    known = mapping(rule, journeys=[journey()], segments={"loyal": "contact.points > 9"})
    scores = {"warmth": Score("warmth", (visits, bounces), None, None, None, HERE)}
    return replace(known, scores=scores, grid=Grid((axis, axis), {}))


@pytest.mark.parametrize(
    ("occasion", "fits", "fits_not"),
    [
        (ScoreCrosses("warmth", above=Decimal(40)), event("page.viewed"), event("email.opened")),
        (CellEntered("hot/hot"), event("page.viewed"), event("email.opened")),
        (
            SegmentEntered("loyal"),
            event("contact.changed", fields={"points": 10}),
            event("contact.changed", fields={"points": 9}),
        ),
        (
            FallsQuiet(timedelta(days=3), frozenset({"email.clicked"})),
            event("email.clicked"),
            event("email.opened"),
        ),
        (
            DateComes(value("contact.birthday")),
            event("contact.changed", fields={"birthday": date(2026, 11, 5)}),
            event("contact.changed", fields={"birthday": date(2026, 11, 6)}),
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_trigger_is_asked_when_what_it_listens_to_comes_and_else_says_nothing(
    occasion: Occasion, fits: Event, fits_not: Event
) -> None:
    """Does the event, date, score, stage, segment or quiet period match?"""

    def acts_upon(one: Event) -> list[Answer]:
        story = Story(listening(occasion))
        story.hears(event("email.sent", "09:00", fields={"points": 0}), one)
        story.wakes(at("12:00", day=5))
        return [said for each in story.decisions for said in answers(each).values() if said is Answer.ACTED]

    assert (acts_upon(fits), acts_upon(fits_not)) == ([Answer.ACTED], [])


def test_a_run_is_one_by_its_contact_its_trigger_and_what_it_is_about() -> None:
    """A run of a trigger is an instance with a key: contact, trigger, and a third part, which is the
    subject's id"""
    rules = mapping(trigger("one", "cart.updated"), trigger("two", "cart.updated"))
    eva, bob = Story(rules), Story(rules, Contact("02", NOON))

    first = [len(story.hears(cart("cart.updated", "10:00")).actions) for story in (eva, bob)]
    again = [len(story.hears(cart("cart.updated", "10:30")).actions) for story in (eva, bob)]
    other = [len(story.hears(cart("cart.updated", "11:00", "c2")).actions) for story in (eva, bob)]

    assert (first, again, other) == ([2, 2], [0, 0], [2, 2])
    assert list(eva.contact.runs["one"]) == ["cart:webshop:c1", "cart:webshop:c2"]


@pytest.mark.parametrize(("again", "actions"), [("page.viewed@10:00", 0), ("page.viewed@10:01", 1)])
def test_what_has_no_subject_is_one_by_its_event(again: str, actions: int) -> None:
    """else the event."""
    story = Story(mapping(trigger("rule", "page.viewed")))
    story.hears(event("page.viewed", "10:00"))

    assert len(story.hears(event("page.viewed", "10:02", key=again)).actions) == actions


ENTRIES: Final = (
    (StageEntered("main", "care"), "stage:main.care"),
    (SegmentEntered("loyal"), "segment:loyal"),
    (ScoreCrosses("warmth", above=Decimal(40)), "score:warmth>40"),
    (CellEntered("hot/hot"), "grid:hot/hot"),
)


@pytest.mark.parametrize(("occasion", "name"), ENTRIES, ids=[name for _, name in ENTRIES])
def test_each_entry_is_a_run_by_how_many_there_were_before(occasion: Occasion, name: str) -> None:
    """for `stage`, `segment`, `score`, `grid` the n-th entry"""
    moves = [move("page.viewed", "care"), move("email.bounced", "see", from_stage="care")]
    story = Story(replace(listening(occasion), journeys={"main": journey(moves)}))
    story.hears(event("email.sent", "08:00", fields={"points": 0}))

    for number in range(2):
        hour = 9 + 2 * number
        story.hears(event("page.viewed", f"{hour}:00", fields={"points": 10}))
        story.hears(event("email.bounced", f"{hour}:30", fields={"points": 0}))

    assert list(story.contact.runs["rule"]) == [f"{name}:1", f"{name}:2"]


def test_a_late_event_that_led_to_the_same_entry_starts_nothing_again() -> None:
    """for `stage`, `segment`, `score`, `grid` the n-th entry"""
    rule = trigger("rule", on_stages=[("main", "care")])
    moves = [move("order.paid", "care"), move("complaint.received", "think", from_stage="care")]
    story = Story(mapping(rule, journeys=[journey(moves, enter={"care": [step()]})]))

    story.hears(
        order("order.paid", "11:00", "o2"),
        order("order.paid", "10:00", "o1"),
        event("complaint.received", "11:10"),
        order("order.paid", "11:30", "o3"),
    )

    entered = ["enter:main.care", "trigger:rule"]
    said = [[one.cause.rule for one in decision.actions] for decision in story.decisions]
    assert said == [entered, [], [], entered]
    assert len({one.key for one in story.actions}) == 4


def test_an_arm_is_drawn_at_entry_and_written_down() -> None:
    """At entry 1 to 4 are asked, and the arm is drawn (hash of the contact's first id and the trigger's name)
    and written down"""
    halves = (Arm("a", Decimal("0.5")), Arm("b", Decimal("0.5")))
    rule = trigger("rule", "page.viewed", wait=wait("4h"), arms=halves, when=when("contact.points > 3"))
    people = [Contact(f"contact-{number}", NOON) for number in range(40)]
    stories = [Story(mapping(rule), one) for one in people]
    unwanted = Story(mapping(rule))

    for story in stories:
        story.hears(event("page.viewed", "12:00", fields={"points": 5}))
    unwanted.hears(event("page.viewed", "12:00", fields={"points": 1}))

    assert [story.run().arm for story in stories] == [draw(one, rule) for one in people]
    assert {story.run().arm for story in stories} == {"a", "b"}
    assert {draw(one, replace(rule, name="other")) == draw(one, rule) for one in people} == {True, False}
    assert unwanted.contact.runs == {}


def test_an_arm_stays_over_a_new_version_with_other_shares() -> None:
    """it survives merges, versions and changed percentages"""

    def shares(first: str, text: str) -> Trigger:
        arms = (Arm("a", Decimal(first)), Arm("b", 1 - Decimal(first)))
        return trigger("rule", "page.viewed", arms=arms, text=text)

    story = Story(mapping(shares("1", "old")))
    story.hears(event("page.viewed", "10:00"))
    story.mapping = replace(mapping(shares("0", "new")), version="2")

    story.hears(event("page.viewed", "11:00"))

    assert [run.arm for run in story.contact.runs["rule"].values()] == ["a", "a"]


@pytest.mark.parametrize("path", ["contact.points", "cart.total"])
def test_a_condition_that_lacks_a_value_is_neither_yes_nor_no(path: str) -> None:
    """A condition that cannot be judged does not fire, and the trace names the missing value."""
    rules = [trigger(said, "page.viewed", when=when(said)) for said in (f"{path} > 3", f"not {path} > 3")]

    decision = Story(mapping(*rules)).hears(event("page.viewed", "12:00"))

    assert decision.actions == ()
    assert {(one.answer, one.detail) for one in decision.trace} == {
        (Answer.CANNOT_TELL, f"{path} is missing")
    }
