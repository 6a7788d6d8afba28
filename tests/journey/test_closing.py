"""Tasks that close themselves: which events close what an action made, from YAML to the closing action."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.journey.calls import concerns, gist
from connector.journey.closing import KEPT
from connector.mapping.mapping import Mapping
from connector.model.action import Action, Kind
from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import NOON, Story, at, cart, entry, event, order
from tests.mapping.folders import SOUND, check

CART = """\
trigger: left
on: cart.updated
{more}
do:
  - hubspot.create_task: {{title: "Call: {{{{ cart.total }}}}", until: {until}}}
"""
DELIVERY = """\
trigger: delivery
on: order.paid
do: {hubspot.create_task: {title: Pack, until: [order.delivered, order.cancelled]}}
"""
GRID = """\
scores:
  engagement:
    points: [{on: page.viewed, add: 40}]
  fit:
    points: [{when: contact.email, add: 20}]
  grid:
    engagement: {low: 0, hot: 40}
    fit: {poor: 0, good: 20}
    cells:
      hot/good:
        do: [{hubspot.create_task: {title: Call, until: order.placed}}]
"""
ENTER = """\
journeys:
  second:
    stages: {do: {label: Do}}
    moves: [{on: cart.updated, to: do}]
    enter:
      do: [{hubspot.create_task: {title: Call, until: order.placed}}]
"""


def load(folder: Path, text: str) -> Mapping:
    """A folder with these rules, which can be published."""
    mapping, problems = check(folder, {**SOUND, "own.yaml": text})
    assert [one for one in problems if one.severity == "error" or one.code == "M190"] == []
    assert mapping is not None
    return mapping


def left(folder: Path, more: str = "", until: str = "order.placed") -> Story:
    """The story of somebody for whom a task is made when a cart is left."""
    return Story(load(folder, CART.format(more=more, until=until)))


def closings(story: Story) -> list[Action]:
    return [one for one in story.actions if one.name == "complete_task"]


def test_an_order_closes_the_task_that_a_cart_made(tmp_path: Path) -> None:
    story = left(tmp_path)
    story.hears(cart("cart.updated", "10:00", total=80), now=at("10:00"))

    decision = story.hears(order("order.placed", "11:00"), now=at("11:00"))

    made, closing = story.actions
    assert (closing.connection, closing.name) == ("hubspot", "complete_task")
    assert closing.arguments == {"task": made.key}
    assert (closing.cause.closes, closing.cause.rule) == (made.key, "trigger:left")
    assert closing.cause.event == "order.placed"
    said = entry(decision, "until:trigger:left")
    assert (said.answer, said.detail) == (
        Answer.ACTED,
        "order.placed closes what step 1 made: hubspot.complete_task",
    )


def test_what_is_closed_is_closed_once(tmp_path: Path) -> None:
    story = left(tmp_path)
    story.hears(cart("cart.updated", "10:00"), now=at("10:00"))

    story.hears(order("order.placed", "11:00", "o1"), order("order.placed", "11:30", "o2"), now=at("12:00"))

    assert len(closings(story)) == 1
    assert story.contact.opened == ()


def test_of_several_tasks_every_one_is_closed_by_itself(tmp_path: Path) -> None:
    story = left(tmp_path)
    story.hears(cart("cart.updated", "10:00", "c1"), cart("cart.updated", "10:30", "c2"), now=at("10:30"))

    story.hears(order("order.placed", "11:00"), now=at("11:00"))

    first, second, *_ = story.actions
    assert [one.cause.closes for one in closings(story)] == [first.key, second.key]
    assert len({one.key for one in story.actions}) == 4


@pytest.mark.parametrize("name", ["order.delivered", "order.cancelled"])
def test_about_the_same_kind_of_subject_the_event_means_the_same_one(tmp_path: Path, name: str) -> None:
    story = Story(load(tmp_path, DELIVERY))
    story.hears(order("order.paid", "10:00", "o1"), order("order.paid", "10:00", "o2"), now=at("10:00"))

    story.hears(order(name, "12:00", "o2"))

    (closing,) = closings(story)
    assert closing.cause.closes == story.actions[1].key
    assert [one.about.subjects["order"]["id"] for one in story.contact.opened] == ["o1"]


def test_an_order_from_before_the_cart_closes_nothing(tmp_path: Path) -> None:
    story = left(tmp_path)
    story.hears(cart("cart.updated", "10:00"), now=at("10:00"))

    story.hears(order("order.placed", "09:00"), now=at("11:00"))

    assert closings(story) == []
    assert len(story.contact.opened) == 1


def test_the_event_that_makes_a_task_does_not_close_it(tmp_path: Path) -> None:
    task = "hubspot.create_task: {title: Call, until: file.downloaded}"
    text = f"trigger: again\non: file.downloaded\ndo: {{{task}}}\n"
    story = Story(load(tmp_path, text))

    first = story.hears(event("file.downloaded", "10:00"), now=at("10:00"))
    second = story.hears(event("file.downloaded", "11:00"), now=at("11:00"))

    assert [one.name for one in first.actions] == ["create_task"]
    assert [one.name for one in second.actions] == ["complete_task", "create_task"]
    assert second.actions[0].cause.closes == first.actions[0].key


@pytest.mark.parametrize("more", ["mode: shadow", "hold_out: 99%"])
def test_where_nothing_was_made_nothing_is_closed(tmp_path: Path, more: str) -> None:
    story = left(tmp_path, more)

    story.hears(cart("cart.updated", "10:00"), order("order.placed", "11:00"))

    assert story.actions == []
    assert story.contact.opened == ()


def test_a_step_that_is_left_out_leaves_nothing_to_close(tmp_path: Path) -> None:
    text = CART.format(more="", until="order.placed").replace("- hub", "- if: cart.total > 500\n    hub")
    story = Story(load(tmp_path, text))

    story.hears(cart("cart.updated", "10:00", total=80), order("order.placed", "11:00"))

    assert (story.actions, story.contact.opened) == ([], ())


@pytest.mark.parametrize(("text", "rule"), [(ENTER, "enter:second.do"), (GRID, "grid:hot/good")])
def test_what_a_stage_or_a_cell_of_the_grid_makes_is_closed_too(tmp_path: Path, text: str, rule: str) -> None:
    story = Story(load(tmp_path, text))
    story.hears(cart("cart.updated", "10:00"), event("page.viewed", "10:30"))

    decision = story.hears(order("order.placed", "11:00"))

    (closing,) = decision.actions
    assert (closing.name, closing.cause.rule) == ("complete_task", rule)


def test_a_task_of_a_run_that_waited_is_closed(tmp_path: Path) -> None:
    story = left(tmp_path, "wait: 4h")
    story.hears(cart("cart.updated", "10:00"), now=at("10:00"))
    story.wakes(at("14:00"))

    story.hears(order("order.placed", "15:00"), now=at("15:00"))

    assert [one.name for one in story.actions] == ["create_task", "complete_task"]


def test_a_task_that_an_event_has_closed_before_it_is_made_is_not_made(tmp_path: Path) -> None:
    story = left(tmp_path, "wait: 4h")
    story.hears(cart("cart.updated", "10:00"), now=at("10:00"))
    story.hears(order("order.placed", "11:00"), now=at("11:00"))

    decision = story.wakes(at("14:00"))

    assert story.actions == []
    said = entry(decision, "trigger:left")
    assert said.answer is Answer.ENDED
    assert said.detail == "step 1 (hubspot.create_task) is left out: order.placed has closed it already"


def test_what_has_been_open_for_ninety_days_is_left_to_a_person(tmp_path: Path) -> None:
    story = left(tmp_path)
    story.hears(cart("cart.updated", NOON), now=NOON)
    later = NOON + timedelta(days=90)

    story.hears(order("order.placed", later), now=later)
    story.hears(cart("cart.updated", later, "c2"), now=later)

    assert closings(story) == []
    assert len(story.contact.opened) == 1


def test_a_contact_remembers_so_many_and_the_newest(tmp_path: Path) -> None:
    story = left(tmp_path)
    carts = [cart("cart.updated", NOON + timedelta(minutes=one), f"c{one}") for one in range(KEPT + 1)]

    story.hears(*carts, now=NOON + timedelta(hours=2))

    assert [one.about.subjects["cart"]["id"] for one in story.contact.opened] == [
        f"c{one}" for one in range(1, KEPT + 1)
    ]


def test_closing_is_internal_though_the_rule_is_marketing(tmp_path: Path) -> None:
    story = left(tmp_path, "kind: marketing")
    story.hears(event("newsletter.confirmed", "08:00", consent=True), now=at("08:00"))
    story.hears(cart("cart.updated", "10:00"), now=at("10:00"))
    story.hears(event("newsletter.unsubscribed", "10:30", consent=False), now=at("10:30"))

    story.hears(order("order.placed", "11:00"), now=at("11:00"))

    assert [(one.name, one.kind) for one in story.actions] == [
        ("create_task", Kind.MARKETING),
        ("complete_task", Kind.INTERNAL),
    ]


def test_somebody_who_is_forgotten_has_nothing_open(tmp_path: Path) -> None:
    story = left(tmp_path)

    story.hears(cart("cart.updated", "10:00"), event("contact.erased", "11:00"))
    story.hears(order("order.placed", "12:00"))

    assert closings(story) == []
    assert story.contact.opened == ()


def _events() -> st.SearchStrategy[Event]:
    clock = st.sampled_from(["10:00", "11:00"])
    names = st.sampled_from(["a", "b", ""])
    return st.one_of(
        st.builds(order, st.just("order.placed"), clock, names),
        st.builds(cart, st.just("cart.updated"), clock, names, token=names),
        st.builds(event, st.just("page.viewed"), clock, page=st.just({"path": "/"})),
        st.builds(event, st.just("file.downloaded"), clock, connection=names),
    )


@given(_events(), _events())
def test_what_is_kept_of_an_event_compares_like_the_event(new: Event, about: Event) -> None:
    assert concerns(new, gist(about)) == concerns(new, about)
    assert gist(about).fields == {}
    assert gist(about).people == ()
