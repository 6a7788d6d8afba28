"""Carts, and the orders that they become."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal

from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import NOON, Story, answers, cart, event, journey, mapping, order, trigger


def after(*events: Event) -> Contact:
    return Story(mapping()).hears(*events).contact


def closers(*events: Event) -> dict[str, str | None]:
    """Which order closed which cart; the same in every order of arrival."""
    (found,) = {
        tuple(sorted((key, one.closed_by) for key, one in after(*arrived).carts.items()))
        for arrived in itertools.permutations(events)
    }
    return dict(found)


def test_the_latest_content_by_its_own_time_wins() -> None:
    """Carts: the latest content by its own time wins"""
    changes = [
        cart("cart.updated", "10:00", total=Decimal(80), currency="EUR"),
        cart("cart.updated", "10:05", total=Decimal(20)),
    ]

    for arrived in itertools.permutations(changes):
        assert after(*arrived).carts["webshop:c1"].total == Decimal(20)


def test_an_emptied_cart_holds_nothing() -> None:
    emptied = after(cart("cart.updated", "10:00", total=Decimal(80)), cart("cart.emptied", "10:05"))

    assert emptied.carts["webshop:c1"].total == 0


def test_an_order_closes_the_cart_that_it_came_from() -> None:
    assert closers(
        cart("cart.updated", "10:00", "c1"),
        cart("cart.updated", "10:30", "c2"),
        order("order.placed", "11:00", cart="c1"),
    ) == {"webshop:c1": "webshop:o1", "webshop:c2": None}


def test_an_order_closes_a_cart_by_the_token_of_its_checkout() -> None:
    assert closers(
        cart("checkout.started", "10:00", "77", token="t-1"), order("order.placed", "11:00", checkout="t-1")
    ) == {"webshop:77": "webshop:o1"}


def test_an_order_that_names_no_cart_closes_the_open_carts_of_its_shop() -> None:
    assert closers(
        cart("cart.updated", "10:00", "c1"),
        cart("cart.updated", "10:30", "c2", belongings=()),
        order("order.paid", "11:00"),
    ) == {"webshop:c1": "webshop:o1", "webshop:c2": "webshop:o1"}


def test_the_order_that_names_a_cart_closes_it_before_one_that_names_none() -> None:
    assert closers(
        cart("cart.updated", "10:00"),
        order("order.paid", "10:30", "o1"),
        order("order.paid", "11:00", "o2", cart="c1"),
    ) == {"webshop:c1": "webshop:o2"}


def test_an_order_of_another_shop_closes_no_cart() -> None:
    elsewhere = event("order.paid", "11:00", connection="shop_be", order={"id": "o9"})

    assert closers(cart("cart.updated", "10:00"), elsewhere) == {"webshop:c1": None}


def test_a_cart_that_changes_after_the_order_is_open_again() -> None:
    assert closers(
        cart("cart.updated", "10:00"),
        order("order.placed", "11:00", cart="c1"),
        cart("cart.updated", "11:30"),
    ) == {"webshop:c1": None}


def test_a_cart_event_older_than_the_order_that_closed_it_is_history_only() -> None:
    story = Story(mapping(trigger("big-cart", "cart.updated"), journeys=[journey()]))
    story.hears(order("order.placed", "11:00", cart="c1"))

    decision = story.hears(cart("cart.updated", "10:00", total=Decimal(800)))

    assert answers(decision) == {"move:main:3": Answer.MOVED, "ledger": Answer.LATE}
    assert decision.actions == ()
    assert story.contact.carts["webshop:c1"].total == Decimal(800)
    assert story.contact.counters["cart.updated"] == 1


def test_a_cart_that_nobody_touched_for_ninety_days_is_forgotten() -> None:
    story = Story(mapping())
    story.hears(
        cart("cart.updated", NOON - timedelta(days=91), "old"),
        cart("cart.updated", NOON - timedelta(days=89), "c1"),
    )

    story.hears(cart("cart.updated", NOON, "c2"))

    assert story.contact.carts.keys() == {"webshop:c1", "webshop:c2"}


def test_a_cart_is_known_by_its_token_where_it_has_no_id() -> None:
    named = event("cart.updated", cart={"token": "t-1", "total": Decimal(10)})

    assert after(named).carts.keys() == {"webshop:t-1"}


def test_a_cart_without_any_name_is_not_kept() -> None:
    nameless = after(event("cart.updated", cart={"total": Decimal(10)}))

    assert nameless.carts == {}
    assert nameless.counters == {"cart.updated": 1}
