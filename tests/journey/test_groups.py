"""Arbitration: of a group one trigger goes at a time, and what the others do then."""

from __future__ import annotations

from typing import Literal

from connector.mapping.rules import Trigger
from connector.model.decision import Answer, Decision
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    mapping,
    order,
    step,
    trigger,
    wait,
)


def high(*, hours: int = 2) -> Trigger:
    return trigger(
        "high",
        "cart.updated",
        wait=wait(f"{hours}h"),
        group="one",
        priority=5,
        unless_events={"order.placed"},
    )


def low(loser: Literal["drop", "postpone", "merge"] = "drop", hours: int = 1) -> Trigger:
    return trigger("low", "page.viewed", wait=wait(f"{hours}h"), group="one", loser=loser)


def both(*rules: Trigger) -> Story:
    """Somebody for whom both triggers wait since noon."""
    story = Story(mapping(*rules))
    story.hears(event("page.viewed", "12:00"), cart("cart.updated", "12:00"))
    return story


def who_acted(*decisions: Decision) -> list[str]:
    return [action.cause.rule for decision in decisions for action in decision.actions]


def test_who_loses_is_dropped_when_its_time_comes() -> None:
    story = both(low(), high())

    lost, won = story.wakes(at("13:00")), story.wakes(at("14:00"))

    said = entry(lost, "trigger:low")
    assert (said.answer, said.detail) == (Answer.OUTRANKED, "high goes first in the group one")
    assert story.run("low").ended == "outranked"
    assert who_acted(lost, won) == ["trigger:high"]


def test_who_wins_first_drops_those_that_wait() -> None:
    story = both(low(hours=9), high())

    won = story.wakes(at("14:00"))

    assert answers(won) == {"trigger:low": Answer.OUTRANKED, "trigger:high": Answer.ACTED}
    assert won.wakes_at is None


def test_who_is_merged_ends_so_and_the_winner_goes_on() -> None:
    story = both(low("merge"), high())

    lost, won = story.wakes(at("13:00")), story.wakes(at("14:00"))

    assert entry(lost, "trigger:low").detail.endswith("and this one is merged into it")
    assert story.run("low").ended == "merged"
    assert who_acted(won) == ["trigger:high"]


def test_who_is_put_off_acts_when_the_winner_is_over() -> None:
    story = both(low("postpone"), high())

    put_off, then = story.wakes(at("13:00")), story.wakes(at("14:00"))

    assert (answers(put_off)["trigger:low"], put_off.wakes_at) == (Answer.WAITS, at("14:00"))
    assert who_acted(put_off, then) == ["trigger:high", "trigger:low"]


def test_who_is_put_off_acts_at_once_when_the_winner_is_called_off() -> None:
    story = both(low("postpone"), high())
    story.wakes(at("13:00"))

    called_off = story.hears(order("order.placed", "13:30"), now=at("13:30"))

    assert who_acted(called_off) == ["trigger:low"]
    assert called_off.wakes_at is None


def test_who_is_put_off_waits_for_as_long_as_the_winner_goes_on() -> None:
    long = trigger(
        "high", "cart.updated", [step(), wait("2d"), step()], wait=wait("2h"), group="one", priority=5
    )
    story = both(low("postpone"), long)

    looks = [story.wakes(at("13:00")), story.wakes(at("14:00")), story.wakes(at("14:00", day=4))]

    assert [look.wakes_at for look in looks] == [at("14:00"), at("14:00", day=4), None]
    assert who_acted(*looks) == ["trigger:high", "trigger:high", "trigger:low"]


def test_after_downtime_too_the_higher_one_goes_first() -> None:
    story = both(low(), high())

    due = story.wakes(at("20:00"))

    assert who_acted(due) == ["trigger:high"]
    assert due.wakes_at is None


def test_of_equal_ones_that_was_there_first_wins() -> None:
    first = trigger("z-first", "page.viewed", wait=wait("3h"), group="one")
    second = trigger("a-second", "cart.updated", wait=wait("1h"), group="one")
    story = Story(mapping(first, second))
    story.hears(event("page.viewed", "12:00"))
    story.hears(cart("cart.updated", "12:30"), now=at("12:30"))

    assert who_acted(story.wakes(at("13:30")), story.wakes(at("15:00"))) == ["trigger:z-first"]


def test_of_two_upon_one_event_the_higher_acts_and_the_other_not() -> None:
    one = trigger("a-low", "cart.updated", group="one")
    other = trigger("z-high", "cart.updated", group="one", priority=1)

    decision = Story(mapping(one, other)).hears(cart("cart.updated", "12:00"))

    assert answers(decision) == {"trigger:z-high": Answer.ACTED, "trigger:a-low": Answer.OUTRANKED}


def test_other_groups_and_other_runs_of_the_same_trigger_are_no_rivals() -> None:
    other = trigger("other", "cart.updated", group="two", priority=9)
    mine = trigger("mine", "cart.updated", group="one", wait=wait("1h"))
    story = Story(mapping(other, mine))
    story.hears(cart("cart.updated", "12:00", "c1"), cart("cart.updated", "12:00", "c2"))

    assert who_acted(story.wakes(at("13:00"))) == ["trigger:mine", "trigger:mine"]
    assert story.contact.looked_at == at("13:00") > NOON
