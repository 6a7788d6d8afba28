"""Business facts, not webhooks: what is true of an order, each fact once."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from connector.journey.ledger import purchases
from connector.model.contact import Contact, Order, changed
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.identities import belonging
from tests.journey.build import Story, answers, at, entry, event, journey, mapping, order, trigger


def after(*events: Event) -> Contact:
    return Story(mapping()).hears(*events).contact


def test_a_fact_is_true_from_the_time_at_which_it_happened() -> None:
    contact = after(order("order.placed", "10:00"), order("order.paid", "10:05"))

    assert contact.orders["webshop:o1"].facts == {"placed": at("10:00"), "paid": at("10:05")}


def test_paid_reaches_the_rules_once_however_many_webhooks_carry_it() -> None:
    """`order.paid` reaches the rules once however many `order.updated` carry it."""
    story = Story(mapping(trigger("thanks", "order.paid"), journeys=[journey()]))
    story.hears(order("order.paid", "10:00"))

    again = story.hears(order("order.paid", "10:05"))

    known = entry(again, "ledger")
    assert answers(again) == {"ledger": Answer.FACT_KNOWN}
    assert known.detail == "order webshop:o1 was paid at 2026-11-02T10:00:00+00:00"
    assert len(story.actions) == 1
    assert story.contact.counters == {"order.paid": 1}


def test_the_earliest_report_says_when_it_happened() -> None:
    facts = [
        after(*reports).orders["webshop:o1"].facts["paid"]
        for reports in itertools.permutations([order("order.paid", "10:05"), order("order.paid", "10:00")])
    ]

    assert facts == [at("10:00")] * 2


@pytest.mark.parametrize("fact", ["paid", "payment_failed", "shipped", "delivered", "cancelled", "refunded"])
def test_an_order_of_which_anything_is_known_was_placed(fact: str) -> None:
    found = after(order(f"order.{fact}", "10:05")).orders["webshop:o1"]

    assert found.facts["placed"] == at("10:05")
    assert found.inferred == ("placed",)


def test_an_inferred_fact_still_reaches_the_rules_when_it_is_reported() -> None:
    story = Story(mapping(trigger("placed", "order.placed")))
    story.hears(order("order.paid", "10:05"))

    story.hears(order("order.placed", "10:00"))

    assert [action.cause.rule for action in story.actions] == ["trigger:placed"]
    assert story.contact.orders["webshop:o1"].facts["placed"] == at("10:00")
    assert story.contact.orders["webshop:o1"].inferred == ()


def test_the_latest_content_by_its_own_time_wins() -> None:
    reports = [
        order("order.placed", "10:00", total=Decimal(80), currency="EUR", number="#1"),
        order("order.paid", "10:05", total=Decimal(75), updated_at=at("10:05")),
        order("order.shipped", "11:00"),
    ]

    for some_order in itertools.permutations(reports):
        found = after(*some_order).orders["webshop:o1"]
        assert (found.total, found.number, found.content_at) == (Decimal(75), "#1", at("10:05"))


def test_a_fact_that_is_known_may_still_bring_newer_content() -> None:
    contact = after(
        order("order.paid", "10:00", total=Decimal(80)), order("order.paid", "11:00", total=Decimal(70))
    )

    assert contact.orders["webshop:o1"].total == Decimal(70)


@pytest.mark.parametrize("total", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e40"), True, "80", None])
def test_what_is_no_amount_is_no_total(total: object) -> None:
    assert after(order("order.paid", "10:00", total=total)).orders["webshop:o1"].total is None  # type: ignore[arg-type]  # any value may arrive


def test_an_order_without_an_id_is_refused_by_name() -> None:
    decision = Story(mapping(trigger("thanks", "order.paid"))).hears(
        event("order.paid", order={"total": Decimal(80)})
    )

    refused = entry(decision, "ledger")
    assert (refused.answer, refused.detail) == (Answer.REFUSED_FACT, "the order has no id")
    assert decision.actions == ()


def test_orders_of_two_shops_with_the_same_id_are_two_orders() -> None:
    other = event("order.paid", order={"id": "o1"}, belongings=(belonging("order", "shop_be", "o1"),))

    assert after(order("order.paid", "10:00"), other).orders.keys() == {"webshop:o1", "shop_be:o1"}


def test_connections_that_share_ids_speak_of_one_order() -> None:
    told_by_the_carrier = event(
        "order.shipped",
        connection="carrier",
        order={"id": "o1"},
        belongings=(belonging("order", "webshop", "o1"),),
    )

    contact = after(order("order.paid", "10:00"), told_by_the_carrier)

    assert set(contact.orders["webshop:o1"].facts) == {"placed", "paid", "shipped"}


def test_purchases_are_the_orders_that_were_paid_and_not_cancelled() -> None:
    bought = purchases(
        after(
            order("order.paid", "10:00", "o1", total=Decimal("80.00")),
            order("order.paid", "10:30", "o2", total=Decimal("19.99")),
            order("order.placed", "10:40", "o3", total=Decimal(500)),
            order("order.payment_failed", "10:41", "o3"),
            order("order.paid", "10:50", "o4", total=Decimal(70)),
            order("order.cancelled", "11:00", "o4"),
        )
    )

    assert (bought.count, bought.total, bought.average) == (2, Decimal("99.99"), Decimal("50.00"))
    assert (bought.first_at, bought.last_at) == (at("10:00"), at("10:30"))


def test_nobody_who_never_bought_has_an_average() -> None:
    assert purchases(after(event("page.viewed"))).average is None


def test_refunds_lower_what_was_bought_and_are_one_fact() -> None:
    story = Story(mapping(trigger("refund", "order.refunded")))
    story.hears(order("order.paid", "10:00", total=Decimal(80)))

    story.hears(order("order.refunded", "11:00", refunded=Decimal(20)))
    again = story.hears(order("order.refunded", "11:30", refunded=Decimal(50)))

    assert answers(again) == {"ledger": Answer.FACT_KNOWN}
    assert len(story.actions) == 1
    assert (purchases(story.contact).count, purchases(story.contact).total) == (1, Decimal(30))


def test_what_was_refunded_only_grows_whatever_the_order_of_arrival() -> None:
    reports = [
        order("order.paid", "10:00", total=Decimal(80)),
        order("order.refunded", "11:00", refunded=Decimal(20)),
        order("order.refunded", "11:30", refunded=Decimal(50)),
    ]

    assert {purchases(after(*some_order)).total for some_order in itertools.permutations(reports)} == {
        Decimal(30)
    }


def test_a_refund_without_an_amount_is_one_of_the_whole_order() -> None:
    assert (
        purchases(
            after(order("order.paid", "10:00", total=Decimal(80)), order("order.refunded", "11:00"))
        ).total
        == 0
    )


def test_goods_that_come_back_without_money_are_no_refund() -> None:
    decision = Story(mapping()).hears(
        order("order.paid", "10:00", total=Decimal(80)), order("order.refunded", "11:00", refunded=Decimal(0))
    )

    assert answers(decision) == {"ledger": Answer.REFUSED_FACT}
    assert purchases(decision.contact).total == Decimal(80)


def test_goods_that_come_back_without_money_change_no_refund_whatever_the_order_of_arrival() -> None:
    reports = [
        order("order.paid", "10:00", total=Decimal(80)),
        order("order.refunded", "10:30", refunded=Decimal(0)),
        order("order.refunded", "11:00", refunded=Decimal(20)),
    ]

    ledgers = [after(*some_order).orders for some_order in itertools.permutations(reports)]

    assert all(one == ledgers[0] for one in ledgers)


def test_a_refund_of_less_than_nothing_is_no_refund() -> None:
    bought = purchases(
        after(
            order("order.paid", "10:00", total=Decimal(80)),
            order("order.refunded", "11:00", refunded=Decimal(-5)),
        )
    )

    assert bought.total == Decimal(80)


def test_what_was_bought_is_reckoned_once_for_the_same_orders_and_anew_for_others() -> None:
    contact = Contact(
        "01", at("00:00"), orders={"webshop:1": Order({"paid": at("09:00")}, total=Decimal(50))}
    )
    later = changed(contact, shop="webshop")

    assert purchases(later) is purchases(changed(later, shop="other"))
    assert purchases(changed(later, orders={})).count == 0
    assert later == changed(contact, shop="webshop")
