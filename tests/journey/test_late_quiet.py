"""Events that come late to somebody for whom time itself has made moves, or is about to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.mapping.mapping import Mapping
from connector.mapping.rules import Move, Trigger
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    event,
    journey,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
)
from tests.journey.test_joining import ADDRESS, COOKIE, by
from tests.journey.town import Town

VIEWED = "product.viewed"
LEFT = trigger("left", on_stages=[("main", "do")], do=[step(title="Left")])


def quiet(to: str, **for_how_long: float) -> Move:
    return replace(move((), to), quiet=timedelta(**for_how_long), since=frozenset({VIEWED}))


def drifting(left: Trigger = LEFT) -> Mapping:
    """Who has viewed nothing for two hours comes to `do`."""
    stages = journey([move(VIEWED, "think"), quiet("do", hours=2)], enter={"do": [step(title="Do")]})
    return mapping(left, journeys=[stages])


def viewed(clock: str) -> Event:
    return event(VIEWED, clock)


def titles(story: Story | Town) -> list[object]:
    return [action.arguments["title"] for decision in story.decisions for action in decision.actions]


def test_a_move_by_quiet_that_is_due_is_made_with_all_that_follows_from_it() -> None:
    """What the new fold adds is subject to `late`: also what time adds before anybody has looked."""
    story = Story(drifting())
    story.hears(viewed("09:00"), now=at("09:00"))

    story.hears(event("page.viewed", "08:00"), now=at("11:30"))

    assert titles(story) == ["Do", "Left"]
    assert story.wakes(at("12:00")).actions == ()


def test_a_move_by_quiet_that_was_made_is_not_followed_again() -> None:
    """What was already done is not undone."""
    story = Story(drifting())
    story.hears(viewed("09:00"), now=at("09:00"))
    story.wakes(at("11:00"))

    story.hears(event("page.viewed", "08:00"), now=at("11:30"))

    assert titles(story) == ["Do", "Left"]


def test_a_move_by_quiet_that_is_due_is_made_also_where_two_become_one() -> None:
    """State is folded from the joined history: what neither has done yet is done."""
    town = Town(drifting())
    town.hears(by(viewed("09:00"), ADDRESS), by(event("page.viewed", "08:00"), COOKIE), now=at("09:00"))

    town.hears(by(event("page.viewed", "11:30"), COOKIE, ADDRESS), now=at("11:30"))

    assert titles(town) == ["Do", "Left"]


def test_a_run_that_waits_upon_a_move_by_quiet_ends_if_it_was_not_quiet() -> None:
    """What was already done is not undone but shown as *would not have been*."""
    story = Story(drifting(left=replace(LEFT, wait=wait("3h"))))
    story.hears(viewed("09:00"), now=at("09:00"))
    story.wakes(at("11:00"))

    decision = story.hears(viewed("10:30"), now=at("11:30"))

    assert answers(decision)["trigger:left"] is Answer.WOULD_NOT
    assert story.run("left").ended == "would not have been"


def test_what_a_move_by_quiet_did_stands_before_the_event_that_found_it_due() -> None:
    """Within these bounds any order of arrival, with any duplicates, gives the same facts."""
    gives = step("contact.set", fields={"points": "7"})
    moves = [move(VIEWED, "care", "contact.points >= 5"), move(VIEWED, "think"), quiet("do", hours=2)]
    story = Story(mapping(journeys=[journey(moves, enter={"do": [gives]})]))
    story.hears(viewed("08:00"), viewed("11:00"), now=at("11:00"))

    story.hears(event("page.viewed", "07:00"), now=NOON)

    assert story.contact.standings["main"].stage == "care"


def test_a_stage_is_entered_anew_also_where_it_had_been_entered_and_would_not_have_been() -> None:
    """Stages, scores and enter-actions are never late: the platforms are to know where the contact is now."""
    moves = [
        move("order.paid", "care"),
        move("complaint.received", "think", from_stage="care"),
        move(VIEWED, "think"),
        quiet("do", hours=2),
    ]
    enter = {one: [step(title=one)] for one in ("think", "do", "care")}
    story = Story(mapping(journeys=[journey(moves, enter=enter)]))
    story.hears(viewed("07:00"), now=at("07:00"))
    story.wakes(at("09:00"))
    story.hears(viewed("08:30"), order("order.paid", "09:40"), now=at("09:41"))
    story.hears(event("complaint.received", "09:45"), now=at("09:45"))

    story.wakes(NOON)

    assert titles(story) == ["think", "do", "care", "think", "do"]
    assert len({one.key for one in story.actions}) == len(story.actions)


def test_of_several_times_that_a_late_event_has_brought_a_contact_to_a_stage_the_last_counts() -> None:
    """Entering a stage that was left since is history only."""
    moves = [move(VIEWED, "think"), quiet("see", hours=1)]
    moves[1] = replace(moves[1], from_stage="think")
    again = move("page.viewed", "think", from_stage="see")
    listens = trigger("came", [], [step(title="Came")], on_stages=[("main", "see")])
    known = mapping(listens, journeys=[journey([*moves, again], enter={"see": [step(title="See")]})])
    story = Story(known)

    story.hears(event("page.viewed", "10:00"), viewed("08:00"), now=NOON)

    assert story.contact.standings["main"].entries["see"] == 2
    assert titles(story) == ["See", "Came"]
