"""A contact stays small, however long and however much happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from connector.journey.runs import KEPT, KEPT_FOR, entered
from connector.journey.triggers import MOST_WAITING
from connector.model.contact import Contact, Run
from connector.model.decision import Answer
from tests.journey.build import NOON, Story, at, entry, event, limited, mapping, trigger, wait

RULE = trigger("rule", "page.viewed")


def test_of_runs_that_only_their_event_could_repeat_the_newest_are_kept() -> None:
    story = Story(mapping(RULE))

    story.hears(*(event("page.viewed", "12:00", key=str(one)) for one in range(KEPT + 20)))

    assert len(story.contact.runs["rule"]) == KEPT
    assert f"event:webshop:{KEPT + 19}" in story.contact.runs["rule"]


def test_a_limit_remembers_as_many_runs_as_it_asks_for() -> None:
    story = Story(mapping(replace(RULE, limit=limited(KEPT + 10, days=7))))

    story.hears(*(event("page.viewed", "12:00", key=str(one)) for one in range(KEPT + 20)))

    assert len(story.actions) == KEPT + 10


def test_runs_that_wait_are_never_forgotten() -> None:
    story = Story(mapping(replace(RULE, wait=wait("9d"))))

    story.hears(*(event("page.viewed", "12:00", key=str(one)) for one in range(KEPT + 20)))

    assert len(story.wakes(at("12:00", day=12)).actions) == KEPT + 20


def test_of_one_trigger_only_so_many_runs_wait() -> None:
    began = event("page.viewed", "12:00")
    many = Run(NOON, acted=False, wakes_at=at("12:00", day=20), event=began)
    runs = {f"event:webshop:{one}": many for one in range(MOST_WAITING)}
    story = Story(mapping(replace(RULE, wait=wait("9d"))))
    story.contact = replace(story.contact, runs={"rule": runs})

    said = entry(story.hears(event("page.viewed", "12:01")), "trigger:rule")

    assert (said.answer, said.detail) == (Answer.LIMIT, "1000 of its runs wait already")
    assert len(story.contact.runs["rule"]) == MOST_WAITING


def test_an_entry_that_is_over_is_forgotten_after_a_while() -> None:
    old = NOON - KEPT_FOR - timedelta(seconds=1)
    keys = ("segment:loyal:1", "score:points>9:1", "grid:hot/good:1", "quiet:order.paid:2026", "event:x:1")
    contact = Contact("01", old, runs={"rule": {key: Run(old, acted=True) for key in keys}})

    after = entered(contact, RULE, "event:x:2", Run(NOON, acted=True), NOON)

    assert set(after.runs["rule"]) == {"event:x:2"}


def test_what_a_subject_a_year_or_a_day_has_had_is_remembered_for_good() -> None:
    old = NOON - 40 * KEPT_FOR
    keys = {"contact", "order:webshop:o1", "date:contact.birthday:2026", "moment:easter:2026-04-05"}
    contact = Contact("01", old, runs={"rule": {key: Run(old, acted=True) for key in keys}})

    after = entered(contact, RULE, "event:x:2", Run(NOON, acted=True), NOON)

    assert set(after.runs["rule"]) == {*keys, "event:x:2"}
