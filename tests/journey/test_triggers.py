"""The questions before a trigger acts, in their order, each with a named answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.model.action import Kind
from connector.model.decision import Answer, Decision
from tests.journey.build import (
    EVA,
    NOON,
    Story,
    answers,
    at,
    cart,
    connection,
    entry,
    event,
    journey,
    limited,
    mail,
    mapping,
    move,
    order,
    step,
    trigger,
    when,
)

CONFIRMED = event("newsletter.confirmed", "09:00")


def answer(decision: Decision, name: str = "rule") -> Answer:
    return entry(decision, f"trigger:{name}").answer


def test_only_triggers_that_listen_to_the_event_are_asked() -> None:
    story = Story(mapping(trigger("paid", "order.paid"), trigger("viewed", "page.viewed")))

    assert answers(story.hears(order("order.paid", "10:00"))) == {"trigger:paid": Answer.ACTED}


def test_a_trigger_whose_condition_says_no_shows_what_it_saw() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", when=when("cart.total >= 25"))))

    decision = story.hears(cart("cart.updated", "10:00", total=18))

    assert answer(decision) is Answer.NO
    assert entry(decision, "trigger:rule").seen == {"cart.total": 18}
    assert entry(decision, "trigger:rule").place == "rules.yaml:1"
    assert decision.actions == ()


def test_what_cannot_be_told_does_not_act_also_under_not() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", when=when("not cart.total < 25"))))

    decision = story.hears(cart("cart.updated", "10:00"))

    assert answer(decision) is Answer.CANNOT_TELL
    assert entry(decision, "trigger:rule").detail == "cart.total is missing"


def test_a_rule_that_fails_is_contained_and_the_others_go_on() -> None:
    broken = trigger("broken", "cart.updated", when=when("cart.total / (cart.total - 80) > 1"))
    story = Story(mapping(broken, trigger("sound", "cart.updated")))

    decision = story.hears(cart("cart.updated", "10:00", total=80))

    assert answers(decision) == {"trigger:broken": Answer.FAILED, "trigger:sound": Answer.ACTED}
    assert entry(decision, "trigger:broken").detail


def test_a_rule_that_acts_shows_what_it_saw() -> None:
    """values only for the first condition that failed … and for what acted or was held back."""
    story = Story(mapping(trigger("rule", "cart.updated", when=when("cart.total >= 25"))))

    decision = story.hears(cart("cart.updated", "10:00", total=80))

    assert entry(decision, "trigger:rule").seen == {"cart.total": 80}


def test_a_subject_enters_once() -> None:
    """The same key enters once"""
    story = Story(mapping(trigger("rule", ["cart.updated", "checkout.started"])))
    story.hears(cart("cart.updated", "10:00", "c1"))

    assert answer(story.hears(cart("checkout.started", "10:05", "c1"))) is Answer.ENTERED_BEFORE
    assert answer(story.hears(cart("cart.updated", "10:10", "c2"))) is Answer.ACTED


def test_a_cart_without_an_id_is_one_subject_by_its_token() -> None:
    story = Story(mapping(trigger("rule", "cart.updated")))
    story.hears(event("cart.updated", "10:00", cart={"token": "t-1"}))

    decision = story.hears(event("cart.updated", "10:05", cart={"token": "t-1"}))

    assert answer(decision) is Answer.ENTERED_BEFORE


def test_a_subject_that_was_not_wanted_before_may_enter_later() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", when=when("cart.total >= 25"))))
    story.hears(cart("cart.updated", "10:00", total=18))

    assert answer(story.hears(cart("cart.updated", "10:05", total=80))) is Answer.ACTED


def test_an_event_without_a_subject_enters_for_itself() -> None:
    story = Story(mapping(trigger("rule", "newsletter.confirmed")))
    story.hears(CONFIRMED)

    assert answer(story.hears(event("newsletter.confirmed", "10:00"))) is Answer.ACTED


def test_once_per_contact_is_once() -> None:
    story = Story(mapping(trigger("rule", "order.paid", once_per="contact")))
    story.hears(order("order.paid", "10:00", "o1"))

    assert answer(story.hears(order("order.paid", "10:05", "o2"))) is Answer.ENTERED_BEFORE


def test_the_limit_counts_runs_that_acted_within_its_period() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", limit=limited(1, days=7), late=timedelta(days=30))))
    story.hears(cart("cart.updated", "10:00", "c1"))

    decision = story.hears(cart("cart.updated", "10:05", "c2"))

    assert answer(decision) is Answer.LIMIT
    assert (
        answer(story.hears(cart("cart.updated", at("10:05", day=9), "c3"), now=at("12:01", day=9)))
        is Answer.ACTED
    )


def test_a_run_that_was_held_back_does_not_use_up_the_limit() -> None:
    story = Story(
        mapping(trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING, limit=limited(1, days=7)))
    )
    assert answer(story.hears(cart("cart.updated", "10:00", "c1"))) is Answer.NO_CONSENT
    story.hears(CONFIRMED)

    assert answer(story.hears(cart("cart.updated", "10:05", "c2"))) is Answer.ACTED


@pytest.mark.parametrize(("hours", "expected"), [(24, Answer.ACTED), (25, Answer.LATE)])
def test_what_happened_too_long_ago_is_late(hours: int, expected: Answer) -> None:
    story = Story(mapping(trigger("rule", "page.viewed", late=timedelta(hours=24))))

    decision = story.hears(event("page.viewed", NOON - timedelta(hours=hours)))

    assert answer(decision) is expected


def test_who_was_late_has_not_entered() -> None:
    story = Story(mapping(trigger("rule", "cart.updated")))
    story.hears(cart("cart.updated", NOON - timedelta(days=2)))

    assert answer(story.hears(cart("cart.updated", "11:00"))) is Answer.ACTED


def test_an_open_complaint_holds_marketing_back_and_nothing_else() -> None:
    marketing = trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)
    story = Story(mapping(marketing, trigger("task", "cart.updated")))
    story.hears(CONFIRMED, event("complaint.received", "10:00"))

    decision = story.hears(cart("cart.updated", "11:00"))

    assert answers(decision) == {"trigger:rule": Answer.COMPLAINT, "trigger:task": Answer.ACTED}


@pytest.mark.parametrize(("days", "expected"), [(29, Answer.COMPLAINT), (30, Answer.ACTED)])
def test_a_complaint_holds_back_for_thirty_days_at_most(days: int, expected: Answer) -> None:
    story = Story(mapping(trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)))
    story.hears(CONFIRMED, event("complaint.received", NOON - timedelta(days=days)))

    assert answer(story.hears(cart("cart.updated", "11:00"))) is expected


def test_a_resolved_complaint_holds_nothing_back() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)))
    story.hears(CONFIRMED, event("complaint.received", "10:00"), event("complaint.resolved", "10:30"))

    assert answer(story.hears(cart("cart.updated", "11:00"))) is Answer.ACTED


def test_marketing_without_consent_is_held_back_and_says_for_whom() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)))

    decision = story.hears(cart("cart.updated", "11:00"))

    held_back = entry(decision, "trigger:rule")
    assert (held_back.answer, held_back.detail) == (Answer.NO_CONSENT, f"{EVA} has given no consent")
    assert decision.actions == ()


def test_each_marketing_action_stores_the_consent_that_it_relied_on() -> None:
    marketing = trigger("rule", "cart.updated", [mail(), step("hubspot.create_task")], kind=Kind.MARKETING)
    story = Story(mapping(marketing))
    story.hears(CONFIRMED)

    actions = story.hears(cart("cart.updated", "11:00")).actions

    evidence = f"newsletter.confirmed webshop:{CONFIRMED.key}"
    assert [(action.kind, action.consent) for action in actions] == [(Kind.MARKETING, evidence)] * 2


def test_a_marketing_action_of_a_stage_stores_its_consent_too() -> None:
    story = Story(mapping(journeys=[journey(enter={"see": [mail()]})]))

    (action,) = story.hears(CONFIRMED).actions

    assert action.kind is Kind.MARKETING
    assert action.consent == f"newsletter.confirmed webshop:{CONFIRMED.key}"


def test_a_marketing_action_is_guarded_whatever_its_rule_is_called() -> None:
    story = Story(
        mapping(
            trigger("rule", "page.viewed", [mail(), step()], kind=Kind.SERVICE),
            journeys=[journey([move("page.viewed", "see")], enter={"see": [mail()]})],
        )
    )

    decision = story.hears(event("page.viewed"))

    assert answers(decision) == {
        "move:main:1": Answer.MOVED,
        "enter:main.see": Answer.NO_CONSENT,
        "trigger:rule": Answer.ACTED,
    }
    assert [action.name for action in decision.actions] == ["create_task"]
    assert "step 1 (mailchimp.start_journey) is left out" in entry(decision, "trigger:rule").detail


def test_consent_for_one_list_lets_through_only_what_goes_to_it() -> None:
    two = [connection(name, "mailchimp", audience=name) for name in ("nl", "be")]
    both = [step(f"{name}.start_journey", Kind.MARKETING) for name in ("nl", "be")]
    story = Story(
        mapping(trigger("rule", "page.viewed", both, kind=Kind.MARKETING), audience=None, connections=two)
    )
    story.hears(event("newsletter.confirmed", "10:00", connection="be"))

    decision = story.hears(event("page.viewed"))

    assert [action.connection for action in decision.actions] == ["be"]


def test_a_trigger_on_a_stage_runs_when_the_stage_is_entered() -> None:
    on_care = trigger("rule", on_stages=frozenset({("main", "care")}))
    story = Story(mapping(on_care, journeys=[journey()]))

    assert "trigger:rule" not in answers(story.hears(event("newsletter.confirmed", "09:00")))
    assert answer(story.hears(order("order.paid", "10:00", "o1"))) is Answer.ACTED
    assert "trigger:rule" not in answers(story.hears(order("order.paid", "10:30", "o2")))


def test_a_trigger_on_a_stage_sees_the_contact_in_that_stage() -> None:
    on_care = trigger("rule", on_stages=frozenset({("main", "care")}), when=when("contact.stage == 'care'"))

    decision = Story(mapping(on_care, journeys=[journey()])).hears(order("order.paid", "10:00"))

    assert answer(decision) is Answer.ACTED


def test_a_trigger_on_a_stage_once_per_contact_runs_at_the_first_entry_only() -> None:
    moves = [move("order.paid", "care"), move("complaint.received", "think", from_stage="care")]
    on_care = trigger("rule", on_stages=frozenset({("main", "care")}), once_per="contact")
    story = Story(mapping(on_care, journeys=[journey(moves)]))

    story.hears(
        order("order.paid", "10:00"), event("complaint.received", "11:00"), order("order.paid", "11:30", "o2")
    )

    assert [answers(one).get("trigger:rule") for one in story.decisions] == [
        Answer.ACTED,
        None,
        Answer.ENTERED_BEFORE,
    ]


def test_runs_that_only_their_event_could_repeat_are_forgotten_after_ninety_days() -> None:
    story = Story(mapping(trigger("rule", ["page.viewed", "order.paid"], late=timedelta(days=999))))
    story.hears(event("page.viewed", "10:00"), order("order.paid", "10:00"))

    story.hears(event("page.viewed", "11:00"), now=NOON + timedelta(days=91))

    keys = set(story.contact.runs["rule"])
    assert keys == {"order:webshop:o1", "event:webshop:page.viewed@11:00"}


def test_a_run_is_remembered_as_long_as_a_limit_asks_for_it() -> None:
    yearly = trigger("rule", "page.viewed", limit=limited(2, days=365), late=timedelta(days=999))
    story = Story(mapping(yearly))
    story.hears(event("page.viewed", "10:00"))
    story.hears(event("page.viewed", "11:00"), now=NOON + timedelta(days=200))

    assert answer(story.hears(event("page.viewed", "11:30"), now=NOON + timedelta(days=364))) is Answer.LIMIT
