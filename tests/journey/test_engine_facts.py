"""What webhooks come to: decisions of one kind, facts that are true once, identities that find a contact."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from connector.journey.identity import Choice, choose
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event, Identity
from connector.model.identities import THINGS, belonging, person
from connector.model.vocabulary import FACTS
from connector.sources.translate import translate
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    cart,
    event,
    journey,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
)
from tests.mapping.folders import CONNECTIONS, SHOP, sound
from tests.sources.build import delivery_of, from_file

LATER = datetime(2026, 11, 20, 12, tzinfo=NOON.tzinfo)


def told(changes: dict[str, object], topic: str = "order.updated") -> tuple[Event, ...]:
    """What one webhook of WooCommerce about the order says."""
    return from_file("woocommerce", "order.json", topic, **changes).events


def nine_webhooks() -> list[tuple[Event, ...]]:
    """What a shop sends of an order that is placed, paid, sent, paid back in part; three of them twice."""
    created = told({"status": "pending", "date_paid_gmt": None}, "order.created")
    pending = told({"status": "pending", "date_paid_gmt": None, "date_modified_gmt": "2026-11-20T10:01:00"})
    paid = told({"status": "processing", "date_modified_gmt": "2026-11-20T10:05:00"})
    sent = told({"status": "completed", "date_modified_gmt": "2026-11-20T11:00:00"})
    less = told(
        {
            "status": "completed",
            "refunds": [{"id": 1, "total": "-5.00"}],
            "date_modified_gmt": "2026-11-20T11:30:00",
        }
    )
    again = told({"status": "processing", "date_modified_gmt": "2026-11-20T10:06:00"})
    return [created, pending, paid, paid, again, sent, sent, less, less]


def once(webhooks: Iterable[tuple[Event, ...]]) -> list[Event]:
    """The events that are new, as they come: of one key only the first is heard."""
    new: dict[str, Event] = {}
    for events in webhooks:
        for one in events:
            new.setdefault(one.key, one)
    return list(new.values())


def test_a_decision_is_all_that_follows_from_an_event() -> None:
    """It is the contact as it is afterwards, its moves, the actions, what each rule said, and when time will
    bring more."""
    rules = mapping(trigger("now", "order.paid"), trigger("later", "order.paid", wait=wait("4h")))
    story = Story(replace(rules, journeys={"main": journey()}))

    decision = story.hears(order("order.paid", "12:00", total=Decimal(80)))

    assert decision.contact.orders["webshop:o1"].total == Decimal(80)
    assert [one.to_stage for one in decision.moves] == ["care"]
    assert [one.cause.rule for one in decision.actions] == ["trigger:now"]
    assert answers(decision) == {
        "move:main:4": Answer.MOVED,
        "trigger:now": Answer.ACTED,
        "trigger:later": Answer.WAITS,
    }
    assert decision.wakes_at == at("16:00")


def test_each_journey_knows_its_stage_since_when_how_and_for_which_time() -> None:
    """several may be defined at once, each with its own stage, the moment it was entered, how, and the
    cycle"""
    round_and_round = journey(
        [move("page.viewed", "see"), replace(move("order.paid", "see", from_stage="see"), begins_cycle=True)],
        name="rounds",
    )
    story = Story(mapping(journeys=[journey(), round_and_round]))

    story.hears(event("page.viewed", "10:00"), order("order.paid", "11:00"))

    main, rounds = story.contact.standings["main"], story.contact.standings["rounds"]
    assert (main.stage, main.since, main.inferred, main.cycle) == (
        "care",
        at("11:00"),
        ("see", "think", "do"),
        1,
    )
    assert (rounds.stage, rounds.since, rounds.inferred, rounds.cycle) == ("see", at("11:00"), (), 2)


def test_a_move_back_says_which_rule_it_was_and_what_that_saw() -> None:
    """Backward is a declared move with a reason, never an accident."""
    back = move("contact.changed", "see", "contact.points < 3", from_stage="do")
    story = Story(mapping(journeys=[journey([move("cart.updated", "do"), back])]))
    story.hears(cart("cart.updated", "10:00"))

    decision = story.hears(event("contact.changed", "11:00", fields={"points": Decimal(1)}))

    (reason,) = decision.trace
    assert (reason.rule, reason.answer, reason.seen) == (
        "move:main:2",
        Answer.MOVED,
        {"contact.points": Decimal(1)},
    )
    assert [(one.from_stage, one.to_stage) for one in decision.moves] == [("do", "see")]


@pytest.mark.parametrize("seed", range(12))
def test_nine_webhooks_of_one_order_are_one_order_in_any_order(seed: int) -> None:
    """Shops send two to nine webhooks for one order, late, twice and out of order, so between translation and
    rules stands the ledger."""
    webhooks = nine_webhooks()
    random.Random(seed).shuffle(webhooks)
    rules = mapping(trigger("thanks", "order.paid"), trigger("sorry", "order.refunded"), journeys=[journey()])
    story = Story(rules, Contact("01", NOON))

    story.hears(*once(webhooks), now=LATER)

    (only,) = story.contact.orders.values()
    assert only.facts == {
        "placed": datetime(2026, 11, 20, 10, 0, tzinfo=NOON.tzinfo),
        "paid": datetime(2026, 11, 20, 10, 4, tzinfo=NOON.tzinfo),
        "refunded": datetime(2026, 11, 20, 11, 30, tzinfo=NOON.tzinfo),
    }
    assert only.refunded == 5
    assert sorted(one.cause.rule for one in story.actions) == ["trigger:sorry", "trigger:thanks"]
    assert story.contact.counters == {"order.placed": 1, "order.paid": 1, "order.refunded": 1}


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("clocks", list(permutations(["09:00", "10:00", "11:00"])))
def test_each_fact_is_true_once_from_the_earliest_time_that_is_told(
    fact: str, clocks: tuple[str, ...]
) -> None:
    """An order's facts (placed, paid, payment failed, shipped, delivered, cancelled, refunded in part or
    whole) each become true once, at the time at which they happened"""
    story = Story(mapping(trigger("rule", f"order.{fact}")))

    decisions = [story.hears(order(f"order.{fact}", clock, refunded=Decimal(5))) for clock in clocks]

    assert [len(one.actions) for one in decisions] == [1, 0, 0]
    assert story.contact.orders["webshop:o1"].facts[fact] == at("09:00")
    assert story.contact.counters == {f"order.{fact}": 1}


PAID = {"status": "sent", "id": 7, "email": "eva@example.com", "total": "9", "lines": []}


@pytest.mark.parametrize(
    ("statuses", "names"),
    [
        ("statuses: {paid: [done, sent]}", ["order.paid"]),
        ("statuses: {shipped: [sent], paid: [done]}", ["order.shipped"]),
        ("statuses: {paid: [done], payment_failed: [declined]}", []),
    ],
)
def test_what_the_file_of_a_source_says_of_a_status_is_what_it_means(
    tmp_path: Path, statuses: str, names: list[str]
) -> None:
    """what a status means is mapping data of the source"""
    ours = SHOP.replace("source: shop\n", "source: ours\nreplaces: shop\n")
    ours = ours.replace("statuses: {paid: [done, sent]}", statuses).replace(
        "total: body.total\n    items", "total: body.total\n    status: body.status\n    items"
    )
    known = sound(tmp_path, {"ours.yaml": ours, "connections.yaml": CONNECTIONS})
    delivery = delivery_of(known.sources["ours"], json.dumps(PAID).encode(), {"x-topic": "status"})

    translation = translate(known, known.connections["webshop"], delivery)

    assert [one.name for one in translation.events] == names


OF_THE_PERSON = [
    person("email", "", "eva@example.com"),
    person("customer", "webshop", "31"),
    person("contact", "hubspot", "512"),
    person("cookie", "website", "c-1"),
]
OF_A_THING = [belonging(kind, "webshop", "7") for kind in sorted(THINGS)]


@pytest.mark.parametrize("identity", OF_THE_PERSON, ids=str)
def test_whatever_is_the_persons_finds_the_contact_and_makes_one_where_there_is_none(
    identity: Identity,
) -> None:
    """Identities are of the person (e-mail, a shop's customer, platform ids, cookie) or of something that
    belongs to a person. Either finds the contact."""
    one = event("page.viewed", email=None, people=[identity])

    assert choose(one, {identity: "01"}).contact_id == "01"
    assert choose(one, {}) == Choice(None, unclaimed=(identity,))


@pytest.mark.parametrize("identity", OF_A_THING, ids=str)
def test_what_belongs_to_a_person_finds_the_contact_and_makes_none(identity: Identity) -> None:
    """or of something that belongs to a person (order id, cart and checkout token, parcel, deal). Either
    finds the contact."""
    one = event("page.viewed", email=None, belongings=(identity,))

    assert choose(one, {identity: "01"}).contact_id == "01"
    assert choose(one, {}).is_parked


def test_a_rule_that_fails_leaves_other_contacts_and_the_next_event_alone() -> None:
    """A rule that fails inside is contained to its contact"""
    broken = trigger("broken", "cart.updated", [step(title="{{ cart.total / (cart.total - 80) }}")])
    rules = mapping(broken)
    eva, bob = Story(rules), Story(rules, Contact("02", NOON))

    said = [
        answers(story.hears(cart("cart.updated", clock, clock, total=Decimal(total))))["trigger:broken"]
        for story, clock, total in ((eva, "10:00", 80), (bob, "10:01", 90), (eva, "10:02", 90))
    ]

    assert said == [Answer.FAILED, Answer.ACTED, Answer.ACTED]
