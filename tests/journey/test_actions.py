"""From templates to actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.mapping.rules import ActionTemplate
from connector.model.action import Action, Cause, Kind
from connector.model.decision import Answer, Decision
from connector.model.values import Value
from tests.journey.build import (
    NOON,
    Story,
    at,
    cart,
    connection,
    entry,
    event,
    mapping,
    order,
    step,
    trigger,
    when,
)


def deciding(*steps: ActionTemplate, **cart_fields: Value) -> Decision:
    story = Story(mapping(trigger("rule", "cart.updated", steps)))
    return story.hears(cart("cart.updated", "10:00", "c1", **cart_fields))


def test_an_action_says_what_where_and_why() -> None:
    (action,) = deciding(
        step("hubspot.create_task", title="Cart of {{ cart.total }}"), total=Decimal("80.50")
    ).actions

    assert action == Action(
        key=action.key,
        connection="hubspot",
        name="create_task",
        contact_id="01",
        arguments={"title": "Cart of 80.50"},
        kind=Kind.INTERNAL,
        cause=Cause("trigger:rule", 1, "cart.updated", "cart.updated@10:00/c1"),
        decided_at=NOON,
        consent=None,
    )


@pytest.mark.parametrize("said", [None, True, False])
def test_an_action_keeps_what_its_step_says_of_reading_it_back(said: bool | None) -> None:
    (action,) = deciding(replace(step(), verify=said)).actions

    assert action.cause.verify is said


def test_arguments_keep_their_types_in_lists_and_dictionaries() -> None:
    (action,) = deciding(
        step(add=["{{ cart.total }}", "customer"], fields={"a": {"b": "{{ cart.token }}"}}), total=Decimal(8)
    ).actions

    assert action.arguments == {"add": [Decimal(8), "customer"], "fields": {"a": {"b": None}}}


def test_a_whole_record_is_given_as_it_was_when_that_was_decided() -> None:
    whole = step("http.post", body={"segments": "{{ contact.segments }}"})
    rules = mapping(
        trigger("rule", "cart.updated", [whole]), segments={"loyal": "contact.purchases.count >= 1"}
    )
    story = Story(rules)
    story.hears(order("order.paid", "09:00", total=Decimal(5)))

    (action,) = story.hears(cart("cart.updated", "10:00", "c1")).actions

    assert action.arguments == {"body": {"segments": {"loyal": True}}}


def test_a_refusal_tells_the_whole_record_that_it_read() -> None:
    rules = mapping(
        trigger("rule", "cart.updated", [step()], when=when("contact.segments is none")),
        segments={"loyal": "contact.purchases.count >= 1"},
    )
    story = Story(rules)
    story.hears(order("order.paid", "09:00", total=Decimal(5)))

    refused = story.hears(cart("cart.updated", "10:00", "c1"))

    assert entry(refused, "trigger:rule").seen == {"contact.segments": {"loyal": True}}


def test_the_key_is_the_same_for_the_same_cause_whenever_it_is_decided() -> None:
    rules = mapping(trigger("rule", "order.paid", [step(), step()]), trigger("other", "order.paid"))
    today, later = (
        Story(rules).hears(order("order.paid", "11:00"), now=now) for now in (NOON, NOON + timedelta(hours=9))
    )

    keys = [action.key for action in today.actions]
    assert keys == [action.key for action in later.actions]
    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {32}


def test_another_subject_is_another_cause() -> None:
    story = Story(mapping(trigger("rule", "order.paid")))

    story.hears(order("order.paid", "11:00", "o1"), order("order.paid", "11:00", "o2"))

    assert len({action.key for action in story.actions}) == 2


@pytest.mark.parametrize(
    ("written", "then"),
    [
        ("1 working day", at("16:00", day=3)),
        ("2h", at("14:00")),
        ("18:00", at("17:00")),
        ("{{ cart.updated_at }}", at("09:00")),
    ],
)
def test_a_moment_is_resolved_from_now(written: str, then: Value) -> None:
    (action,) = deciding(step(due=written), updated_at=at("09:00")).actions

    assert action.arguments == {"due": then}


def test_a_date_is_due_at_the_end_of_work() -> None:
    story = Story(mapping(trigger("rule", "page.viewed", [step(due="{{ contact.birthday }}")])))

    (action,) = story.hears(event("page.viewed", fields={"birthday": date(2026, 12, 1)})).actions

    assert action.arguments == {"due": at("16:00", day=30) + timedelta(days=1)}


def test_a_moment_that_is_none_fails_its_rule_alone() -> None:
    decision = deciding(step(due="{{ cart.token }}"), token="soon")

    failed = entry(decision, "trigger:rule")
    assert failed.answer is Answer.FAILED
    assert "soon" in failed.detail


def test_a_date_beyond_the_calendar_fails_its_rule_alone() -> None:
    rules = mapping(trigger("rule", "page.viewed", [step(due="{{ contact.birthday }}")]))
    western = replace(rules, defaults=replace(rules.defaults, time_zone=ZoneInfo("America/Los_Angeles")))

    decision = Story(western).hears(event("page.viewed", fields={"birthday": date.max}))

    assert entry(decision, "trigger:rule").answer is Answer.FAILED


def test_a_step_whose_if_says_no_is_left_out_and_named() -> None:
    decision = deciding(step(only_if="cart.total >= 500"), step("hubspot.tag"), total=80)

    assert [action.name for action in decision.actions] == ["tag"]
    assert [action.cause.step for action in decision.actions] == [2]
    acted = entry(decision, "trigger:rule")
    assert acted.answer is Answer.ACTED
    assert acted.detail == "step 1 (hubspot.create_task) is left out: its `if` says no"


def test_a_rule_of_which_every_step_is_left_out_did_not_act() -> None:
    decision = deciding(step(only_if="cart.total >= 500"), total=80)

    refused = entry(decision, "trigger:rule")
    assert (refused.answer, refused.seen) == (Answer.IF_NO, {"cart.total": 80})


def test_an_if_that_cannot_be_told_leaves_its_step_out() -> None:
    assert entry(deciding(step(only_if="cart.total >= 500")), "trigger:rule").answer is Answer.CANNOT_TELL


def test_a_rule_that_fails_in_one_step_does_nothing_and_may_enter_again() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", [step(), step(title="{{ 1 / cart.total }}")])))

    failed = story.hears(cart("cart.updated", "10:00", total=0))
    acted = story.hears(cart("cart.updated", "10:05", total=2))

    assert entry(failed, "trigger:rule").answer is Answer.FAILED
    assert failed.actions == ()
    assert len(acted.actions) == 2


def test_an_if_that_fails_fails_its_rule() -> None:
    assert (
        entry(deciding(step(only_if="1 / cart.total > 1"), total=0), "trigger:rule").answer is Answer.FAILED
    )


def test_a_step_that_markets_through_another_connection_is_asked_for_its_consent() -> None:
    letters, cards = (connection(name, "mailchimp", audience=name) for name in ("letters", "cards"))
    steps = [step(f"{one.name}.send_event", Kind.MARKETING) for one in (letters, cards)]
    selling = trigger("rule", "cart.updated", steps, kind=Kind.MARKETING)
    story = Story(mapping(selling, audience=None, connections=(letters, cards)))
    story.hears(event("newsletter.confirmed", "08:00", connection="letters"))

    decision = story.hears(cart("cart.updated", "10:00"))

    assert [(one.connection, one.consent) for one in decision.actions] == [
        ("letters", "newsletter.confirmed letters:newsletter.confirmed@08:00")
    ]
    assert entry(decision, "trigger:rule").detail.startswith("step 2 (cards.send_event) is left out: ")
