"""A clock that was wrong for a while, and what arrives out of order, leave nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from connector.mapping.rules import DateComes
from connector.model.contact import Contact, Stated
from connector.model.event import Event
from tests.journey.build import Story, at, cart, event, mapping, order, trigger, value

BIRTHDAY = mapping(trigger("rule", occasions=(DateComes(value("contact.birthday"), is_yearly=True),)))


def test_a_contact_that_was_looked_at_by_a_clock_far_ahead_has_a_birthday_all_the_same() -> None:
    born = {"birthday": Stated(date(1990, 11, 5), at("00:00", day=1))}
    story = Story(BIRTHDAY, Contact("01", at("00:00", day=1), fields=born))
    story.wakes(at("12:00").replace(year=2099))

    heard = story.hears(event("page.viewed", "12:00"))
    story.wakes(at("12:00"))

    assert heard.wakes_at == at("08:00", day=5)
    assert len(story.wakes(at("08:00", day=5)).actions) == 1


SHOPPING = (
    replace(cart("cart.updated", "09:00"), connection="shop_nl"),
    replace(order("order.placed", "10:00"), connection="shop_be"),
    event("page.viewed", "11:00", connection="website"),
)


@pytest.mark.parametrize("arrivals", list(permutations(SHOPPING)))
def test_the_shop_is_that_of_the_latest_purchase_whatever_the_order_of_arrival(
    arrivals: tuple[Event, ...],
) -> None:
    story = Story(mapping())

    story.hears(*arrivals)

    assert story.contact.shop == "shop_be"
