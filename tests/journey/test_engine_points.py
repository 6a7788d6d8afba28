"""Scores, the grid and interests, from what an administrator writes to what is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Point
from connector.model.event import Event
from connector.model.values import Value
from tests.journey.build import Story, event, order
from tests.mapping.folders import SOUND, check

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)

SCORE = """\
scores:
  warmth:
    {half_life}
    points:
      - {{on: email.opened, add: 8{bound}}}
      - {{on: email.clicked, add: -3}}
  fit:
    points:
      - {{when: contact.company, add: 20}}
{grid}
"""
GRID = """\
  grid:
    warmth: {cold: 0, hot: 10}
    fit: {poor: 0, good: 20}
    cells:
      hot/good: {name: call, do: [{hubspot.create_task: {title: Call}}]}
"""
RULE = """\
trigger: rule
about: What is tried
on: ON
do: [{hubspot.create_task: {title: Look}}]
"""
ASKS = RULE.replace("ON", "email.sent\nwhen: CONDITION")


def read(folder: Path, bound: str = "", half_life: str = "", grid: str = "", rule: str = "") -> Mapping:
    """A mapping with two scores; a rule asks for what else would be asked by none."""
    scores = SCORE.format(bound=bound, half_life=half_life, grid=grid)
    asks = rule or ASKS.replace("CONDITION", "contact.scores.warmth + contact.scores.fit > 1000")
    known, problems = check(folder, {**SOUND, "scores.yaml": scores, "rule.yaml": asks})
    assert known is not None, [str(one) for one in problems]
    return known


def begun(known: Mapping) -> Story:
    return Story(known, Contact("01", BEGIN, looked_at=BEGIN))


def opened(after: timedelta, name: str = "email.opened") -> Event:
    return event(name, BEGIN + after)


def hears(story: Story, *events: Event) -> None:
    for one in events:
        story.hears(one, now=max(one.occurred_at, BEGIN))


def score(story: Story, after: timedelta) -> Value:
    now = BEGIN + after
    view = View(story.mapping, story.contact, event("page.viewed", now), now)
    return view.person.scores["warmth"]


def test_the_ledger_says_of_every_point_by_what_it_came(tmp_path: Path) -> None:
    """Every point has an entry in the ledger: event, rule, how much, when."""
    story = begun(read(tmp_path))
    first, second = opened(DAY), opened(2 * DAY, "email.clicked")

    hears(story, first, second)

    assert story.contact.points["warmth"] == (
        Point(1, Decimal(8), first.occurred_at, f"webshop:{first.key}"),
        Point(2, Decimal(-3), second.occurred_at, f"webshop:{second.key}"),
    )
    assert score(story, 2 * DAY) == 5


@pytest.mark.parametrize(
    ("bound", "half_life", "looks"),
    [
        ("", "", [8, 16, 24, 24]),
        (", at_most: 1 per day", "", [8, 8, 16, 16]),
        (", once: yes", "", [8, 8, 8, 8]),
        (", expires: 36h", "", [8, 16, 24, 8]),
        ("", "half_life: 1d", [8, 16, Decimal("16"), Decimal("8")]),
    ],
    ids=["none", "at_most", "once", "expires", "half_life"],
)
def test_each_bound_of_points_that_is_written_holds(
    tmp_path: Path, bound: str, half_life: str, looks: list[Decimal]
) -> None:
    """`at_most`, `once`, `expires` and `half_life` bound what points are worth."""
    story = begun(read(tmp_path, bound, half_life))
    found = []

    for after, key in ((0 * DAY, "a"), (0 * DAY, "b"), (DAY, "c")):
        hears(story, event("email.opened", BEGIN + after, key=key))
        found.append(score(story, after))

    assert [*found, score(story, 2 * DAY)] == looks


def test_a_score_fades_though_nothing_is_written(tmp_path: Path) -> None:
    """Decay is computed when looked at"""
    story = begun(read(tmp_path, half_life="half_life: 10d"))
    hears(story, opened(0 * DAY))
    kept = story.contact

    seen = [score(story, days * DAY) for days in (0, 10, 20, 30)]

    assert seen == [8, 4, 2, 1]
    assert story.contact is kept


def test_a_bound_that_only_time_crosses_is_a_moment_ahead(tmp_path: Path) -> None:
    """a threshold that decay alone will cross has a timer"""
    rule = RULE.replace("ON", "{score: warmth, below: 4}")
    story = begun(read(tmp_path, half_life="half_life: 10d", rule=rule))

    hears(story, opened(0 * DAY))
    wakes_at = story.decisions[-1].wakes_at

    assert wakes_at is not None
    assert timedelta(0) <= wakes_at - (BEGIN + 10 * DAY) < timedelta(hours=1)
    assert story.wakes(wakes_at - timedelta(minutes=1)).actions == ()
    assert len(story.wakes(wakes_at).actions) == 1


def test_a_cell_that_is_left_can_be_entered_again_and_does_so_again(tmp_path: Path) -> None:
    """The grid's cell is entered and left like a stage, with its actions."""
    story = begun(read(tmp_path, grid=GRID))

    hears(
        story,
        event("contact.changed", BEGIN, fields={"company": "Acme"}),
        opened(DAY),
        opened(2 * DAY),
        opened(3 * DAY, "email.clicked"),
        opened(4 * DAY, "email.clicked"),
        opened(5 * DAY, "email.clicked"),
        opened(6 * DAY),
    )

    said = [[one.cause.rule for one in decision.actions] for decision in story.decisions]
    assert said == [[], [], ["grid:hot/good"], [], [], [], ["grid:hot/good"]]


PRODUCT = {"id": "P", "name": "Gieter", "category": "Tuin", "brand": "Acme"}
PAGE = {"path": "/rozen/snoeien", "title": "Snoeien"}
CLICK = {"url": "https://shop.example/sale", "campaign": "mei"}


@pytest.mark.parametrize(
    ("condition", "days", "acts"),
    [
        ("contact.interests.tuin >= 1", 0, True),
        ("contact.interests.acme >= 1", 0, True),
        ("contact.interests.rozen >= 1", 0, True),
        ("contact.interests.kas >= 1", 0, True),
        ("contact.interests.tuin >= 0.51", 90, False),
        ("contact.interests.tuin >= 0.49", 90, True),
        ("contact.recent.products[0].name == 'Gieter'", 9, True),
        ("contact.recent.pages[0].title == 'Snoeien'", 9, True),
        ("contact.recent.clicks[0].campaign == 'mei'", 9, True),
        ("contact.expected.next_order_at == now", 0, True),
        ("contact.expected.churn == 0.5", 30, True),
        ("contact.expected.churn > 0.5", 29, False),
        ("contact.rfm.recency == 5 and contact.rfm.frequency == 2 and contact.rfm.monetary == 2", 0, True),
        ("contact.rfm.recency == 4", 31, True),
    ],
)
def test_a_rule_can_ask_what_a_contact_cares_for_and_buys(
    tmp_path: Path, condition: str, days: int, acts: bool
) -> None:
    """Interests are counts with half-life per category, brand and topic (`contact.interests.tuin`);
    `contact.recent` holds the last products, pages and clicks; `contact.expected` has the next order date and
    the chance of leaving, by the contact's own interval …"""
    story = begun(read(tmp_path, rule=ASKS.replace("CONDITION", f'"{condition}"')))
    hears(
        story,
        order("order.paid", BEGIN - 60 * DAY, "1", total=Decimal(50)),
        order("order.paid", BEGIN - 30 * DAY, "2", total=Decimal(70)),
        event("product.viewed", BEGIN - MINUTE, product=PRODUCT),
        event("page.viewed", BEGIN - MINUTE, page=PAGE, key="rozen"),
        event("email.clicked", BEGIN - MINUTE, subjects={"email": CLICK}),
        event("custom.quiz", BEGIN - MINUTE, subjects={"data": {"topic": "Kas"}}),
    )

    now = BEGIN + days * DAY
    decision = story.hears(event("email.sent", now), now=now)

    assert bool(decision.actions) is acts
