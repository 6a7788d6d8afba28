"""What holds of every decision: it is total, contained, and blind to the order of arrival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.facts import only_facts
from connector.journey.ledger import purchases
from connector.model.action import Kind
from connector.model.decision import Answer
from connector.model.event import Event, Identity
from connector.model.vocabulary import EVENTS, FACTS, SUBJECTS
from tests.journey.build import (
    EVA,
    NOON,
    Story,
    answers,
    at,
    cart,
    event,
    journey,
    mail,
    mapping,
    move,
    order,
    step,
    trigger,
    when,
)

CLOCKS = st.integers(0, 20).map(lambda minutes: at("10:00") + timedelta(minutes=minutes))
AMOUNTS = st.decimals(min_value=-5, max_value=10**9, places=2) | st.none()
CURRENCIES = st.sampled_from(["EUR", None])
IDS = st.sampled_from(["1", "2", "3"])

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.decimals(allow_nan=False)
    | st.datetimes(timezones=st.just(NOON.tzinfo))
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)

DEMANDING = mapping(
    trigger(
        "sum", list(EVENTS), [step(due="{{ contact.birthday }}", title="{{ order.total + cart.total }}")]
    ),
    trigger("late", list(EVENTS), when=when("contact.points / order.total > 1 or contact.segments.loyal")),
    trigger("mail", list(EVENTS), [mail(to="{{ contact.name }}")], kind=Kind.MARKETING),
    trigger("stage", on_stages=frozenset({("main", "do")}), when=when("cart.total > 10")),
    journeys=[
        journey(
            [
                move(list(EVENTS), "do", "order.total > 5"),
                move(list(EVENTS), "see", "contact.name", from_stage="do"),
                move(list(EVENTS), "see", "cart.items"),
            ],
            enter={
                "do": [step(due="{{ cart.currency }}")],
                "see": [step(only_if="cart.total / order.total > 1")],
            },
        )
    ],
    segments={"loyal": "contact.purchases.average > contact.points"},
)


@st.composite
def any_events(draw: st.DrawFn) -> Event:
    """An event of any name that carries anything at all."""
    shapes = [SUBJECTS[name] for name in ("order", "cart", "complaint", "email")]
    keys = sorted({key for shape in shapes for key in shape.fields})
    said = st.dictionaries(st.sampled_from(keys), ANYTHING, max_size=6)
    return Event(
        key=draw(st.text(max_size=5)),
        name=draw(st.sampled_from([*EVENTS, "custom.quiz", "unheard.of"])),
        occurred_at=draw(CLOCKS),
        connection=draw(st.sampled_from(["webshop", "mailchimp", "gone"])),
        source="woocommerce",
        people=tuple(
            draw(
                st.lists(
                    st.builds(Identity, st.sampled_from(["email", "phone"]), st.just(""), IDS), max_size=2
                )
            )
        ),
        fields=draw(
            st.dictionaries(
                st.sampled_from(["email", "name", "points", "phone", "birthday"]), ANYTHING, max_size=3
            )
        ),
        subjects=draw(
            st.dictionaries(st.sampled_from(["order", "cart", "complaint", "email"]), said, max_size=2)
        ),
        is_echo=draw(st.booleans()) and draw(st.booleans()),
    )


@given(events=st.lists(any_events(), max_size=8), data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_event_makes_a_decision_fail(events: list[Event], data: st.DataObject) -> None:
    story = Story(DEMANDING)

    for one in events:
        is_known = data.draw(st.booleans())
        decision = story.hears(one) if is_known else story.decides(one)
        assert decision.contact.id == "01"
        assert all(action.contact_id == "01" for action in decision.actions)


@st.composite
def facts(draw: st.DrawFn) -> Event:
    """Something about an order, a cart or the newsletter, as shops report it."""
    match draw(st.sampled_from(["order", "order", "cart", "other"])):
        case "order":
            name, said = (
                f"order.{draw(st.sampled_from(FACTS))}",
                {"total": draw(AMOUNTS), "refunded": draw(AMOUNTS)},
            )
            link = {"cart": draw(IDS)} if draw(st.booleans()) else {"currency": draw(CURRENCIES)}
            return order(name, draw(CLOCKS), draw(IDS), **said, **link)
        case "cart":
            name = draw(st.sampled_from(["cart.updated", "cart.emptied", "checkout.started"]))
            return cart(name, draw(CLOCKS), draw(IDS), total=draw(AMOUNTS), currency=draw(CURRENCIES))
        case _:
            name = draw(
                st.sampled_from(["newsletter.confirmed", "newsletter.unsubscribed", "product.viewed"])
            )
            return event(name, draw(CLOCKS))


def one_report_a_fact(events: Sequence[Event]) -> list[Event]:
    """The events, of which no two report the same fact at different times."""
    return list(
        {(one.name, str(one.subjects.get("order", {}).get("id", one.key))): one for one in events}.values()
    )


@given(events=st.lists(facts(), max_size=9).map(one_report_a_fact), data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_order_of_arrival_gives_the_same_facts_counters_purchases_and_stages(
    events: list[Event], data: st.DataObject
) -> None:
    rules = mapping(journeys=[journey()])
    one, other = Story(rules), Story(rules)

    for arrived in events:
        one.hears(arrived)
    for arrived in data.draw(st.permutations(events)):
        other.hears(arrived)

    assert one.contact.orders == other.contact.orders
    assert one.contact.carts == other.contact.carts
    assert one.contact.counters == other.contact.counters
    assert one.contact.standings == other.contact.standings
    assert one.contact.consent == other.contact.consent
    assert purchases(one.contact) == purchases(other.contact)


@given(events=st.lists(facts(), min_size=1, max_size=6), data=st.data())
@settings(max_examples=80, deadline=None)
def test_facts_that_are_told_again_change_nothing(events: list[Event], data: st.DataObject) -> None:
    story = Story(mapping(trigger("rule", [f"order.{fact}" for fact in FACTS]), journeys=[journey()]))
    orders = [one for one in events if one.name.startswith("order.")]
    for arrived in orders:
        story.hears(arrived)
    before = story.contact

    for again in data.draw(st.permutations(orders)):
        assert story.hears(again).actions == ()

    assert only_facts(story.contact) == only_facts(before)
    assert story.contact.runs == before.runs


def test_the_same_decision_is_made_again_whenever_it_is_asked() -> None:
    """A decision is made from the mapping, the contact as it was, one event and the time, so the same four
    give the same decision."""
    story = Story(DEMANDING)
    paid = order("order.paid", "10:00", total=Decimal(80))

    first, second = (Story(DEMANDING, story.contact).hears(paid) for _ in range(2))

    assert first == second


def test_rules_see_what_the_ledger_made_of_the_event() -> None:
    first = trigger("first-order", "order.paid", when=when("contact.purchases.count == 1"))
    story = Story(mapping(first))

    story.hears(order("order.paid", "10:00", "o1"), order("order.paid", "10:30", "o2"))

    assert [answers(decision) for decision in story.decisions] == [
        {"trigger:first-order": Answer.ACTED},
        {"trigger:first-order": Answer.NO},
    ]


def test_enter_actions_come_before_those_of_triggers() -> None:
    story = Story(
        mapping(
            trigger("rule", "order.paid", [step("hubspot.tag")]), journeys=[journey(enter={"care": [step()]})]
        )
    )

    decision = story.hears(order("order.paid", "10:00"))

    assert [action.cause.rule for action in decision.actions] == ["enter:main.care", "trigger:rule"]


def test_a_day_in_a_webshop() -> None:
    big_cart = trigger("big-cart", ["cart.updated", "checkout.started"], when=when("cart.total >= 500"))
    welcome = trigger("welcome", "newsletter.confirmed", [mail(journey=1)], kind=Kind.MARKETING)
    story = Story(
        mapping(
            big_cart, welcome, journeys=[journey(enter={"care": [step("mailchimp.tag", add=["customer"])]})]
        )
    )

    story.hears(
        event("newsletter.subscribed", "09:00"),
        event("newsletter.confirmed", "09:05"),
        cart("cart.updated", "10:00", total=Decimal(120)),
        cart("cart.updated", "10:10", total=Decimal(620)),
        order("order.placed", "10:30", total=Decimal(620), cart="c1"),
        order("order.paid", "10:31", total=Decimal(620)),
        order("order.paid", "10:32", total=Decimal(620)),
        event("newsletter.unsubscribed", "11:00"),
    )

    assert [action.cause.rule for action in story.actions] == [
        "trigger:welcome",
        "trigger:big-cart",
        "enter:main.care",
    ]
    assert story.contact.email == EVA
    assert story.contact.standings["main"].stage == "care"
    assert story.contact.carts["webshop:c1"].closed_by == "webshop:o1"
    assert not story.contact.consent[f"email|mailchimp|{EVA}"].given
