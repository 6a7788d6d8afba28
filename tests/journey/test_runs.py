"""What becomes of a run changes of it only what it says: nothing that a run holds is forgotten."""

from __future__ import annotations

from dataclasses import fields, replace

from connector.journey.runs import closed, has_acted
from connector.model.contact import Run
from tests.journey.build import NOON, at, event

RUN = Run(
    at=NOON,
    acted=False,
    arm="a",
    step=1,
    text="text",
    wakes_at=at("13:00"),
    waits_for="order.paid",
    until=at("14:00"),
    event=event("page.viewed"),
    ended="done",
    ahead=2,
    due_at=at("15:00"),
    taken_from="02",
)
FULL = replace(RUN, acted=True, acted_at=at("12:30"))


def test_a_run_that_has_acted_is_the_same_otherwise() -> None:
    assert has_acted(RUN, 3, at("16:00")) == replace(RUN, acted=True, acted_at=at("16:00"), step=3)
    assert has_acted(FULL, 3, at("16:00")) == replace(FULL, step=3)


def test_a_run_that_is_over_is_the_same_otherwise() -> None:
    over = replace(FULL, wakes_at=None, waits_for="", until=None, event=None, due_at=None, ended="order.paid")

    assert closed(FULL, "order.paid") == over


def test_the_run_of_these_tests_has_something_in_every_field() -> None:
    assert all(getattr(FULL, one.name) != one.default for one in fields(Run))
