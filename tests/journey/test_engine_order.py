"""Rules decide: neither the order of files nor of a dictionary does, nor what happens to share a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.mapping.rules import Arm, DateComes, Mode, Trigger
from connector.model.action import Kind
from connector.model.contact import Contact, Stated
from connector.model.decision import Decision
from tests.journey.build import (
    Story,
    at,
    cart,
    event,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    value,
    wait,
)

HELD_OUT = (Arm("nobody", Decimal(1), is_held_out=True),)


def who_acted(*decisions: Decision) -> list[str]:
    return [action.cause.rule.removeprefix("trigger:") for one in decisions for action in one.actions]


def marketing(name: str, **rest: object) -> Trigger:
    made = trigger(name, "page.viewed", [mail()], kind=Kind.MARKETING, pressure=limited(1, days=7))
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


@pytest.mark.parametrize("names", [("alpha", "beta"), ("beta", "alpha")])
def test_of_two_upon_one_event_that_comes_first_whose_name_does_and_not_whose_file(
    names: Sequence[str],
) -> None:
    story = Story(mapping(*(marketing(name) for name in names)))

    acted = story.hears(event("newsletter.confirmed", "08:00"), event("page.viewed", "12:00"))

    assert who_acted(acted) == ["alpha"]


def test_of_two_dates_that_come_together_the_higher_goes_first() -> None:
    occasion = DateComes(value("contact.birthday"))
    low = trigger("alpha", occasions=(occasion,), group="one")
    high = trigger("zeta", occasions=(occasion,), group="one", priority=5)
    fields = {"birthday": Stated("2026-11-05", at("00:00", day=1))}
    story = Story(mapping(low, high), Contact("01", at("00:00", day=1), fields=fields))

    assert who_acted(story.wakes(at("12:00", day=5))) == ["zeta"]


def test_two_events_that_are_decided_at_one_moment_are_no_rivals() -> None:
    one = trigger("one", "page.viewed", group="one", priority=5)
    two = trigger("two", "cart.updated", group="one")
    story = Story(mapping(one, two))

    first, second = story.hears(event("page.viewed", "11:00")), story.hears(cart("cart.updated", "11:30"))

    assert who_acted(first, second) == ["one", "two"]


@pytest.mark.parametrize("pause", [None, wait("2h")])
def test_who_is_held_out_keeps_no_other_of_its_group_back(pause: object) -> None:
    one = trigger("one", "page.viewed", group="one", priority=5, arms=HELD_OUT, wait=pause)
    two = trigger("two", "page.viewed", group="one")
    story = Story(mapping(one, two))

    assert who_acted(story.hears(event("page.viewed", "12:00"))) == ["two"]


def test_what_waits_as_a_shadow_keeps_no_other_of_its_group_back() -> None:
    one = trigger("one", "page.viewed", group="one", priority=5, wait=wait("2h"), text="old")
    two = trigger("two", "cart.updated", group="one")
    story = Story(mapping(one, two))
    story.hears(event("page.viewed", "11:00"))
    shadow = replace(one, mode=Mode("shadow"), text="new")
    story.mapping = replace(mapping(shadow, two), kept={("one", "old"): one})

    assert who_acted(story.hears(cart("cart.updated", "12:00"))) == ["two"]


@pytest.mark.parametrize("begun", [("file.downloaded", "page.viewed"), ("page.viewed", "file.downloaded")])
def test_those_who_wait_for_one_event_go_on_by_their_rank(begun: Sequence[str]) -> None:
    until = wait(events=["order.paid"])
    low = marketing("low", on=frozenset({"file.downloaded"}), wait=until)
    high = marketing("high", wait=until, priority=5)
    story = Story(mapping(low, high))
    story.hears(event("newsletter.confirmed", "08:00"), *(event(one, "11:00") for one in begun))

    assert who_acted(story.hears(order("order.paid", "12:00"))) == ["high"]


def test_those_who_were_put_off_are_let_go_by_their_rank() -> None:
    first = trigger("first", "cart.updated", wait=wait("2h"), group="one", priority=9)
    low = trigger("low", "page.viewed", [step(), wait("1d")], group="one", loser="postpone")
    high = trigger("high", "file.downloaded", [step(), wait("1d")], group="one", priority=5, loser="postpone")
    story = Story(mapping(first, low, high))
    story.hears(
        cart("cart.updated", "12:00"), event("page.viewed", "12:00"), event("file.downloaded", "12:00")
    )

    assert who_acted(story.wakes(at("14:00"))) == ["first", "high"]
