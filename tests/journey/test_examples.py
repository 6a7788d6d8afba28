"""An example holds, or every difference says what was expected, what happened, and why."""

from __future__ import annotations

from collections.abc import Mapping as Table
from datetime import datetime
from decimal import Decimal

from connector.journey.examples import Difference, prove
from connector.mapping.cases import Example, Expectation, Given, NamedAction
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Arm
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.values import Value
from tests.journey.build import (
    HERE,
    at,
    cart,
    event,
    journey,
    limited,
    mail,
    mapping,
    order,
    spec,
    step,
    trigger,
    wait,
    when,
)

CALL = trigger(
    "call",
    "cart.updated",
    [step(title="Call about {{ cart.id }}", due="1 working day")],
    when=when("cart.total >= 500"),
    limit=limited(1, days=7),
)
WELCOME = trigger("welcome", "newsletter.confirmed", [mail(journey="1")])
CUSTOMER = {"care": [step("hubspot.update_contact", stage="customer")]}
RULES = mapping(CALL, WELCOME, journeys=[journey(enter=CUSTOMER)])

LARGE = cart("cart.updated", "09:00", total=640)
SMALL = cart("cart.updated", "09:00", total=20)


def named(action: str, **arguments: Value) -> NamedAction:
    connection, _, name = action.partition(".")
    return NamedAction(connection, spec(name, platform=connection), arguments, HERE)


def differences(
    *events: Event,
    rules: Mapping = RULES,
    stages: Table[str, str] | None = None,
    actions: tuple[NamedAction, ...] = (),
    no_actions: tuple[NamedAction, ...] = (),
    is_silent: bool = False,
    held_back: Table[str, Answer] | None = None,
    ended: Table[str, str] | None = None,
    arms: Table[str, str] | None = None,
    until: datetime | None = None,
) -> tuple[Difference, ...]:
    """What is not as expected when these events happen, at `until` or after the last of them."""
    expect = Expectation(stages or {}, actions, no_actions, is_silent, held_back or {}, ended or {})
    given = tuple(Given(one, HERE) for one in events)
    end = until or events[-1].occurred_at
    return prove(rules, Example("x", given, end, expect, HERE, arms or {})).differences


def test_an_example_that_holds_has_no_difference() -> None:
    found = differences(
        event("newsletter.confirmed", "08:00"),
        LARGE,
        order("order.paid", "10:00"),
        stages={"main": "care"},
        actions=(named("mailchimp.start_journey"), named("hubspot.create_task", title="Call about c1")),
        no_actions=(named("hubspot.create_task", title="Call about c2"),),
    )

    assert found == ()


def test_other_actions_may_stand_between_those_that_are_expected() -> None:
    events = (LARGE, order("order.paid", "10:00"), event("newsletter.confirmed", "11:00"))

    assert (
        differences(*events, actions=(named("hubspot.create_task"), named("mailchimp.start_journey"))) == ()
    )


def test_a_missing_action_is_explained_by_what_its_rule_saw() -> None:
    [found] = differences(SMALL, actions=(named("hubspot.create_task", title="Call about c1"),))

    assert found.expected == "hubspot.create_task title = Call about c1"
    assert found.happened == "no action was made"
    [why] = found.because
    assert why.startswith(
        "trigger:call said no to given 1, cart.updated of 2026-11-02 10:00: cart.total = 20"
    )
    assert "rules.yaml:1" in why


def test_an_action_with_other_arguments_is_shown_beside_the_expected_one() -> None:
    [found] = differences(LARGE, actions=(named("hubspot.create_task", title="Call Eva"),))

    assert "title = Call about c1, due = 2026-11-03 17:00 by trigger:call" in found.happened
    assert found.because == ()


def test_an_action_that_is_too_early_is_said_to_be() -> None:
    events = (LARGE, event("newsletter.confirmed", "10:00"))

    [found] = differences(*events, actions=(named("mailchimp.start_journey"), named("hubspot.create_task")))

    assert found.expected == "hubspot.create_task"
    assert "before the action above it" in found.happened


def test_one_action_does_not_count_for_two() -> None:
    [found] = differences(LARGE, actions=(named("hubspot.create_task"), named("hubspot.create_task")))

    assert "before the action above it" in found.happened


def test_an_action_whose_rule_was_not_asked_names_what_the_rule_listens_to() -> None:
    [found] = differences(order("order.paid", "10:00"), actions=(named("hubspot.create_task"),))

    assert found.happened == "it was not made; these were: hubspot.update_contact"
    assert found.because == ("call was not asked; it listens to cart.updated",)


def test_an_action_that_no_rule_has_is_said_to_be_of_none() -> None:
    [found] = differences(LARGE, actions=(named("hubspot.start_workflow"),))

    assert found.because == ("no rule does this",)


def test_what_must_not_happen_and_does_is_named_with_its_cause() -> None:
    [found] = differences(SMALL, LARGE, no_actions=(named("hubspot.create_task"),))

    assert found.expected == "no hubspot.create_task"
    assert "by trigger:call (given 2, cart.updated of 2026-11-02 10:00)" in found.happened


def test_silence_is_broken_by_any_action() -> None:
    assert differences(SMALL, is_silent=True) == ()

    [found] = differences(LARGE, is_silent=True)

    assert found.expected == "no action at all"


def test_a_trigger_is_held_back_by_what_it_said_last() -> None:
    second = cart("cart.updated", "11:00", "c2", total=700)

    assert differences(LARGE, second, held_back={"call": Answer.LIMIT}) == ()


def test_another_reason_is_a_difference_with_the_values_that_were_seen() -> None:
    [found] = differences(SMALL, held_back={"call": Answer.NO_CONSENT})

    assert found.expected == "call held back: consent"
    assert found.happened.startswith("trigger:call said no to given 1")
    assert "cart.total = 20" in found.happened


def test_a_trigger_that_acted_was_not_held_back() -> None:
    events = (order("order.paid", "08:00"), LARGE)

    [found] = differences(*events, held_back={"call": Answer.LIMIT})

    assert found.happened.startswith("trigger:call said acted to given 2")


def test_a_trigger_that_nobody_asked_is_no_trigger_that_was_held_back() -> None:
    [found] = differences(SMALL, held_back={"welcome": Answer.NO_CONSENT})

    assert found.happened == "welcome was not asked; it listens to newsletter.confirmed"


def test_an_event_that_is_none_holds_back_all_that_listen_to_it() -> None:
    paid = order("order.paid", "10:00", total=80)
    rules = mapping(trigger("thank", "order.paid"))

    found = differences(
        paid, order("order.paid", "11:00", total=80), rules=rules, held_back={"thank": Answer.FACT_KNOWN}
    )

    assert found == ()


def test_a_trigger_of_a_stage_names_the_entry_that_it_waits_for() -> None:
    rules = mapping(trigger("greet", on_stages=frozenset({("main", "care")})), journeys=[journey()])

    [found] = differences(LARGE, rules=rules, held_back={"greet": Answer.LIMIT})

    assert found.happened == "greet was not asked; it listens to stage main.care"


def test_another_stage_is_explained_by_the_moves_that_lead_to_the_expected_one() -> None:
    [found] = differences(order("order.paid", "10:00"), LARGE, stages={"main": "do"})

    assert (found.expected, found.happened) == (
        "stage do of main",
        "at 2026-11-02 10:00 the contact is in care",
    )
    assert "move:main:3 said moved to given 2" in found.because[0]


def test_a_stage_to_which_nothing_given_leads_names_what_would() -> None:
    [found] = differences(event("form.submitted", "09:00"), stages={"main": "care"})

    assert found.happened == "at 2026-11-02 10:00 the contact is in no stage"
    assert found.because == ("no event that leads there is given; these do: order.paid",)


def test_the_stage_is_that_of_whom_the_last_event_is_about() -> None:
    events = (order("order.paid", "10:00"), event("newsletter.confirmed", "11:00", email="daan@example.com"))

    assert differences(*events, stages={"main": "see"}) == ()


REMINDED = trigger(
    "remind",
    "cart.updated",
    [step(title="Remind")],
    wait=wait("4h"),
    unless_events=frozenset({"order.placed"}),
)


def test_what_a_wait_leads_to_is_expected_at_its_time() -> None:
    rules = mapping(REMINDED)
    reminder = (named("hubspot.create_task", title="Remind"),)

    assert differences(LARGE, rules=rules, actions=reminder, until=at("13:00")) == ()
    (early,) = differences(LARGE, rules=rules, actions=reminder, until=at("12:59"))
    assert early.because == (
        "trigger:remind said waits to given 1, cart.updated of 2026-11-02 10:00: "
        "it waits until 2026-11-02 14:00 CET  [rules.yaml:1]",
    )


def test_a_run_that_was_called_off_has_ended_by_what_did_it() -> None:
    placed = order("order.placed", "10:00", cart="c1")

    assert differences(LARGE, placed, rules=mapping(REMINDED), ended={"remind": "order.placed"}) == ()


def test_a_run_that_did_not_end_so_is_told_with_what_became_of_it() -> None:
    rules = mapping(REMINDED)

    (waits,) = differences(LARGE, rules=rules, ended={"remind": "order.placed"})
    (none,) = differences(event("form.submitted", "09:00"), rules=rules, ended={"remind": "order.placed"})

    assert (waits.expected, waits.happened) == ("remind ended by order.placed", "its last run waits")
    assert none.happened == "remind has no run"


def test_an_arm_can_be_fixed() -> None:
    halves = (Arm("a", Decimal("0.5")), Arm("b", Decimal("0.5")))
    each = {"a": (step(title="A"),), "b": (step(title="B"),)}
    rules = mapping(trigger("call", "cart.updated", arms=halves, do_by_arm=each))

    for arm in ("a", "b"):
        expected = (named("hubspot.create_task", title=arm.upper()),)
        assert differences(LARGE, rules=rules, actions=expected, arms={"call": arm}) == ()


def test_a_held_out_arm_gets_nothing() -> None:
    held_out = (Arm("held_out", Decimal("0.1"), is_held_out=True),)
    rules = mapping(trigger("call", "cart.updated", arms=held_out))

    assert (
        differences(
            LARGE,
            rules=rules,
            is_silent=True,
            held_back={"call": Answer.HELD_OUT},
            arms={"call": "held_out"},
        )
        == ()
    )
