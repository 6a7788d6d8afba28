"""What a contact did last is the same in whatever order it was heard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.interests import HALF_LIFE, KEPT, shown
from connector.journey.view import View
from connector.model.contact import Contact, Interest
from connector.model.event import Event
from connector.model.values import Value
from tests.journey.build import NOON, Story, at, event, mapping, order, when

SPADE: Mapping[str, Value] = {"id": "1", "name": "Spade", "category": "Tuin & Terras", "brand": "Acme"}
RAKE: Mapping[str, Value] = {"id": "2", "name": "Rake", "category": "Tuin & Terras", "brand": "Zenith"}

ITEMS = st.sampled_from(["1", "2", "3"])


@st.composite
def looks(draw: st.DrawFn) -> Event:
    """Something that a contact looks at, opens or buys."""
    clock = at("10:00") + timedelta(minutes=draw(st.integers(0, 30)))
    number = draw(st.integers(1, 14))
    product = {"id": str(number), "name": f"n{draw(ITEMS)}", "category": f"c{draw(ITEMS)}"}
    match draw(st.sampled_from(["product", "page", "click", "order"])):
        case "product":
            return event("product.viewed", clock, product=product)
        case "page":
            return event("page.viewed", clock, page={"path": f"/tuin{number}/x"})
        case "click":
            return event("email.clicked", clock, email=None, subjects={"email": {"url": f"u{number}"}})
        case _:
            bought = {"items": [{"product": f"p{number}", "sku": f"s{number}"}]}
            return order("order.paid", clock, f"o{number}", **bought)


def memory(contact: Contact) -> object:
    faint = {name: round(one.amount, 3) for name, one in contact.interests.items()}
    return contact.last, contact.recent, contact.owned, faint


@given(events=st.lists(looks(), max_size=25, unique_by=lambda one: (one.name, one.key)), data=st.data())
@settings(max_examples=100, deadline=None)
def test_any_order_of_arrival_is_remembered_alike(events: list[Event], data: st.DataObject) -> None:
    paid_once = {one.key.partition("/")[2] or one.key: one for one in events}.values()
    one, other = Story(mapping()), Story(mapping())

    for arrived in paid_once:
        one.hears(arrived)
    for arrived in data.draw(st.permutations(list(paid_once))):
        other.hears(arrived)

    assert memory(one.contact) == memory(other.contact)


def test_the_last_of_an_event_is_the_latest_by_its_own_time() -> None:
    story = Story(mapping())

    story.hears(event("email.opened", "11:00"), event("email.opened", "09:00"))

    assert story.contact.last == {"email.opened": at("11:00")}


def test_the_last_ten_products_are_remembered_the_newest_first_and_each_once() -> None:
    story = Story(mapping())

    for minute in range(12):
        story.hears(event("product.viewed", f"10:{minute:02}", product={"id": f"p{minute}"}))
    story.hears(event("product.viewed", "10:30", product={"id": "p5"}))

    seen = [one["id"] for one in story.contact.recent["products"]]
    assert seen == ["p5", "p11", "p10", "p9", "p8", "p7", "p6", "p4", "p3", "p2"]


def test_what_was_paid_is_owned_by_its_id_and_its_stock_keeping_unit() -> None:
    story = Story(mapping())
    items = [{"id": "line", "product": "77", "sku": "SPADE-1"}]

    story.hears(order("order.placed", "10:00", items=[{"product": "88"}]))
    story.hears(order("order.paid", "10:01", items=items))

    assert story.contact.owned == ("77", "SPADE-1")


@pytest.mark.parametrize(
    "condition",
    [
        "contact.last.product_viewed < now and not contact.last.order_paid",
        "contact.interests.tuin_terras >= 1.99 and contact.interests.acme <= 1",
        "contact.interests.boeken == 0",
        "contact.recent.products[0].name == 'Rake'",
        "contact.recent.pages[0].title == 'Gardens'",
        "not contact.recent.clicks",
    ],
)
def test_a_rule_can_ask_what_a_contact_did_last(condition: str) -> None:
    story = Story(mapping())
    story.hears(
        event("product.viewed", "10:00", product=SPADE),
        event("product.viewed", "10:05", product=RAKE),
        event("page.viewed", "10:06", page={"path": "/nl/gardens/", "title": "Gardens"}),
    )

    scope = View(mapping(), story.contact, event("page.viewed"), NOON).scope

    assert when(condition)(scope) is True


def test_a_page_counts_for_the_first_part_of_its_path_and_an_own_event_for_its_topic() -> None:
    story = Story(mapping())

    story.hears(
        event("page.viewed", NOON, page={"path": "/nl/tuin/gieters"}),
        event("custom.quiz", NOON, data={"topic": "Rozen"}),
    )

    assert shown(story.contact, NOON) == {"tuin": Decimal(1), "rozen": Decimal(1)}


def test_half_of_an_interest_is_gone_in_ninety_days() -> None:
    contact = Contact("01", NOON, interests={"tuin": Interest(Decimal(8), NOON)})

    assert shown(contact, NOON + HALF_LIFE) == {"tuin": Decimal(4)}
    assert shown(contact, NOON + 3 * HALF_LIFE) == {"tuin": Decimal(1)}


def test_of_many_interests_the_faintest_is_forgotten() -> None:
    story = Story(mapping())
    story.hears(event("product.viewed", at("10:00", day=1), product={"category": "old"}))

    for number in range(KEPT):
        story.hears(event("product.viewed", "10:00", product={"category": f"c{number}"}, key=str(number)))

    assert len(story.contact.interests) == KEPT
    assert "old" not in story.contact.interests
