"""Why a trigger did or did not act, and what would have to change, in sentences for administrators."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connector.journey.why import _SAID, _SAID_BEFORE, Decided, Reason, concerns, reason, waits_for
from connector.mapping.local_time import tell_local
from connector.mapping.mapping import Mapping
from connector.mapping.rules import FallsQuiet, MomentComes, Trigger
from connector.model.action import Kind
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import (
    EVA,
    NOON,
    Story,
    at,
    cart,
    connection,
    event,
    journey,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    when,
)

BIG = trigger("rule", "cart.updated", when=when("cart.total >= 500"))
MARKETING = trigger("rule", "cart.updated", [mail()], kind=Kind.MARKETING)


class Past(Story):
    """A story in which one rule is asked why."""

    def why(self, last: Event, now: datetime = NOON, asked_at: datetime | None = None) -> Reason:
        """What is said of the rule upon this event, at once or later."""
        decision = self.hears(last, now=now)
        self.last = Decided(last, decision.moves, decision.trace, now)
        return self.why_then(asked_at or now)

    def why_then(self, now: datetime, rules: Mapping | None = None) -> Reason:
        """What is said later of the last event, perhaps under another mapping."""
        rules = rules or self.mapping
        return reason(rules, rules.triggers["rule"], self.contact, self.last, now)


def local(moment: datetime) -> str:
    """The moment by the clocks of the mapping's zone, which are not those of the machine."""
    return tell_local(moment, ZoneInfo("Europe/Amsterdam"))


def past(*triggers: Trigger, **rest: object) -> Past:
    return Past(mapping(*triggers, **rest))  # type: ignore[arg-type]  # the names are those of mapping


def test_what_acted_says_so() -> None:
    assert past(BIG).why(cart("cart.updated", "10:00", total=600)) == Reason(
        Answer.ACTED, "it acted", (), {"cart.total": 600}
    )


def test_a_condition_that_said_no_names_what_it_found_and_what_it_must_find() -> None:
    """values only for the first condition that failed (`cart.total = 18.50, wanted >= 25`) and for what acted
    or was held back."""
    said = past(BIG).why(cart("cart.updated", "10:00", total=Decimal("18.50")))

    assert (said.answer, said.said) == (Answer.NO, "its condition said no")
    assert said.change == ("cart.total was 18.50 and must be at least 500",)
    assert said.seen == {"cart.total": Decimal("18.50")}


def test_what_was_missing_is_named() -> None:
    said = past(BIG).why(cart("cart.updated", "10:00"))

    assert said.answer is Answer.CANNOT_TELL
    assert said.change == ("cart.total was missing and must be at least 500",)


def test_choices_are_given_as_such() -> None:
    wide = trigger(
        "rule", "cart.updated", when=when("cart.total >= 500 or (contact.company and cart.total >= 50)")
    )

    said = past(wide).why(cart("cart.updated", "10:00", total=18))

    assert said.change == (
        "either cart.total was 18 and must be at least 500, "
        "or contact.company was missing and must be there and cart.total was 18 and must be at least 50",
    )


def test_a_segment_is_given_with_its_meaning() -> None:
    rule = trigger("rule", "cart.updated", when=when("contact.segments.loyal"))

    said = past(rule, segments={"loyal": "contact.purchases.count >= 3"}).why(cart("cart.updated", "10:00"))

    assert said.change == ("contact.segments.loyal (contact.purchases.count >= 3) was no and must be yes",)


def test_a_rule_that_was_eased_since_would_say_yes_now() -> None:
    story = past(BIG)
    story.why(cart("cart.updated", "10:00", total=300))

    said = story.why_then(NOON, mapping(replace(BIG, when=when("cart.total >= 100"))))

    assert said.change == ("with these values the rule, as it is now, says yes",)


def test_of_a_rule_that_asks_something_else_now_its_condition_is_shown() -> None:
    story = past(BIG)
    story.why(cart("cart.updated", "10:00", total=300))

    said = story.why_then(NOON, mapping(replace(BIG, when=when("cart.currency == 'EUR'"))))

    assert said.change == ("the condition is now: cart.currency == 'EUR'",)


def test_a_step_that_was_left_out_says_what_its_own_condition_lacked() -> None:
    rule = trigger("rule", "cart.updated", [step(), step(only_if="cart.currency == 'EUR'")][1:])

    said = past(rule).why(cart("cart.updated", "10:00", currency="USD"))

    assert said.answer is Answer.IF_NO
    assert "step 1 (hubspot.create_task) is left out" in said.said
    assert said.change == ("cart.currency was USD and must be EUR",)


def test_a_rule_that_failed_points_to_its_place() -> None:
    rule = trigger("rule", "cart.updated", when=when("cart.total / (cart.total - 80) > 1"))

    said = past(rule).why(cart("cart.updated", "10:00", total=80))

    assert "a division by zero" in said.said
    assert "rules.yaml:1" in said.change[0]


def test_once_per_subject_says_when_and_that_another_would_do() -> None:
    story = past(trigger("rule", ["cart.updated", "checkout.started"]))
    story.hears(cart("cart.updated", "10:00"))

    said = story.why(cart("checkout.started", "10:05"))

    assert said.said == "it had been entered before"
    assert said.change == (
        f"it is entered once for each cart; it acted on {local(NOON)}: another cart would have to come",
    )


def test_once_per_contact_says_what_would_change_that() -> None:
    story = past(replace(MARKETING, once_per="contact"))
    story.hears(cart("cart.updated", "10:00"))

    [sentence] = story.why(cart("cart.updated", "10:05", "c2")).change

    assert sentence.startswith(f"it is entered once per contact; it was held back on {local(NOON)}")


def test_a_limit_says_when_it_ran_and_from_when_it_may_again() -> None:
    story = past(trigger("rule", "cart.updated", limit=limited(1, days=7)))
    story.hears(cart("cart.updated", "10:00", "c1"))

    said = story.why(cart("cart.updated", "11:00", "c2"))

    again = local(NOON + timedelta(days=7))
    assert said.change == (f"it acted on {local(NOON)} and may act 1 per 7 days: again from {again}",)
    assert story.why_then(NOON + timedelta(days=7)).change[0].endswith("again now")


def test_of_a_limit_of_several_the_oldest_that_counts_decides() -> None:
    story = past(trigger("rule", "cart.updated", limit=limited(2, days=7)))
    for clock, cart_id in (("09:00", "c1"), ("10:00", "c2")):
        story.hears(cart("cart.updated", clock, cart_id), now=at(clock))

    [sentence] = story.why(cart("cart.updated", "11:00", "c3")).change

    assert sentence == (
        f"it acted on {local(at('09:00'))}, {local(at('10:00'))} and may act 2 per 7 days: "
        f"again from {local(at('09:00', day=9))}"
    )


def test_a_limit_that_was_taken_away_stops_nothing_any_more() -> None:
    story = past(trigger("rule", "cart.updated", limit=limited(1, days=7)))
    story.hears(cart("cart.updated", "10:00", "c1"))
    story.why(cart("cart.updated", "11:00", "c2"))

    assert story.why_then(NOON, mapping(trigger("rule", "cart.updated"))).change == (
        "the rule, as it is now, has no limit",
    )


def test_what_was_heard_too_late_says_by_when_it_has_to_be() -> None:
    said = past(trigger("rule", "cart.updated")).why(cart("cart.updated", NOON - timedelta(days=2)))

    assert said.said.startswith("it heard of this too late: it happened 2 days ago")
    assert said.change[0].startswith("it has to be heard within 1 day of happening")


def test_an_open_complaint_says_from_when_marketing_goes_on() -> None:
    story = past(MARKETING)
    story.hears(event("newsletter.confirmed", "09:00"), event("complaint.received", "10:00"))

    said = story.why(cart("cart.updated", "11:00"))

    [goes_on, lets_go] = said.change
    assert said.said.startswith("a complaint holds it: a complaint is open since")
    assert "complaint.resolved would have to come" in goes_on
    assert goes_on.endswith(local(at("10:00") + timedelta(days=30)))
    assert lets_go == (
        f"a run of it waits for that; after {local(NOON + timedelta(days=1))} it is too late, and let go"
    )


def test_a_complaint_that_was_resolved_since_stops_nothing_any_more() -> None:
    story = past(MARKETING)
    story.hears(event("newsletter.confirmed", "09:00"), event("complaint.received", "10:00"))
    story.why(cart("cart.updated", "11:00"))
    story.hears(event("complaint.resolved", "11:30"))

    assert story.why_then(NOON).change == ("no complaint is open any more",)


def test_consent_that_was_never_given_says_which_event_gives_it() -> None:
    said = past(MARKETING).why(cart("cart.updated", "11:00"))

    assert said.change == (
        f"consent of {EVA} for the list mailchimp is not known: newsletter.confirmed would have to come",
    )


def test_consent_that_was_withdrawn_says_when_and_by_what() -> None:
    story = past(MARKETING)
    gone = event("newsletter.unsubscribed", "10:00")
    story.hears(event("newsletter.confirmed", "09:00"), gone)

    [sentence] = story.why(cart("cart.updated", "11:00")).change

    assert f"was withdrawn on {local(at('10:00'))} by newsletter.unsubscribed webshop:{gone.key}" in sentence
    assert sentence.endswith("newsletter.confirmed would have to come anew")


def test_consent_that_came_since_is_said() -> None:
    story = past(MARKETING)
    story.why(cart("cart.updated", "10:00"))
    story.hears(event("newsletter.confirmed", "11:00"))

    [sentence] = story.why_then(NOON).change

    assert f"was given on {local(at('11:00'))}" in sentence
    assert sentence.endswith("which was not known then")


def test_each_list_that_a_rule_markets_through_is_spoken_of() -> None:
    two = [connection(name, "mailchimp", audience=name) for name in ("nl", "be")]
    both = [step(f"{name}.start_journey", Kind.MARKETING) for name in ("nl", "be")]
    rule = trigger("rule", "cart.updated", both, kind=Kind.MARKETING)

    said = past(rule, audience=None, connections=two).why(cart("cart.updated", "11:00"))

    assert ["nl" in said.change[0], "be" in said.change[1]] == [True, True]


def test_an_echo_of_our_own_change_asked_no_rule() -> None:
    said = past(BIG).why(replace(cart("cart.updated", "10:00", total=600), is_echo=True))

    assert (said.answer, said.change) == (Answer.ECHO, ())


def test_a_fact_that_was_known_asked_no_rule() -> None:
    story = past(trigger("rule", "order.paid"))
    story.hears(order("order.paid", "10:00"))

    said = story.why(order("order.paid", "10:30"))

    assert said.answer is Answer.FACT_KNOWN
    assert "order webshop:o1 was paid" in said.said


def test_a_cart_that_became_an_order_asked_no_rule() -> None:
    story = past(BIG)
    story.hears(cart("cart.updated", "10:00", total=18), order("order.placed", "10:30", cart="c1"))

    said = story.why(cart("cart.updated", "10:20", total=600))

    assert said.answer is Answer.LATE
    assert "cart webshop:c1 became order webshop:o1 before" in said.said


def test_somebody_who_was_erased_is_left_alone() -> None:
    story = past(BIG)
    story.hears(event("contact.erased", "09:00"))

    said = story.why(cart("cart.updated", "10:00", total=600))

    assert said.change == ("whoever was erased is left alone",)


def test_a_rule_that_is_younger_than_the_event_was_not_asked() -> None:
    story = past(trigger("older", "cart.updated"), BIG)
    story.mapping = mapping(trigger("older", "cart.updated"))
    story.hears(cart("cart.updated", "10:00", total=600))
    story.last = Decided(cart("cart.updated", "10:00", total=600), (), story.decisions[-1].trace, NOON)

    said = story.why_then(NOON, mapping(BIG))

    assert said == Reason(None, "the mapping of that time had no such trigger listening to this")


def test_reasons_that_are_not_kept_any_more_are_said_to_be() -> None:
    story = past(BIG)
    story.last = Decided(cart("cart.updated", "10:00", total=600), (), (), NOON)

    assert "no reason is kept" in story.why_then(NOON).said


@pytest.mark.parametrize(("stage", "is_concerned"), [("care", True), ("do", False)])
def test_a_trigger_on_a_stage_is_concerned_by_what_led_there(stage: str, is_concerned: bool) -> None:
    rule = trigger("rule", on_stages=frozenset({("main", stage)}))
    story = past(rule, journeys=[journey()])
    story.hears(cart("cart.updated", "09:00"))

    story.why(order("order.paid", "10:00"))

    assert concerns(rule, story.last) is is_concerned


def test_of_a_rule_that_was_asked_twice_it_counts_that_it_acted() -> None:
    both = trigger(
        "rule", "order.paid", on_stages=frozenset({("main", "care")}), when=when("contact.stage == 'care'")
    )
    story = past(replace(both, limit=limited(1, days=7)), journeys=[journey()])

    said = story.why(order("order.paid", "10:00"))

    assert len([one for one in story.last.trace if one.rule == "trigger:rule"]) == 2
    assert said.answer is Answer.ACTED


def test_an_event_that_a_rule_listened_to_before_it_was_changed_concerns_it() -> None:
    story = past(BIG)
    story.why(cart("cart.updated", "10:00", total=18))

    assert concerns(trigger("rule", "order.paid"), story.last)
    assert not concerns(trigger("other", "order.paid"), story.last)


def test_what_a_rule_waits_for_is_named_with_where_the_contact_stands() -> None:
    rule = trigger("rule", ["order.paid", "cart.updated"], on_stages=frozenset({("main", "care")}))
    story = past(rule, journeys=[journey()])
    nobody = Contact(id="02", created_at=NOON)
    story.hears(cart("cart.updated", "10:00"))

    assert waits_for(rule, story.contact) == (
        "cart.updated",
        "order.paid",
        "an entry of the stage main.care (in do now)",
    )
    assert waits_for(rule, nobody)[-1].endswith("(in no stage yet)")


def test_what_a_rule_waits_for_names_what_time_brings() -> None:
    quiet = FallsQuiet(timedelta(days=180), frozenset({"order.paid"}))
    friday = MomentComes("black_friday", shift=timedelta(days=-3), segment="loyal")
    rule = replace(trigger("rule"), occasions=(quiet, friday))

    assert waits_for(rule, Contact(id="02", created_at=NOON)) == (
        "quiet for 180d since order.paid",
        "3d before black_friday at 09:00 for loyal",
    )


def test_every_answer_that_can_stop_a_trigger_has_its_words() -> None:
    of_moves = {Answer.MOVED, Answer.NOT_FORWARD, Answer.BEATEN}
    of_others = {Answer.CONFLICT, Answer.MERGED, Answer.SCORED}

    assert {*_SAID, *_SAID_BEFORE} == set(Answer) - of_moves - of_others
