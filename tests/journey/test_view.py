"""What rules may see has exactly the shape that the check knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from weakref import ref

import pytest

from connector.journey.view import View
from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.types import Sort, Type
from connector.model.vocabulary import EVENT
from tests.journey.build import (
    NOON,
    Story,
    at,
    cart,
    event,
    journey,
    mapping,
    names,
    order,
    trigger,
    when,
)

RULES = mapping(journeys=[journey()], segments={"loyal": "contact.purchases.count >= 1"})
PERSON = {"first_name": "Eva", "last_name": "de Wit", "phone": "+31612345678", "points": Decimal(3)}


def seen_by(contact: Contact, one: Event) -> Mapping[str, Any]:
    return View(RULES, contact, one, NOON).scope


def lived() -> Story:
    story = Story(RULES)
    story.hears(
        event("newsletter.confirmed", "09:00", fields=PERSON),
        cart("cart.updated", "10:00", total=Decimal(80)),
        order("order.paid", "11:00", total=Decimal(80), cart="c1"),
    )
    return story


FITTING: Mapping[Sort, tuple[type, ...]] = {
    Sort.TEXT: (str,),
    Sort.NUMBER: (int, Decimal),
    Sort.YES_NO: (bool,),
    Sort.STAGE: (str,),
    Sort.TIME: (datetime,),
    Sort.DATE: (date,),
}


def unlike(value: object, type_: Type, path: str) -> list[str]:
    """The places where a value is not of its type."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        known = {key: type_.fields.get(key) or type_.item for key in value}
        return [
            place
            for key, one in known.items()
            for place in (unlike(value[key], one, f"{path}.{key}") if one else [f"{path}.{key}"])
        ]
    if type_.item and isinstance(value, tuple):
        return [place for one in value for place in unlike(one, type_.item, f"{path}[]")]
    return [] if isinstance(value, FITTING[type_.sort]) else [path]


def test_everything_that_rules_see_of_a_contact_is_in_its_type() -> None:
    scope = seen_by(lived().contact, event("page.viewed"))

    assert unlike(scope["contact"], names()["contact"], "contact") == []
    assert unlike(scope["event"], EVENT, "event") == []


@pytest.mark.parametrize("name", ["counters", "purchases", "consent", "segments", "stages", "stage"])
def test_what_is_made_of_history_is_there_from_the_beginning(name: str) -> None:
    nobody = seen_by(Story(RULES).contact, event("page.viewed", email=None))["contact"]

    assert name in nobody
    assert names()["contact"].fields["purchases"].fields.keys() == nobody["purchases"].keys()


@pytest.mark.parametrize(
    "condition",
    [
        "contact.email == 'eva@example.com'",
        "contact.name == 'Eva de Wit'",
        "contact.points == 3",
        "contact.shop == 'webshop'",
        "contact.stage == 'care' and contact.stages.main >= 'do'",
        "contact.counters.order_paid == 1 and contact.counters.page_viewed == 0",
        "contact.purchases.count == 1 and contact.purchases.total == 80 and contact.purchases.average == 80",
        "contact.purchases.first_at == contact.purchases.last_at",
        "contact.consent.email and not contact.consent.sms",
        "contact.segments.loyal",
        "event.name == 'product.viewed' and event.connection == 'webshop' and not event.channel",
        "product.name == 'Spade'",
        "now > event.occurred_at",
    ],
)
def test_a_rule_can_ask_for(condition: str) -> None:
    viewed = event("product.viewed", "11:30", product={"name": "Spade"})

    assert when(condition)(seen_by(lived().contact, viewed)) is True


def test_of_somebody_of_whom_nothing_is_known_counts_and_totals_are_nothing() -> None:
    scope = seen_by(Story(RULES).contact, event("page.viewed", email=None))

    asked = "contact.purchases.count == 0 and contact.purchases.total == 0 and not contact.purchases.average"
    assert when(asked)(scope) is True
    assert when("not contact.name and not contact.email and not contact.stage")(scope) is True


def test_a_name_that_was_stated_is_used_before_one_put_together() -> None:
    story = lived()
    story.hears(event("contact.changed", fields={"name": "Mrs De Wit"}))

    assert seen_by(story.contact, event("page.viewed"))["contact"]["name"] == "Mrs De Wit"


def test_segments_see_the_newest_state() -> None:
    rules = mapping(
        trigger("rule", "order.paid", when=when("contact.segments.loyal")),
        segments={"loyal": "contact.purchases.count >= 2"},
    )
    story = Story(rules)

    story.hears(order("order.paid", "10:00", "o1"), order("order.paid", "10:30", "o2"))

    assert [action.cause.event_key for action in story.actions] == ["order.paid@10:30/o2"]


def test_a_segment_that_cannot_be_told_or_fails_is_absent() -> None:
    unknown = mapping(segments={"loyal": "contact.points > 1", "odd": "1 / (contact.points - 1) > 1"})
    story = Story(unknown)

    nothing = View(unknown, story.contact, event("page.viewed"), NOON).scope["contact"]
    failing = View(
        unknown, story.hears(event("page.viewed", fields={"points": 1})).contact, event("page.viewed"), NOON
    )

    assert dict(nothing["segments"]) == {"loyal": None, "odd": None}  # type: ignore[index]  # a record
    assert dict(failing.scope["contact"]["segments"]) == {"loyal": False, "odd": None}  # type: ignore[index]  # a record


def test_without_a_main_journey_there_is_no_single_stage() -> None:
    rules = mapping(journeys=[journey(name="first"), journey(name="second")])
    story = Story(rules)
    story.hears(order("order.paid", "10:00"))

    person = View(rules, story.contact, event("page.viewed"), NOON).scope["contact"]

    assert isinstance(person, Mapping)
    assert person["stage"] is None
    assert person["stages"] == {"first": "care", "second": "care"}


def test_a_scope_is_made_only_when_a_rule_asks() -> None:
    view = View(RULES, lived().contact, event("page.viewed", at("11:30")), NOON)

    assert view._scope is None
    assert view.of(view.contact) is view


def test_nothing_of_what_a_rule_saw_stays_behind_its_view() -> None:
    view = View(RULES, lived().contact, event("page.viewed"), NOON)
    is_loyal = view.person["segments"]["loyal"]  # type: ignore[index]  # a record
    person = ref(view.person)

    del view

    assert is_loyal
    assert person() is None
