"""Runs that wait while their trigger is written anew: kept, moved or ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from connector.mapping.mapping import Plan
from connector.mapping.rules import Step, Trigger
from connector.model.decision import Answer, Decision
from tests.journey.build import Story, at, entry, event, mapping, order, step, trigger, wait

OLD = trigger(
    "rule", "order.paid", [step("hubspot.first"), wait("2h", name="pause"), step("hubspot.old")], text="old"
)
NEW = trigger(
    "rule",
    "order.paid",
    [wait("9h"), step("hubspot.other"), wait("3h", name="pause"), step("hubspot.new")],
    text="new",
)


def published(live: Sequence[Trigger], *kept: Trigger, plan: Plan | None = None) -> Story:
    """Somebody who waits in the old trigger since noon, and then a new mapping is live."""
    story = Story(mapping(OLD))
    story.hears(order("order.paid", "12:00"))
    rules = mapping(*live)
    story.mapping = replace(
        rules,
        kept={(one.name, one.text): one for one in kept},
        plans={(OLD.name, OLD.text): plan} if plan else {},
    )
    return story


def did(decision: Decision) -> list[str]:
    return [action.name for action in decision.actions]


def test_a_run_goes_on_by_the_text_under_which_it_began() -> None:
    story = published([NEW], OLD)

    assert did(story.wakes(at("14:00"))) == ["old"]


def test_a_text_that_is_kept_outlives_its_trigger() -> None:
    assert did(published([], OLD).wakes(at("14:00"))) == ["old"]


def test_a_text_that_is_gone_ends_its_runs() -> None:
    story = published([NEW])

    due = story.wakes(at("14:00"))

    assert (entry(due, "trigger:rule").answer, did(due), due.wakes_at) == (Answer.ENDED, [], None)
    assert story.run().ended == "its text is gone"


def test_a_text_that_is_gone_ends_its_runs_at_any_event() -> None:
    story = published([NEW])

    assert story.hears(event("page.viewed", "13:00"), now=at("13:00")).wakes_at is None


def test_a_publication_can_end_what_waits() -> None:
    story = published([NEW], OLD, plan="end")

    assert did(story.wakes(at("14:00"))) == []
    assert story.run().ended == "ended by a publication"


def test_a_run_that_moves_stands_at_the_step_of_the_same_name() -> None:
    """`move` (to the step of the same name)"""
    story = published([NEW], OLD, plan="move")

    due = story.wakes(at("14:00"))

    assert did(due) == ["new"]
    assert (due.actions[0].cause.step, story.run().text, story.run().ended) == (4, "new", "done")


def test_a_run_that_moves_without_names_stands_at_the_same_place() -> None:
    unnamed = [one if isinstance(one, type(step())) else replace(one, name="") for one in OLD.do]
    steps: list[Step] = [step("hubspot.x"), wait("5h"), step("hubspot.y"), step("hubspot.z")]
    new = trigger("rule", "order.paid", steps, text="new")
    old = replace(OLD, do=tuple(unnamed))

    assert did(published([new], old, plan="move").wakes(at("14:00"))) == ["y", "z"]
    assert did(published([new], plan="move").wakes(at("14:00"))) == ["y", "z"]


def test_what_a_run_does_after_it_has_moved_is_another_action_than_what_it_did_before() -> None:
    pause = wait("2h", name="pause")
    old = trigger("rule", "order.paid", [step("hubspot.a"), step("hubspot.b"), pause], text="old")
    new = trigger("rule", "order.paid", [pause, step("hubspot.c"), wait("1h"), step("hubspot.d")], text="new")
    story = Story(mapping(old))
    before = story.hears(order("order.paid", "12:00"))
    story.mapping = replace(mapping(new), kept={("rule", "old"): old}, plans={("rule", "old"): "move"})

    after = [story.wakes(at("14:00")), story.wakes(at("15:00"))]

    assert [did(one) for one in (before, *after)] == [["a", "b"], ["c"], ["d"]]
    assert len({action.key for one in (before, *after) for action in one.actions}) == 4


def test_a_run_that_moves_to_a_shorter_text_is_done() -> None:
    story = published([replace(NEW, do=(step(),))], plan="move")

    assert did(story.wakes(at("14:00"))) == []
    assert story.run().ended == "done"


def test_a_run_that_waits_by_an_older_text_begins_anew_by_that_text() -> None:
    old = trigger("rule", "order.paid", wait=wait("2h"), text="old")
    story = Story(mapping(old))
    story.hears(order("order.placed", "12:00"), order("order.paid", "12:00"))

    new = replace(old, wait=wait("9h"), text="new", on=frozenset({"order.shipped"}))
    story.mapping = replace(mapping(new), kept={("rule", "old"): old})
    shipped = story.hears(order("order.shipped", "13:00"), now=at("13:00"))

    assert entry(shipped, "trigger:rule").answer is Answer.ENTERED_BEFORE
    assert shipped.wakes_at == at("14:00")
