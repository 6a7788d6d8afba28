"""What holds of runs whatever happens, in whatever order, how often, and whenever time is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.actions import Rule, action_key
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Hours
from connector.mapping.terms import Frequency
from connector.model.action import Kind
from connector.model.decision import Decision
from connector.model.event import Event
from tests.journey.build import (
    NOON,
    Story,
    at,
    cart,
    event,
    mail,
    mapping,
    order,
    step,
    trigger,
    value,
    wait,
    when,
)

MORNINGS = Hours({day: ((time(8), time(12)),) for day in range(7)})
PLACED = frozenset({"order.placed"})

LEFT = trigger(
    "left",
    ["cart.updated", "checkout.started"],
    [step(), wait("3d"), step()],
    wait=wait("4h"),
    unless_events=PLACED,
)
RULES = mapping(
    LEFT,
    trigger(
        "mail",
        "cart.updated",
        [mail(), wait("1d"), mail()],
        wait=wait("1h"),
        kind=Kind.MARKETING,
        pressure=Frequency(2, timedelta(days=3)),
        hours=MORNINGS,
        group="one",
        priority=2,
    ),
    trigger("later", "page.viewed", [step()], wait=wait("2h"), group="one", loser="postpone", hours=MORNINGS),
    trigger("merged", "page.viewed", [wait("18:00"), step()], group="one", loser="merge", priority=1),
    trigger(
        "until",
        "order.placed",
        [wait(events=["order.paid"], at_most="2d"), step()],
        unless_events={"order.cancelled"},
    ),
    trigger(
        "asks",
        "order.placed",
        wait=wait(until="contact.purchases.count > 1"),
        unless=when("contact.counters.page_viewed > 4"),
    ),
    trigger(
        "items",
        "order.paid",
        [wait("next monday 10:00"), step(name="{{ item.sku }}")],
        for_each=value("order.items"),
    ),
)
ITEMS = ({"sku": "S"}, {"sku": "T"})

NAMES = (
    "cart.updated",
    "cart.updated",
    "checkout.started",
    "order.placed",
    "order.paid",
    "order.cancelled",
    "page.viewed",
    "newsletter.confirmed",
    "newsletter.unsubscribed",
)


@st.composite
def happenings(draw: st.DrawFn) -> Event:
    """Something about carts, orders, the newsletter or pages."""
    name, number = draw(st.sampled_from(NAMES)), draw(st.sampled_from(["1", "2"]))
    match name.partition(".")[0]:
        case "cart" | "checkout":
            return cart(name, NOON, f"c{number}", total=draw(st.integers(0, 99)))
        case "order":
            links = {"cart": f"c{number}"} if draw(st.booleans()) else {}
            return order(name, NOON, f"o{number}", items=list(ITEMS), total=50, **links)
        case _:
            return event(name)


Moment = tuple[Event | None, timedelta, timedelta]
"""An event, or a look at the time; how much later that is than what was before; how old the event is then."""

MOMENTS = st.lists(
    st.tuples(
        st.none() | happenings(),
        st.integers(0, 20 * 60).map(lambda minutes: timedelta(minutes=minutes)),
        st.integers(0, 5 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    ),
    max_size=16,
)


def passing(moments: Sequence[Moment]) -> Iterator[tuple[Event | None, datetime]]:
    """The moments as they come; each event happens at a time of its own, and arrives somewhat later."""
    now = NOON
    for number, (happened, later, age) in enumerate(moments):
        now += later
        at_its_time = replace(happened, occurred_at=now - age, key=f"{number}") if happened else None
        yield at_its_time, now


def play(rules: Mapping, moments: Iterable[tuple[Event | None, datetime]]) -> list[Decision]:
    """What is decided as the moments pass, of somebody who agreed to marketing."""
    story = Story(rules)
    story.hears(event("newsletter.confirmed", "08:00"), now=at("08:00"))
    return [story.hears(one, now=now) if one else story.wakes(now) for one, now in moments]


@given(moments=MOMENTS)
@settings(max_examples=300, deadline=None)
def test_no_step_acts_twice(moments: list[Moment]) -> None:
    made = Counter(action.key for one in play(RULES, passing(moments)) for action in one.actions)

    assert not [key for key, times in made.items() if times > 1]


@given(moments=MOMENTS)
@settings(max_examples=300, deadline=None)
def test_after_a_look_nothing_is_due_and_a_second_look_changes_nothing(moments: list[Moment]) -> None:
    story = Story(RULES)
    for happened, now in passing(moments):
        if happened:
            story.hears(happened, now=now)
        looked = story.wakes(now)
        after = story.contact

        assert looked.wakes_at is None or looked.wakes_at > now
        again = story.wakes(now)
        assert (again.contact, again.actions, again.trace) == (after, (), ())
        assert again.wakes_at == looked.wakes_at


@given(moments=MOMENTS)
@settings(max_examples=300, deadline=None)
def test_what_was_called_off_never_acts(moments: list[Moment]) -> None:
    off: set[str] = set()
    for decision in play(RULES, passing(moments)):
        assert off.isdisjoint(action.key for action in decision.actions)
        for key, run in decision.contact.runs.get("left", {}).items():
            if run.ended == "order.placed":
                off |= {action_key("01", Rule("trigger:left", key), step) for step in (1, 3)}


@given(moments=MOMENTS, data=st.data())
@settings(max_examples=200, deadline=None)
def test_an_order_after_the_cart_keeps_its_reminder_away_in_any_order_of_arrival(
    moments: list[Moment], data: st.DataObject
) -> None:
    left, placed = cart("cart.updated", "08:00"), order("order.placed", "09:00", "o9")
    others = [one for one, *_ in moments if one and not one.name.startswith(("cart", "checkout"))]
    story = Story(mapping(LEFT))

    for arrived in data.draw(st.permutations([left, placed, *others])):
        story.hears(arrived, now=at("13:00"))
    for hours in (0, 10, 100):
        story.wakes(at("13:00") + timedelta(hours=hours))

    assert story.actions == []


@given(moments=MOMENTS)
@settings(max_examples=100, deadline=None)
def test_an_order_that_is_told_twice_does_what_it_does_once(moments: list[Moment]) -> None:
    once = list(passing(moments))
    twice = [one for each in once for one in ([each, each] if _is_order(each[0]) else [each])]

    once_done, twice_done = (
        [action.key for one in play(RULES, some) for action in one.actions] for some in (once, twice)
    )

    assert twice_done == once_done


def _is_order(happened: Event | None) -> bool:
    return happened is not None and happened.name.startswith("order.")
