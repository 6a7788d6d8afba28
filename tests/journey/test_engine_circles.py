"""Rules that undo what each other does turn in no circles by time alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.own_state import CONTACT
from connector.mapping.rules import ScoreCrosses
from connector.mapping.scoring import Points, Score
from connector.model.decision import Answer
from tests.journey.build import HERE, NOON, Story, answers, at, event, mapping, step, trigger, when


def undoing() -> Mapping:
    """One rule takes the points away that the other gives."""
    points = Points(frozenset(), Decimal(10), when("contact.points > 3"), HERE)
    score = Score("fit", (points,), None, None, None, HERE)
    high = trigger(
        "high",
        do=[step(f"{CONTACT}.set", fields={"points": "0"})],
        occasions=(ScoreCrosses("fit", above=Decimal(5)),),
    )
    low = trigger(
        "low",
        do=[step(f"{CONTACT}.set", fields={"points": "9"})],
        occasions=(ScoreCrosses("fit", below=Decimal(5)),),
    )
    return replace(mapping(high, low), scores={"fit": score})


def test_rules_that_undo_each_other_are_looked_at_once_an_hour_at_most() -> None:
    story = Story(undoing())
    story.hears(event("contact.changed", "11:00", fields={"points": 0}))
    story.hears(event("contact.changed", "12:00", fields={"points": 9}))
    contact, wakes_at, looks = story.contact, story.decisions[-1].wakes_at, 0

    while wakes_at is not None and wakes_at <= NOON + timedelta(days=1):
        decision = wake(story.mapping, contact, max(wakes_at, NOON) + timedelta(seconds=1))
        contact, wakes_at, looks = decision.contact, decision.wakes_at, looks + 1
        assert looks <= 50

    assert looks > 1


def test_what_a_rule_brings_another_score_to_is_looked_at_at_once() -> None:
    near = Points(frozenset(), Decimal(10), when("contact.country == 'NL'"), HERE)
    scores = {**undoing().scores, "near": Score("near", (near,), None, None, None, HERE)}
    moves = trigger(
        "high",
        do=[step(f"{CONTACT}.set", fields={"country": "NL"})],
        occasions=(ScoreCrosses("fit", above=Decimal(5)),),
    )
    follows = trigger("follows", occasions=(ScoreCrosses("near", above=Decimal(5)),))
    story = Story(replace(mapping(moves, follows), scores=scores))
    story.hears(event("contact.changed", "11:00", fields={"points": 0, "country": "BE"}), now=at("11:00"))

    entered = story.hears(event("contact.changed", "12:00", fields={"points": 9}))
    then = story.wakes(NOON)

    assert (entered.wakes_at, answers(entered)["trigger:high"]) == (NOON, Answer.ACTED)
    assert answers(then) == {"trigger:follows": Answer.ACTED}
