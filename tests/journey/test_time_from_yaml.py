"""From what an administrator writes of time, scores and segments to what is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.model.contact import Contact, Stated
from connector.model.decision import Answer
from connector.model.values import Value
from tests.journey.build import Story, answers, event, order
from tests.mapping.folders import SOUND, check

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)

TRIGGER = """\
triggers:
  rule:
    about: What is tried
    on: {on}
    do: [{{hubspot.create_task: {{title: Call}}}}]
"""
CALENDAR = """\
calendar:
  black_friday: {rule: 4th friday of november, countries: [NL]}
  now_and_then: {about: When there is reason to}
segments:
  loyal: contact.purchases.count >= 2
"""
SCORES = """\
scores:
  engagement:
    half_life: 30d
    between: [-100, 200]
    points:
      - {on: email.opened, add: 1, at_most: 3 per day}
      - {on: page.viewed, when: page.path.startswith('/prices'), add: 40}
  fit:
    points:
      - {when: contact.company, add: 20}
"""
GRID = """\
  grid:
    engagement: {low: 0, hot: 40}
    fit: {poor: 0, good: 20}
    cells:
      hot/good:
        name: call
        do: [{hubspot.create_task: {title: Call}}]
"""
JOURNEY = """\
journeys:
  main:
    stages:
      think: {label: Think}
      care: {label: Care}
    moves:
      - {on: order.paid, to: care}
      - {quiet: 365d, since: order.paid, from: care, to: think, cycle: yes}
    enter:
      think: [{hubspot.create_task: {title: Win back}}]
"""


def read(folder: Path, on: str = "", **files: str) -> Mapping:
    """A mapping with the rule that listens to this, and with these files; all of it can be published."""
    rule = {"rule.yaml": TRIGGER.format(on=on)} if on else {}
    own = {f"{name}.yaml": text for name, text in files.items()}
    known, problems = check(folder, {**SOUND, **own, **rule})
    assert known is not None, [str(one) for one in problems]
    assert not any(map(is_not_carried_out, problems))
    return known


def story(known: Mapping, **fields: Value) -> Story:
    stated = {name: Stated(value, BEGIN) for name, value in fields.items()}
    return Story(known, Contact("01", BEGIN, fields=stated))


@pytest.mark.parametrize(
    ("on", "comes_at"),
    [
        ('{date: contact.birthday, at: "10:30", every: year}', datetime(2026, 5, 12, 8, 30, tzinfo=UTC)),
        ("{date: contact.birthday, every: year, before: 3d}", datetime(2026, 5, 9, 7, tzinfo=UTC)),
        ("{moment: black_friday, before: 3d}", datetime(2026, 11, 24, 8, tzinfo=UTC)),
    ],
)
def test_a_day_that_is_written_comes(tmp_path: Path, on: str, comes_at: datetime) -> None:
    known = read(tmp_path, on, calendar=CALENDAR)
    one = story(known, birthday=date(1990, 5, 12), country="NL")

    wakes_at = one.hears(event("newsletter.confirmed", BEGIN), now=BEGIN).wakes_at
    decision = wake(known, one.contact, comes_at)

    assert wakes_at == comes_at
    assert [action.cause.rule for action in decision.actions] == ["trigger:rule"]


def test_a_moment_that_is_fired_is_for_its_segment_only(tmp_path: Path) -> None:
    known = read(tmp_path, "{moment: now_and_then, for: loyal}", calendar=CALENDAR)
    one = story(known)
    one.hears(*(order("order.paid", BEGIN, number, total=Decimal(9)) for number in "12"), now=BEGIN)

    fired = {"now_and_then": BEGIN + DAY}

    assert len(wake(known, one.contact, BEGIN + DAY, fired).actions) == 1
    assert wake(known, story(known).contact, BEGIN + DAY, fired).actions == ()


def test_quiet_that_is_written_comes(tmp_path: Path) -> None:
    known = read(tmp_path, "{quiet: 90d, since: [order.paid, order.placed]}")
    one = story(known)

    wakes_at = one.hears(order("order.paid", BEGIN), now=BEGIN).wakes_at

    assert wakes_at == BEGIN + 90 * DAY
    assert len(wake(known, one.contact, BEGIN + 90 * DAY).actions) == 1


def test_who_comes_into_a_segment_is_acted_upon(tmp_path: Path) -> None:
    known = read(tmp_path, "{segment: loyal}", calendar=CALENDAR)
    one = story(known)

    first, second = (one.hears(order("order.paid", BEGIN, number), now=BEGIN) for number in "12")

    assert [len(decision.actions) for decision in (first, second)] == [0, 1]


def test_points_bring_a_score_above_a_bound(tmp_path: Path) -> None:
    known = read(tmp_path, "{score: engagement, above: 42}", scores=SCORES)
    one = story(known)
    opened = [event("email.opened", BEGIN + timedelta(hours=hour)) for hour in range(5)]
    one.hears(event("page.viewed", BEGIN, page={"path": "/prices/garden"}), now=BEGIN)

    decisions = [one.hears(each, now=each.occurred_at) for each in opened]

    assert [len(decision.actions) for decision in decisions] == [0, 0, 1, 0, 0]
    assert answers(decisions[3])["score:engagement:1"] is Answer.LIMIT


def test_a_cell_of_the_grid_does_what_it_says_and_starts_its_trigger(tmp_path: Path) -> None:
    known = read(tmp_path, "{grid: hot/good}", scores=SCORES + GRID)
    one = story(known, company="Acme")

    decision = one.hears(event("page.viewed", BEGIN, page={"path": "/prices"}), now=BEGIN)

    assert [action.cause.rule for action in decision.actions] == ["grid:hot/good", "trigger:rule"]


def test_a_quiet_year_begins_a_new_cycle(tmp_path: Path) -> None:
    known = read(tmp_path, journey=JOURNEY)
    one = story(known)

    wakes_at = one.hears(order("order.paid", BEGIN), now=BEGIN).wakes_at
    decision = wake(known, one.contact, BEGIN + 365 * DAY)

    assert wakes_at == BEGIN + 365 * DAY
    assert decision.contact.standings["main"].cycle == 2
    assert [action.cause.rule for action in decision.actions] == ["enter:main.think"]
