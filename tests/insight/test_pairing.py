"""An action of a draft finds the one that was made for the same cause, also when a step has moved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.insight.pairing import Paired, pairs
from connector.model.action import Action, Cause, Kind
from tests.journey.build import NOON

CAUSE = Cause("trigger:welcome", 1, "newsletter.confirmed", "e1")
TASK = Action("k1", "hubspot", "create_task", "c1", {"title": "Call"}, Kind.INTERNAL, CAUSE, NOON)
MOVED = replace(TASK, key="k2", cause=replace(CAUSE, step=2))


def both(action: Action) -> Paired:
    return Paired(action, by_draft=True, by_live=True)


def only_draft(action: Action) -> Paired:
    return Paired(action, by_draft=True, by_live=False)


def only_live(action: Action) -> Paired:
    return Paired(action, by_draft=False, by_live=True)


def test_the_same_cause_and_action_are_a_pair() -> None:
    assert pairs([TASK], [replace(TASK, arguments={"title": "Ring"})]) == [both(TASK)]


def test_a_step_that_moved_is_found_by_its_rule_and_event() -> None:
    new = replace(TASK, name="tag")

    assert pairs([new, MOVED], [TASK]) == [both(MOVED), only_draft(new)]


def test_another_event_makes_no_difference_where_the_cause_is_the_same() -> None:
    earlier = replace(TASK, cause=replace(CAUSE, event_key="e0"))

    assert pairs([earlier], [TASK]) == [both(earlier)]


def test_the_same_cause_is_preferred_to_the_same_event() -> None:
    assert pairs([MOVED, TASK], [TASK]) == [both(TASK), only_draft(MOVED)]


@pytest.mark.parametrize(
    "other",
    [
        replace(TASK, name="tag"),
        replace(TASK, connection="crm"),
        replace(MOVED, cause=replace(CAUSE, event_key="e2")),
        replace(MOVED, cause=replace(CAUSE, rule="trigger:other")),
    ],
    ids=["action", "connection", "event", "rule"],
)
def test_what_differs_stands_alone(other: Action) -> None:
    assert pairs([TASK], [other]) == [only_draft(TASK), only_live(other)]


ACTIONS = st.builds(
    lambda number, step, name, event: replace(
        TASK, key=f"k{number}", name=name, cause=replace(CAUSE, step=step, event_key=event)
    ),
    st.integers(1, 4),
    st.integers(1, 2),
    st.sampled_from(["tag", "create_task"]),
    st.sampled_from(["e1", "e2"]),
)


@given(st.lists(ACTIONS), st.lists(ACTIONS))
def test_every_action_is_told_of_once(draft: list[Action], live: list[Action]) -> None:
    found = pairs(draft, live)

    assert sum(one.by_draft for one in found) == len(draft)
    assert sum(one.by_live for one in found) == len(live)
    assert all(one.by_draft or one.by_live for one in found)


@given(st.lists(ACTIONS))
def test_a_draft_that_does_what_was_done_differs_in_nothing(actions: list[Action]) -> None:
    assert all(one.by_draft and one.by_live for one in pairs(actions, actions[::-1]))
