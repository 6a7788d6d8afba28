"""Moves by quiet and back, journeys of companies, and the hours in which people may be reached."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.mapping.terms import Frequency
from tests.mapping.folders import JOURNEY, SOUND, check


def made(folder: Path, name: str, text: str) -> Mapping:
    """The mapping with this file, in which nothing is wrong but what is carried out later."""
    mapping, problems = check(folder, {**SOUND, name: text})
    assert [str(one) for one in problems if not is_not_carried_out(one)] == []
    assert mapping is not None
    return mapping


def test_quiet_moves_a_contact_back_and_begins_the_stages_anew(tmp_path: Path) -> None:
    back = "      - {quiet: 365d, since: [order.paid, cart.updated], from: care, to: see, cycle: yes}\n"

    journey = made(tmp_path, "journey.yaml", JOURNEY + back).journeys["main"]

    move = journey.moves[-1]
    assert (move.quiet, set(move.since)) == (timedelta(days=365), {"order.paid", "cart.updated"})
    assert (move.on, move.from_stage, move.to, move.begins_cycle) == (frozenset(), "care", "see", True)


def test_what_entering_a_stage_by_quiet_does_knows_no_order(tmp_path: Path) -> None:
    text = (
        JOURNEY.replace("on: newsletter.confirmed, to: see", "on: cart.updated, to: see")
        + "      - {quiet: 365d, since: order.paid, from: care, to: see}\n"
        + "    enter: {see: {hubspot.create_task: {title: '{{ cart.total | default(0) }}'}}}\n"
    )

    _, problems = check(tmp_path, {**SOUND, "journey.yaml": text})

    [found] = [one for one in problems if one.severity == "error"]
    assert (found.code, found.message) == ("M140", "a quiet period carries no cart")


def test_rules_ask_for_the_stage_of_a_company_whose_journey_it_is(tmp_path: Path) -> None:
    accounts = JOURNEY.replace("main:", "accounts:\n    subject: company")
    rule = "trigger: a\non: order.paid\nwhen: company.stage == 'care'\ndo: {hubspot.tag: {add: [x]}}\n"

    mapping, problems = check(tmp_path, {**SOUND, "journey.yaml": accounts, "a.yaml": rule})

    [doubt] = problems
    assert (doubt.code, doubt.line, doubt.column) == ("M152", 3, 5)
    assert mapping is not None
    assert mapping.journeys["accounts"].subject == "company"
    assert mapping.contact_type.fields["stages"].fields.keys() == {"accounts"}
    assert mapping.company_type.fields["stages"].fields.keys() == {"accounts"}


@pytest.mark.parametrize(
    ("written", "open_on"),
    [
        ('{mon-tue: "09:00-20:00"}', {0: ((time(9), time(20)),), 1: ((time(9), time(20)),)}),
        ('{sat: ["13:00-17:00", "09:00-12:00"]}', {5: ((time(9), time(12)), (time(13), time(17)))}),
        (
            '{sat: "09:00-12:00", fri-sat: "12:00-24:00"}',
            {4: ((time(12), time(0)),), 5: ((time(9), time(0)),)},
        ),
        ('{sun: "00:00-24:00", sun-sun: "10:00-11:00", mon: []}', {6: ((time(0), time(0)),)}),
    ],
)
def test_hours_are_kept_by_day(
    tmp_path: Path, written: str, open_on: dict[int, tuple[tuple[time, time], ...]]
) -> None:
    hours = made(tmp_path, "a.yaml", f"defaults:\n  hours: {written}\n").defaults.hours

    assert hours is not None
    assert dict(hours.open) == open_on


def test_pressure_is_so_often_within_a_time(tmp_path: Path) -> None:
    defaults = made(tmp_path, "a.yaml", "defaults: {pressure: 3 per 7d}\n").defaults

    assert defaults.pressure == Frequency(3, timedelta(days=7))


def test_how_much_an_account_may_grow_is_a_share(tmp_path: Path) -> None:
    defaults = made(tmp_path, "a.yaml", "defaults: {most_new: 2.5%}\n").defaults

    assert defaults.most_new == Decimal("0.025")


def test_a_working_week_may_have_days_that_do_not_follow_each_other(tmp_path: Path) -> None:
    defaults = made(tmp_path, "a.yaml", "defaults: {working_days: {days: [mon-tue, thu]}}\n").defaults

    assert defaults.working_days.days == {0, 1, 3}
