"""The guards before a run acts: modes, arms, suggestions, contact pressure, and the hours."""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest

from connector.journey.arms import THE_REST, draw, in_canary
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Arm, Hours, Mode, Trigger
from connector.mapping.terms import Frequency
from connector.model.action import Kind
from connector.model.contact import Contact, Run
from connector.model.decision import Answer, Decision
from connector.model.values import Value
from tests.journey.build import (
    NOON,
    Story,
    at,
    cart,
    entry,
    event,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    value,
    wait,
    when,
)

HELD_OUT = (Arm("held_out", Decimal("0.1"), is_held_out=True),)
HALVES = (Arm("a", Decimal("0.5")), Arm("b", Decimal("0.5")))
OFFICE = Hours({day: ((time(9), time(17)),) for day in range(5)})
CONFIRMED = event("newsletter.confirmed", "08:00")
"""In Amsterdam it is an hour later than in UTC in November 2026, and the 2nd is a Monday."""


def told(decision: Decision) -> tuple[Answer, str]:
    said = entry(decision, "trigger:rule")
    return said.answer, said.detail


def somebody(number: int) -> Contact:
    return Contact(id=f"contact-{number}", created_at=at("00:00", day=1))


def marketing(**rest: object) -> Trigger:
    made = trigger("rule", "page.viewed", [mail()], kind=Kind.MARKETING)
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def reader(rules: Mapping) -> Story:
    """Somebody who has agreed to marketing."""
    story = Story(rules)
    story.hears(CONFIRMED)
    return story


def test_a_trigger_that_is_paused_starts_nothing() -> None:
    story = Story(mapping(trigger("rule", "cart.updated", mode=Mode("paused"))))

    assert told(story.hears(cart("cart.updated", "12:00"))) == (Answer.STOPPED, "it is paused")
    assert story.contact.runs == {}


def test_what_waits_is_left_alone_while_its_trigger_is_paused_and_goes_on_after_it() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"))
    live, paused = mapping(rule), mapping(replace(rule, mode=Mode("paused")))
    story = Story(live)
    story.hears(cart("cart.updated", "12:00"))

    story.mapping = paused
    held = story.wakes(at("17:00"))
    story.mapping = live
    gone_on = story.wakes(at("18:00"))

    assert (held.actions, held.trace, held.wakes_at) == ((), (), None)
    assert len(gone_on.actions) == 1


def test_a_shadow_decides_and_does_nothing() -> None:
    """`mode: shadow` decides and records, and does nothing."""
    rule = trigger("rule", "cart.updated", [step(), wait("1d"), step()], mode=Mode("shadow"))
    story = Story(mapping(rule))

    first, second = story.hears(cart("cart.updated", "12:00")), story.wakes(at("12:00", day=3))

    assert (first.actions, second.actions) == ((), ())
    assert entry(second, "trigger:rule").answer is Answer.SHADOW
    assert story.run().ended == "shadow"


def test_what_a_shadow_would_have_done_counts_for_itself_alone() -> None:
    rule = trigger("rule", "cart.updated", limit=limited(1, days=7), mode=Mode("shadow"))
    story = Story(mapping(rule))

    story.hears(cart("cart.updated", "12:00", "c1"))
    limit = story.hears(cart("cart.updated", "12:00", "c2"))
    story.mapping = mapping(replace(rule, mode=Mode()))
    acted = story.hears(cart("cart.updated", "12:00", "c1"))

    assert (told(limit)[0], len(acted.actions)) == (Answer.LIMIT, 1)


def test_what_waits_becomes_a_shadow_where_its_trigger_is_one_now() -> None:
    rule = trigger("rule", "cart.updated", wait=wait("4h"))
    story = Story(mapping(rule))
    story.hears(cart("cart.updated", "12:00"))

    story.mapping = mapping(replace(rule, mode=Mode("shadow")))

    assert told(story.wakes(at("16:00")))[0] is Answer.SHADOW


def test_a_canary_acts_on_its_share_and_a_larger_one_on_them_too() -> None:
    rule = trigger("rule", "cart.updated")
    chosen = {
        share: {one for one in range(400) if in_canary(somebody(one), rule, Mode("canary", Decimal(share)))}
        for share in ("0.1", "0.5")
    }

    assert 20 < len(chosen["0.1"]) < 60
    assert 160 < len(chosen["0.5"]) < 240
    assert chosen["0.1"] < chosen["0.5"]


def test_who_is_not_in_the_canary_does_not_enter() -> None:
    """Which arm (`hold_out`, `split`, canary)?"""
    rule = trigger("rule", "cart.updated", mode=Mode("canary", Decimal(0)))

    decision = Story(mapping(rule)).hears(cart("cart.updated", "12:00"))

    assert told(decision) == (Answer.NOT_IN_CANARY, "it acts on 0% of the contacts so far")
    assert decision.contact.runs == {}


def test_arms_are_drawn_evenly_and_always_the_same() -> None:
    rule = trigger("rule", arms=HALVES)
    drawn = [draw(somebody(one), rule) for one in range(400)]

    assert drawn == [draw(somebody(one), rule) for one in range(400)]
    assert 160 < drawn.count("a") < 240
    assert set(drawn) == {"a", "b"}


def test_two_triggers_draw_apart() -> None:
    one, other = (
        [draw(somebody(number), trigger(name, arms=HALVES)) for number in range(400)] for name in "xy"
    )

    assert 120 < sum(mine == theirs for mine, theirs in zip(one, other, strict=True)) < 280


def test_an_arm_that_was_drawn_survives_other_percentages() -> None:
    drawn = {"rule": {"event:x": Run(at=NOON, acted=True, arm=THE_REST)}}
    contact = replace(somebody(1), runs=drawn)

    everybody = trigger("rule", arms=(Arm("held_out", Decimal(1), is_held_out=True),))

    assert (draw(somebody(1), everybody), draw(contact, everybody)) == ("held_out", THE_REST)


def test_each_arm_does_its_own() -> None:
    rule = trigger(
        "rule", "cart.updated", arms=HALVES, do_by_arm={"a": (step("hubspot.tag"),), "b": (step(),)}
    )

    for number in range(8):
        story = Story(mapping(rule), somebody(number))
        (action,) = story.hears(cart("cart.updated", "12:00")).actions
        assert action.name == {"a": "tag", "b": "create_task"}[story.run().arm]


def test_who_is_held_out_of_a_split_is_asked_as_the_first_arm_is() -> None:
    nobody = (
        Arm("held_out", Decimal(1), is_held_out=True),
        *(replace(one, share=Decimal(0)) for one in HALVES),
    )
    rule = trigger("rule", "cart.updated", arms=nobody, do_by_arm={"a": (step(),), "b": (step(),)})
    story = Story(mapping(replace(rule, do=())))

    assert told(story.hears(cart("cart.updated", "12:00")))[0] is Answer.HELD_OUT


def test_an_arm_with_nothing_to_do_is_held_out() -> None:
    arms = (Arm("mails", Decimal(0)), Arm("nothing", Decimal(1)))
    rule = trigger("rule", "cart.updated", arms=arms, do_by_arm={"mails": (step(),), "nothing": ()})
    story = Story(mapping(replace(rule, do=())))

    assert told(story.hears(cart("cart.updated", "12:00"))) == (Answer.HELD_OUT, "it is in the arm nothing")
    assert story.run().acted


def test_who_is_held_out_passes_all_other_questions_and_counts_for_the_limit() -> None:
    """A held-out contact passes all other questions, so that both arms compare those who would have been
    acted upon."""
    nobody = (Arm("held_out", Decimal(1), is_held_out=True),)
    rule = marketing(arms=nobody, limit=limited(1, days=7), pressure=Frequency(1, timedelta(days=7)))
    unasked, asked = Story(mapping(rule)), reader(mapping(rule))

    assert told(unasked.hears(event("page.viewed")))[0] is Answer.NO_CONSENT
    held_out = asked.hears(event("page.viewed"))

    assert told(held_out) == (Answer.HELD_OUT, "it is in the arm held_out")
    assert (held_out.actions, asked.run().acted, asked.contact.touched) == ((), True, ())
    assert told(asked.hears(event("page.viewed", "12:30"), now=at("12:30")))[0] is Answer.LIMIT


RELATED: list[Table[str, str]] = [{"id": "7", "name": "spade"}, {"id": "8", "sku": "R1", "name": "rake"}]


def suggestions(*owned: str, related: Value = RELATED) -> Decision:
    titles = "{{ suggested | pluck('name') | join(' and ') }}"
    rule = trigger("rule", "order.paid", [step(note=titles)], suggest=value("order.related"))
    story = Story(mapping(rule), replace(somebody(1), owned=owned))
    return story.hears(order("order.paid", "12:00", related=related))


def test_nothing_left_to_suggest_holds_back() -> None:
    assert told(suggestions("7", "R1")) == (Answer.NOTHING_LEFT, "all of it is owned")
    assert told(suggestions(related=[])) == (Answer.NOTHING_LEFT, "order.related names nothing")


def test_what_is_left_is_what_the_texts_suggest() -> None:
    assert [one.arguments["note"] for one in suggestions("8").actions] == ["spade"]
    assert [one.arguments["note"] for one in suggestions("9").actions] == ["spade and rake"]


def test_pressure_holds_marketing_back_over_all_triggers() -> None:
    twice = Frequency(2, timedelta(days=7))
    story = reader(mapping(marketing(pressure=twice), trigger("rule2", "page.viewed")))

    looks = [story.hears(event("page.viewed", clock), now=at(clock)) for clock in ("12:00", "13:00", "14:00")]

    assert [told(look)[0] for look in looks] == [Answer.ACTED, Answer.ACTED, Answer.PRESSURE]
    assert story.contact.touched == (at("12:00"), at("13:00"))
    assert told(looks[2])[1] == "marketing has reached the contact 2 times within 7 days"
    again = story.hears(event("page.viewed", at("12:01", day=9)), now=at("12:01", day=9))
    assert told(again)[0] is Answer.ACTED


def test_each_step_between_waits_counts_once() -> None:
    """Pressure counts one per contact, run and step between waits, marketing only."""
    rule = trigger("rule", "page.viewed", [mail(), mail(), wait("1h"), mail()], kind=Kind.MARKETING)
    story = reader(mapping(rule))

    story.hears(event("page.viewed", "12:00"))
    story.wakes(at("13:00"))

    assert story.contact.touched == (at("12:00"), at("13:00"))


def test_the_usual_pressure_is_for_marketing_alone() -> None:
    """Pressure counts one per contact, run and step between waits, marketing only."""
    rules = mapping(trigger("rule", "page.viewed"))
    bound = replace(rules, defaults=replace(rules.defaults, pressure=Frequency(1, timedelta(days=7))))
    story = reader(bound)
    story.contact = replace(story.contact, touched=(NOON,))

    assert told(story.hears(event("page.viewed")))[0] is Answer.ACTED


def test_outside_its_hours_a_run_waits_for_the_next() -> None:
    story = reader(mapping(marketing(hours=OFFICE)))

    evening = story.hears(event("page.viewed", "18:00"), now=at("18:00"))
    opening = story.wakes(at("08:00", day=3))

    assert told(evening) == (
        Answer.WAITS,
        "this is outside its hours; it waits until 2026-11-03 09:00 CET",
    )
    assert (len(opening.actions), opening.wakes_at) == (1, None)


def test_hours_are_those_of_the_contacts_own_clocks() -> None:
    story = reader(mapping(marketing(hours=OFFICE)))

    asleep = story.hears(
        event("page.viewed", "12:00", fields={"time_zone": "America/New_York"}), now=at("12:00")
    )

    assert asleep.wakes_at == at("14:00")


def test_a_zone_that_is_none_leaves_the_companys() -> None:
    story = reader(mapping(marketing(hours=OFFICE)))

    assert len(story.hears(event("page.viewed", "12:00", fields={"time_zone": "Mars/Base"})).actions) == 1


def test_the_usual_hours_are_for_marketing_and_own_ones_for_any_kind() -> None:
    usual = mapping(trigger("rule", "page.viewed"))
    usual = replace(usual, defaults=replace(usual.defaults, hours=OFFICE))
    own = mapping(trigger("rule", "page.viewed", hours=OFFICE))

    evening = event("page.viewed", "18:00")

    assert told(Story(usual).hears(evening, now=at("18:00")))[0] is Answer.ACTED
    assert told(Story(own).hears(evening, now=at("18:00")))[0] is Answer.WAITS


def test_before_acting_in_its_hours_everything_is_asked_again() -> None:
    story = reader(mapping(marketing(hours=OFFICE)))
    story.hears(event("page.viewed", "18:00"), now=at("18:00"))
    story.hears(event("newsletter.unsubscribed", "19:00"), now=at("19:00"))

    assert told(story.wakes(at("08:00", day=3)))[0] is Answer.NO_CONSENT


@pytest.mark.parametrize(
    ("item", "name"),
    [({"id": "1", "sku": "S"}, "1"), ({"sku": "S"}, "S"), ({"name": "x"}, "1"), ({"product": "9"}, "9")],
)
def test_each_item_is_a_run_by_its_own_name(item: Table[str, str], name: str) -> None:
    story = Story(mapping(trigger("rule", "order.paid", once_per="order item")))

    story.hears(order("order.paid", "12:00", items=[item]))

    assert list(story.contact.runs["rule"]) == [f"order:webshop:o1#{name}"]


def test_without_items_nothing_runs_and_the_trace_says_so() -> None:
    story = Story(mapping(trigger("rule", "order.paid", once_per="order item")))

    assert told(story.hears(order("order.paid", "12:00"))) == (Answer.NO, "there is no item")


def test_each_item_is_asked_for_itself() -> None:
    rule = trigger("rule", "order.paid", once_per="order item", when=when("item.price > 10"))
    story = Story(mapping(rule))

    decision = story.hears(
        order("order.paid", "12:00", items=[{"sku": "S", "price": 5}, {"sku": "T", "price": 50}])
    )

    assert [one.answer for one in decision.trace] == [Answer.NO, Answer.ACTED]
    assert list(story.contact.runs["rule"]) == ["order:webshop:o1#T"]


def test_an_item_that_waits_is_found_again_though_names_end_alike() -> None:
    task = step(title="{{ item.name }}")
    rule = trigger("rule", "order.paid", [wait("1h"), task], once_per="order item")
    story = Story(mapping(rule))
    story.hears(order("order.paid", "12:00", items=[{"sku": "S", "name": "a"}, {"sku": "T#S", "name": "b"}]))

    assert sorted(str(one.arguments["title"]) for one in story.wakes(at("13:00")).actions) == ["a", "b"]


def test_items_that_share_a_name_are_runs_of_their_own() -> None:
    story = Story(mapping(trigger("rule", "order.paid", for_each=value("order.items"))))

    acted = story.hears(order("order.paid", "12:00", items=[{"sku": "S"}, {"sku": "S"}, {"sku": "T"}]))

    assert len({one.key for one in acted.actions}) == 3
    assert sorted(story.contact.runs["rule"]) == [
        "order:webshop:o1#S",
        "order:webshop:o1#S#2",
        "order:webshop:o1#T",
    ]
