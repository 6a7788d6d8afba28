"""Runs that wait: until when, what begins the wait anew, what calls them off, and what they do then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.rules import Step, Trigger
from connector.model.decision import Answer, Decision
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    limited,
    mapping,
    order,
    step,
    trigger,
    wait,
    when,
)

LEFT = trigger("rule", ["cart.updated", "checkout.started"], wait=wait("4h"), unless_events={"order.placed"})


def told(decision: Decision) -> tuple[Answer, str]:
    said = entry(decision, "trigger:rule")
    return said.answer, said.detail


def waiting(rule: Trigger = LEFT) -> Story:
    """Somebody whose cart is left at noon."""
    story = Story(mapping(rule))
    story.hears(cart("cart.updated", "12:00", total=80))
    return story


def test_a_trigger_with_a_wait_acts_when_it_is_over() -> None:
    story = Story(mapping(LEFT))

    entered = story.hears(cart("cart.updated", "12:00", total=80))
    early = story.wakes(at("15:59"))
    due = story.wakes(at("16:00"))

    assert told(entered) == (Answer.WAITS, "it waits until 2026-11-02 17:00 CET")
    assert entered.wakes_at == at("16:00")
    assert (entered.actions, early.actions, early.trace, early.wakes_at) == ((), (), (), at("16:00"))
    assert [action.cause.event for action in due.actions] == ["cart.updated"]
    assert due.wakes_at is None
    assert (story.run().acted, story.run().acted_at, story.run().ended) == (True, at("16:00"), "done")
    assert story.run().event is None


def test_an_event_that_is_not_the_last_differs_in_nothing_but_when_to_look() -> None:
    story = Story(mapping(LEFT))
    left = cart("cart.updated", "12:00", total=80)
    before = introduce(story.contact, left.identities)

    last = decide(story.mapping, before, left, NOON)
    in_between = decide(story.mapping, before, left, NOON, is_last=False)

    assert (last.wakes_at, in_between.wakes_at) == (at("16:00"), None)
    assert replace(in_between, wakes_at=last.wakes_at) == last


def test_to_look_twice_changes_nothing_the_second_time() -> None:
    story = waiting()
    story.wakes(at("16:00"))
    after = story.contact

    again = story.wakes(at("16:00"))

    assert again.contact == after
    assert (again.actions, again.trace) == ((), ())


def test_a_wait_is_counted_from_the_event_and_not_from_when_it_arrived() -> None:
    story = Story(mapping(LEFT))

    assert story.hears(cart("cart.updated", "10:00"), now=NOON).wakes_at == at("14:00")


def test_an_event_from_the_future_begins_a_wait_now() -> None:
    story = Story(mapping(LEFT))

    assert story.hears(cart("cart.updated", "20:00"), now=NOON).wakes_at == at("16:00")


def test_a_wait_that_was_over_when_its_event_arrived_can_still_be_called_off() -> None:
    story = Story(mapping(LEFT))

    entered = story.hears(cart("cart.updated", "06:00"), now=NOON)
    called_off = story.hears(order("order.placed", "07:00"), now=NOON)

    assert (entered.actions, entered.wakes_at) == ((), NOON)
    assert (told(called_off)[0], called_off.wakes_at) == (Answer.ENDED, None)


def test_an_event_about_the_same_cart_begins_the_wait_anew() -> None:
    """a later event with the key of a waiting run restarts its wait."""
    story = waiting()

    again = story.hears(cart("checkout.started", "13:00", total=90), now=at("13:00"))

    assert told(again) == (Answer.RESTARTED, "it waits until 2026-11-02 18:00 CET")
    assert again.wakes_at == at("17:00")
    assert story.wakes(at("16:00")).actions == ()
    assert [one.cause.event for one in story.wakes(at("17:00")).actions] == ["checkout.started"]


def test_an_event_about_another_cart_waits_for_itself() -> None:
    story = waiting()

    story.hears(cart("cart.updated", "13:00", "c2"), now=at("13:00"))

    assert [len(story.wakes(at(clock)).actions) for clock in ("16:00", "17:00")] == [1, 1]


def test_an_older_event_that_comes_later_begins_nothing_anew() -> None:
    story = waiting()

    older = story.hears(cart("cart.updated", "11:00"), now=at("13:00"))

    assert told(older)[0] is Answer.ENTERED_BEFORE
    assert older.wakes_at == at("16:00")


def test_without_restart_the_wait_goes_on_as_it_began() -> None:
    story = waiting(trigger("rule", "cart.updated", wait=wait("4h"), restart=False))

    again = story.hears(cart("cart.updated", "13:00"), now=at("13:00"))

    assert (told(again)[0], again.wakes_at) == (Answer.ENTERED_BEFORE, at("16:00"))


def test_any_order_of_the_contact_calls_off_a_cart() -> None:
    story = waiting()

    called_off = story.hears(order("order.placed", "13:00", cart="another"), now=at("13:00"))

    assert told(called_off) == (Answer.ENDED, "order.placed calls it off")
    assert (called_off.wakes_at, story.run().ended) == (None, "order.placed")
    assert story.wakes(at("16:00")).actions == ()


def test_an_order_of_before_the_cart_calls_nothing_off() -> None:
    story = waiting()

    assert "trigger:rule" not in answers(story.hears(order("order.placed", "11:00"), now=at("13:00")))
    assert len(story.wakes(at("16:00")).actions) == 1


def test_of_the_same_kind_of_thing_only_the_same_one_calls_off() -> None:
    unpaid = trigger("rule", "order.placed", wait=wait("1d"), unless_events={"order.paid"})
    story = Story(mapping(unpaid))
    story.hears(order("order.placed", "12:00", "o1"), order("order.placed", "12:00", "o2"))

    story.hears(order("order.paid", "12:30", "o2"), now=at("12:30"))

    assert {key: run.ended for key, run in story.contact.runs["rule"].items()} == {
        "order:webshop:o1": "",
        "order:webshop:o2": "order.paid",
    }


def test_an_order_that_was_paid_before_it_was_placed_is_not_waited_for() -> None:
    unpaid = trigger("rule", "order.placed", wait=wait("1d"), unless_events={"order.paid"})
    story = Story(mapping(unpaid))
    story.hears(order("order.paid", "12:01"))

    decision = story.hears(order("order.placed", "12:00"))

    assert told(decision) == (Answer.ENDED, "order.paid has called it off already")
    assert decision.wakes_at is None


def test_a_condition_calls_off_as_soon_as_it_is_so() -> None:
    story = waiting(
        trigger("rule", "cart.updated", wait=wait("4h"), unless=when("contact.counters.page_viewed >= 2"))
    )

    story.hears(event("page.viewed", "12:10"), now=at("12:10"))
    called_off = story.hears(event("page.viewed", "12:20"), now=at("12:20"))

    assert told(called_off) == (Answer.ENDED, "unless contact.counters.page_viewed >= 2")
    assert story.run().ended == "unless"


def test_a_condition_that_calls_off_is_asked_before_acting_too() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"), unless=when("now | hours_since > 0"))
    late = trigger(
        "rule", "cart.updated", wait=wait("4h"), unless=when("event.occurred_at | hours_since >= 4")
    )

    assert told(waiting(late).wakes(at("16:00")))[0] is Answer.ENDED
    assert len(waiting(rule).wakes(at("16:00")).actions) == 1


def test_before_the_first_action_the_condition_is_asked_on_the_newest_state() -> None:
    story = waiting(trigger("rule", "cart.updated", wait=wait("4h"), when=when("cart.total >= 25")))

    restarted = story.hears(cart("cart.updated", "12:30", total=10), now=at("12:30"))
    due = story.wakes(at("16:30"))

    assert told(restarted)[0] is Answer.RESTARTED
    assert (told(due)[0], story.run().ended) == (Answer.NO, "no")
    assert entry(due, "trigger:rule").seen == {"cart.total": 10}


def test_before_the_first_action_the_limit_is_asked_again() -> None:
    story = waiting(trigger("rule", "cart.updated", wait=wait("4h"), limit=limited(1, days=7)))
    story.hears(cart("cart.updated", "12:30", "c2"), now=at("12:30"))

    first, second = story.wakes(at("16:00")), story.wakes(at("16:30"))

    assert len(first.actions) == 1
    assert told(second)[0] is Answer.LIMIT


def test_steps_wait_between_actions_and_count_in_the_numbers_of_steps() -> None:
    story = Story(mapping(trigger("rule", "order.paid", [step(), wait("3d"), step("hubspot.tag")])))

    first = story.hears(order("order.paid", "12:00"))
    second = story.wakes(at("12:00", day=5))

    assert told(first) == (Answer.ACTED, "it waits until 2026-11-05 13:00 CET")
    assert [(one.name, one.cause.step) for one in (*first.actions, *second.actions)] == [
        ("create_task", 1),
        ("tag", 3),
    ]
    assert {one.cause.event_key for one in story.actions} == {"order.paid@12:00/o1"}
    assert story.run().acted_at == NOON


def test_waits_that_are_over_together_are_done_in_one_decision() -> None:
    steps: list[Step] = [step(), wait("2h"), step("hubspot.tag"), wait("2d"), step("hubspot.add_note")]
    story = Story(mapping(trigger("rule", "order.paid", steps, wait=wait("1h"))))
    story.hears(order("order.paid", "12:00"))

    due = story.wakes(at("20:00"))

    assert [one.name for one in due.actions] == ["create_task", "tag"]
    assert due.wakes_at == at("15:00", day=4)


@pytest.mark.parametrize(("hours", "answer"), [(24, Answer.ACTED), (25, Answer.LATE)])
def test_what_was_due_too_long_ago_is_late(hours: int, answer: Answer) -> None:
    story = waiting()

    due = story.wakes(at("16:00") + timedelta(hours=hours))

    assert told(due)[0] is answer
    assert (story.run().is_waiting, due.wakes_at) == (False, None)


def test_a_wait_for_an_event_ends_with_it() -> None:
    steps: list[Step] = [wait(events=["order.delivered"], at_most="14d"), step()]
    story = Story(mapping(trigger("rule", "order.paid", steps)))
    entered = story.hears(order("order.paid", "12:00"), order("order.paid", "12:00", "o2"))

    delivered = story.hears(order("order.delivered", "13:00", "o2"), now=at("13:00"))

    assert told(entered)[1] == "it waits for order.delivered, until 2026-11-16 13:00 CET at most"
    assert [one.cause.event_key for one in delivered.actions] == ["order.paid@12:00/o2"]
    assert delivered.wakes_at == at("12:00", day=16)


def test_a_wait_for_an_event_goes_on_after_its_longest_time() -> None:
    story = Story(
        mapping(trigger("rule", "order.paid", [wait(events=["order.delivered"], at_most="14d"), step()]))
    )
    story.hears(order("order.paid", "12:00"))

    assert len(story.wakes(at("12:00", day=16)).actions) == 1


def test_a_wait_without_a_longest_time_is_given_up_after_a_year() -> None:
    story = Story(mapping(trigger("rule", "order.paid", [wait(events=["order.delivered"]), step()])))
    story.hears(order("order.paid", "12:00"))

    due = story.wakes(NOON + timedelta(days=365))

    assert (told(due)[0], story.run().ended, due.actions) == (Answer.ENDED, "given up", ())


def test_a_wait_for_a_condition_ends_with_the_event_that_makes_it_true() -> None:
    story = waiting(
        trigger("rule", "cart.updated", wait=wait(until="contact.counters.page_viewed > 0", at_most="3d"))
    )

    seen = story.hears(event("page.viewed", "12:30"), now=at("12:30"))

    assert (told(seen)[0], len(seen.actions)) == (Answer.ACTED, 1)


def test_a_wait_for_a_condition_is_asked_once_a_day() -> None:
    rule = trigger(
        "rule", "cart.updated", wait=wait(until="event.occurred_at | hours_since >= 30", at_most="3d")
    )
    story = waiting(rule)

    looks = [story.wakes(NOON + timedelta(days=days)) for days in (1, 2)]

    assert [look.wakes_at for look in looks] == [NOON + timedelta(days=2), None]
    assert [(len(look.actions), len(look.trace)) for look in looks] == [(0, 0), (1, 1)]


def test_a_condition_that_is_so_already_is_not_waited_for() -> None:
    story = waiting(trigger("rule", "cart.updated", wait=wait(until="cart.total > 5")))

    assert len(story.actions) == 1


def test_a_wait_whose_if_says_no_is_left_out() -> None:
    steps: list[Step] = [step(), wait("3d", condition=when("order.total > 100")), step("hubspot.tag")]
    story = Story(mapping(trigger("rule", "order.paid", steps)))

    assert len(story.hears(order("order.paid", "12:00", total=80)).actions) == 2
    assert len(story.hears(order("order.paid", "12:00", "o2", total=180)).actions) == 1


def test_a_run_that_fails_when_it_goes_on_is_over() -> None:
    story = waiting(
        trigger("rule", "cart.updated", [step(title="{{ 1 / (cart.total - 80) }}")], wait=wait("4h"))
    )

    due = story.wakes(at("16:00"))

    assert (told(due)[0], story.run().ended, due.wakes_at) == (Answer.FAILED, "failed", None)


def test_who_is_erased_waits_for_nothing() -> None:
    story = waiting()

    erased = story.hears(event("contact.erased", "13:00"), now=at("13:00"))

    assert told(erased) == (Answer.ENDED, "the contact was erased")
    assert (erased.wakes_at, erased.contact.runs) == (None, {})
    assert story.wakes(at("16:00")).actions == ()
