"""Where a contact stands, and which moves take it there."""

from __future__ import annotations

from dataclasses import replace

from connector.mapping.rules import Move
from connector.model.contact import Standing
from connector.model.decision import Answer, Moved
from connector.model.event import Event
from tests.journey.build import (
    MOVES,
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    journey,
    mapping,
    move,
    order,
    step,
)


def told(*moves_and_events: Move | Event) -> Story:
    """A story with one journey of the moves (or the usual ones), in which the events happened."""
    moves = [one for one in moves_and_events if isinstance(one, Move)]
    story = Story(mapping(journeys=[journey(moves or MOVES)]))
    story.hears(*(one for one in moves_and_events if isinstance(one, Event)))
    return story


def test_before_its_first_move_a_contact_has_no_stage() -> None:
    assert told(event("page.viewed")).contact.standings == {}


def test_the_first_move_that_fits_decides_and_later_ones_are_beaten() -> None:
    story = told(
        move("order.paid", "care", "order.total >= 100"),
        move("order.paid", "do"),
        move("order.paid", "think"),
        order("order.paid", "10:00", total=20),
    )

    assert answers(story.decisions[-1]) == {
        "move:main:1": Answer.NO,
        "move:main:2": Answer.MOVED,
        "move:main:3": Answer.BEATEN,
    }
    assert story.contact.standings["main"].stage == "do"


CYCLES = (
    move("order.paid", "care"),
    move("cart.updated", "do"),
    move("product.viewed", "think"),
    replace(move("form.submitted", "think", from_stage="care"), begins_cycle=True),
)


def test_a_move_that_begins_a_cycle_lets_the_stages_begin_anew() -> None:
    story = told(*CYCLES, order("order.paid", "10:00"), event("form.submitted", "10:30"))

    standing = story.contact.standings["main"]
    assert (standing.stage, standing.cycle, standing.since) == ("think", 2, at("10:30"))
    assert standing.entered == {"see": at("10:30"), "think": at("10:30")}


def test_in_a_new_cycle_the_contact_goes_forward_again() -> None:
    story = told(
        *CYCLES,
        order("order.paid", "10:00"),
        event("form.submitted", "10:30"),
        order("order.paid", "11:00", "o2"),
    )

    assert story.decisions[-1].moves == (Moved("main", "think", "care", at("11:00"), ("do",)),)
    assert story.contact.standings["main"].cycle == 2


def test_what_happened_before_a_cycle_says_nothing_of_it() -> None:
    story = told(
        *CYCLES,
        order("order.paid", "10:00"),
        event("form.submitted", "10:30"),
        cart("cart.updated", "09:00"),
    )

    assert [moved.to_stage for moved in story.decisions[-1].moves] == ["do"]
    assert story.decisions[-1].actions == ()
    assert story.contact.standings["main"].entered == {"see": at("10:30"), "think": at("10:30")}


def test_a_move_that_says_no_shows_the_values_that_it_saw() -> None:
    story = told(move("order.paid", "care", "order.total >= 100"), order("order.paid", "10:00", total=20))

    assert entry(story.decisions[-1], "move:main:1").seen == {"order.total": 20}


def test_a_condition_that_cannot_be_told_names_the_missing_value() -> None:
    story = told(move("order.paid", "care", "order.total >= 100"), order("order.paid", "10:00"))

    unknown = entry(story.decisions[-1], "move:main:1")
    assert (unknown.answer, unknown.detail) == (Answer.CANNOT_TELL, "order.total is missing")
    assert story.contact.standings == {}


def test_a_move_that_fails_is_contained_and_the_next_is_asked() -> None:
    story = told(
        move("order.paid", "care", "order.total / (order.total - 20) > 1"),
        move("order.paid", "do"),
        order("order.paid", "10:00", total=20),
    )

    assert answers(story.decisions[-1]) == {"move:main:1": Answer.FAILED, "move:main:2": Answer.MOVED}


def test_a_stage_that_was_jumped_over_is_recorded_as_inferred_with_its_time() -> None:
    """A stage that was jumped over is recorded as inferred, so that a funnel adds up."""
    story = told(event("newsletter.confirmed", "09:00"), order("order.paid", "11:00"))

    assert story.contact.standings["main"] == Standing(
        stage="care",
        since=at("11:00"),
        entered={"see": at("09:00"), "think": at("11:00"), "do": at("11:00"), "care": at("11:00")},
        inferred=("think", "do"),
        entries={"see": 1, "care": 1},
    )
    assert story.decisions[-1].moves == (Moved("main", "see", "care", at("11:00"), ("think", "do")),)


def test_backward_is_never_an_accident() -> None:
    """Backward is a declared move with a reason, never an accident."""
    story = told(order("order.paid", "10:00"), cart("cart.updated", "11:00"))

    refused = entry(story.decisions[-1], "move:main:3")
    assert (refused.answer, refused.detail) == (Answer.NOT_FORWARD, "do is not ahead of care")
    assert story.contact.standings["main"].stage == "care"
    assert story.decisions[-1].moves == ()


def test_backward_is_a_move_that_names_from() -> None:
    story = told(
        move("order.paid", "care"),
        move("complaint.received", "think", from_stage="care"),
        order("order.paid", "10:00"),
        event("complaint.received", "11:00"),
    )

    standing = story.contact.standings["main"]
    assert (standing.stage, standing.since) == ("think", at("11:00"))
    assert standing.entered["care"] == at("10:00")


def test_a_move_with_from_is_only_for_those_who_stand_there() -> None:
    story = told(move("complaint.received", "think", from_stage="care"), event("complaint.received", "11:00"))

    refused = entry(story.decisions[-1], "move:main:1")
    assert (refused.answer, refused.detail) == (
        Answer.NO,
        "it is for care, and the contact is in no stage yet",
    )


def test_a_move_with_from_is_not_for_what_happened_before_the_stage_was_entered() -> None:
    story = told(
        move("order.paid", "care"),
        move("complaint.received", "think", from_stage="care"),
        order("order.paid", "11:00"),
        event("complaint.received", "10:00"),
    )

    assert story.contact.standings["main"].stage == "care"
    assert entry(story.decisions[-1], "move:main:2").answer is Answer.NO


def test_a_late_event_does_not_undo_a_move_back_that_came_after_it() -> None:
    story = told(
        move("order.paid", "care"),
        move("complaint.received", "think", from_stage="care"),
        order("order.paid", "10:00"),
        event("complaint.received", "11:00"),
        order("order.paid", "10:30", "o2"),
    )

    assert story.contact.standings["main"].stage == "think"
    refused = entry(story.decisions[-1], "move:main:1")
    assert refused.detail == "the contact is in care already"


def test_a_later_event_goes_forward_again_after_a_move_back() -> None:
    story = told(
        move("order.paid", "care"),
        move("complaint.received", "think", from_stage="care"),
        order("order.paid", "10:00"),
        event("complaint.received", "11:00"),
        order("order.paid", "11:30", "o2"),
    )

    standing = story.contact.standings["main"]
    assert (standing.stage, standing.since) == ("care", at("11:30"))
    assert standing.entered["care"] == at("10:00")


def test_a_late_event_corrects_when_a_stage_was_entered() -> None:
    story = told(order("order.paid", "11:00"), event("newsletter.confirmed", "09:00"))

    in_order = told(event("newsletter.confirmed", "09:00"), order("order.paid", "11:00"))
    assert story.contact.standings == in_order.contact.standings


def test_a_stage_that_was_entered_and_jumped_at_the_same_instant_was_entered() -> None:
    arrived = [event("newsletter.confirmed", "10:00"), order("order.paid", "10:00")]

    standings = [told(*some_order).contact.standings["main"] for some_order in (arrived, arrived[::-1])]

    assert standings[0] == standings[1]
    assert standings[0].inferred == ("think", "do")


def test_several_journeys_are_projections_of_one_history() -> None:
    """A contact has one history of events, and a journey is a projection of it: several may be defined at
    once."""
    second = journey([move("page.viewed", "think"), move("order.paid", "do")], name="loyalty")
    story = Story(mapping(journeys=[journey(), second]))

    decision = story.hears(event("page.viewed", "10:00"), order("order.paid", "11:00"))

    stages = {name: standing.stage for name, standing in story.contact.standings.items()}
    assert stages == {"main": "care", "loyalty": "do"}
    assert [moved.journey for moved in decision.moves] == ["main", "loyalty"]


def test_a_stage_that_the_mapping_no_longer_has_is_left_by_any_move() -> None:
    story = Story(mapping(journeys=[journey()]))
    gone = Standing("gone", at("08:00"), entered={"gone": at("08:00")})
    story.contact = replace(story.contact, standings={"main": gone})

    story.hears(event("newsletter.confirmed", "09:00"))

    assert story.contact.standings["main"].stage == "see"


def test_entering_a_stage_does_what_the_stage_says_however_old_the_event_is() -> None:
    enter = {"care": [step("hubspot.update_contact", fields={"lifecyclestage": "customer"})]}
    story = Story(mapping(journeys=[journey(enter=enter)]))

    decision = story.hears(order("order.paid", "10:00"), now=at("10:00", day=29))

    (action,) = decision.actions
    assert (action.connection, action.name) == ("hubspot", "update_contact")
    assert action.arguments == {"fields": {"lifecyclestage": "customer"}}
    assert action.cause.rule == "enter:main.care"
    assert entry(decision, "enter:main.care").answer is Answer.ACTED


def test_a_stage_that_was_only_inferred_does_nothing() -> None:
    story = Story(mapping(journeys=[journey(enter={"do": [step()], "care": []})]))

    assert story.hears(order("order.paid", "10:00")).actions == ()


def test_a_stage_that_is_entered_again_acts_again() -> None:
    moves = [move("order.paid", "care"), move("complaint.received", "think", from_stage="care")]
    story = Story(mapping(journeys=[journey(moves, enter={"care": [step()]})]))

    story.hears(
        order("order.paid", "10:00"), event("complaint.received", "11:00"), order("order.paid", "11:30", "o2")
    )

    assert len({action.key for action in story.actions}) == 2
