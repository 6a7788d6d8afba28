"""Recomputing: a history folded again from its beginning, under other moves and scores, and nothing done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.differing import difference
from connector.journey.facts import only_facts
from connector.journey.late import Past
from connector.journey.recomputing import Recomputed, recompute, seen
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.rules import ScoreCrosses, SegmentEntered
from connector.mapping.scoring import Points, Score
from connector.model.contact import Consent, Contact
from connector.model.event import Event
from connector.model.order import place_of
from tests.journey.build import (
    HERE,
    NOON,
    Story,
    at,
    cart,
    event,
    journey,
    mapping,
    move,
    order,
    step,
    trigger,
    wait,
)
from tests.journey.test_late import KNOWN, histories

VIEWED = "product.viewed"
TWICE = "contact.counters.product_viewed >= 2"
NOBODY = Contact("01", at("00:00", day=1))


def viewed(clock: str) -> Event:
    return event(VIEWED, clock)


def lived(known: Mapping, *events: Event) -> Story:
    """Somebody to whom this happened, decided under a mapping."""
    story = Story(known)
    story.hears(*events)
    return story


def again(known: Mapping, story: Story, contact: Contact | None = None) -> Recomputed:
    """The same history under another mapping, at noon."""
    return recompute(known, contact or story.contact, Past(NOBODY, story.history), NOON)


def score(*points: Points, half_life: timedelta | None = None) -> Score:
    return Score("warm", points, half_life, None, None, HERE)


def points(add: int, *, once: bool = False) -> Points:
    return Points(frozenset({VIEWED}), Decimal(add), None, HERE, once=once)


def test_history_is_folded_again_under_changed_moves() -> None:
    """`loods recompute` folds history again under changed moves or scores."""
    story = lived(mapping(journeys=[journey([move(VIEWED, "see")])]), viewed("09:00"), viewed("10:00"))
    changed = mapping(journeys=[journey([move(VIEWED, "do", TWICE), move(VIEWED, "think")])])

    found = again(changed, story).contact.standings["main"]

    assert (found.stage, found.since) == ("do", at("10:00"))
    assert found.entered == {"see": at("09:00"), "think": at("09:00"), "do": at("10:00")}


def test_history_is_folded_again_under_changed_scores() -> None:
    """`loods recompute` folds history again under changed moves or scores."""
    story = lived(replace(mapping(), scores={"warm": score(points(10))}), viewed("09:00"), viewed("10:00"))
    changed = replace(mapping(), scores={"warm": score(points(3))})

    found = again(changed, story).contact

    assert seen(changed, story.contact, NOON).person.scores["warm"] == 20
    assert seen(changed, found, NOON).person.scores["warm"] == 6


def test_nothing_is_done_and_what_was_done_stays() -> None:
    """With a preview and no actions."""
    rule = trigger("rule", VIEWED, [step(), step()], wait=wait("4h"))
    story = lived(mapping(rule), viewed("09:00"))
    entered = trigger("entered", [], [step()], on_stages=[("main", "do")])
    changed = mapping(rule, entered, journeys=[journey([move(VIEWED, "do")], enter={"do": [step()]})])

    after = again(changed, story).contact

    assert after.standings["main"].stage == "do"
    assert after.runs == story.contact.runs
    assert wake(changed, after, NOON).actions == ()


def test_what_the_new_state_is_in_starts_nothing_afterwards() -> None:
    """With a preview and no actions."""
    rule = trigger("loyal", occasions=(SegmentEntered("loyal"),))
    hot = trigger("hot", occasions=(ScoreCrosses("warm", above=Decimal(5)),))
    known = mapping(rule, hot, segments={"loyal": "contact.stage == 'do'"}, journeys=[journey([])])
    known = replace(known, scores={"warm": score(points(1))})
    story = lived(known, viewed("09:00"))
    changed = replace(
        mapping(
            rule, hot, segments={"loyal": "contact.stage == 'do'"}, journeys=[journey([move(VIEWED, "do")])]
        ),
        scores={"warm": score(points(10))},
    )

    story.mapping, story.contact = changed, again(changed, story).contact
    story.hears(event("page.viewed", "11:00"))

    assert story.actions == []
    assert {name: one.is_in for name, one in story.contact.marks.items()} == {
        "segment:loyal": True,
        "score:warm>5": True,
    }


def test_moves_by_quiet_are_made_at_their_moments() -> None:
    story = lived(mapping(journeys=[journey([move(VIEWED, "do")])]), viewed("06:00"), viewed("11:00"))
    quiet = replace(move((), "see", from_stage="do"), quiet=timedelta(hours=2), since=frozenset({VIEWED}))
    changed = mapping(journeys=[journey([move(VIEWED, "do", TWICE), move(VIEWED, "think"), quiet])])
    later = at("18:00")

    found = recompute(changed, story.contact, Past(NOBODY, story.history), later).contact

    assert found.standings["main"].stage == "see"
    assert found.standings["main"].since == at("13:00")
    assert found.folded is not None
    assert found.folded.upto is not None
    assert found.folded.upto.at == at("13:00")


def test_an_event_that_comes_late_is_folded_from_the_beginning_then() -> None:
    """A fold goes back at most to the publication of the live version … `recompute` does the rest."""
    story = lived(mapping(journeys=[journey([move(VIEWED, "see")])]), viewed("09:00"), viewed("11:00"))
    third = "contact.counters.product_viewed >= 3"
    changed = replace(mapping(journeys=[journey([move(VIEWED, "do", third)])]), version="2")

    story.mapping, story.contact, story.begin = changed, again(changed, story).contact, NOBODY
    story.hears(viewed("10:00"))

    assert story.contact.standings["main"].since == at("11:00")


def test_consent_stays_as_it_is() -> None:
    """It is raised only by fresh evidence and lowered only by the person's own withdrawal or the platform's
    verdict."""
    story = lived(mapping(), event("newsletter.confirmed", "09:00"))
    [key] = story.contact.consent
    verdict = Consent(given=False, at=at("10:00"), evidence="mailchimp.tag: gone")
    left = replace(story.contact, consent={key: verdict})

    assert again(mapping(), story, left).contact.consent == {key: verdict}


def test_who_was_erased_stays_so() -> None:
    story = lived(mapping(), viewed("09:00"), event("contact.erased", "10:00"))

    assert again(mapping(), story) == Recomputed(story.contact)


def test_who_has_no_history_stays_as_they_are() -> None:
    known = replace(NOBODY, counters={"greeted": 1})

    assert recompute(mapping(), known, Past(NOBODY, ()), NOON) == Recomputed(known)


def test_points_that_are_given_by_another_rule_are_told_though_the_score_is_the_same() -> None:
    story = lived(replace(mapping(), scores={"warm": score(points(10))}), viewed("09:00"))
    changed = replace(mapping(), scores={"warm": score(points(5), points(5))})

    after = again(changed, story).contact
    found = difference(seen(changed, story.contact, NOON), seen(changed, after, NOON))

    assert (found.scores, found.others) == ({}, ("points",))


def test_it_says_from_where_on_it_cannot_see() -> None:
    """It says from where on it cannot see because events have been dropped."""
    known = mapping(journeys=[journey([move(VIEWED, "think", TWICE)])])
    story = lived(known, viewed("08:00"), viewed("09:00"))
    floor = only_facts(story.contact)
    floor = replace(floor, folded=story.contact.folded)
    story.hears(viewed("10:00"))
    changed = replace(
        mapping(journeys=[journey([move(VIEWED, "do", "contact.counters.product_viewed >= 3")])])
    )

    found = recompute(changed, story.contact, Past(floor, story.history[2:]), NOON)

    assert found.sees_from == place_of(viewed("09:00"))
    assert found.contact.folded is not None
    assert found.contact.folded.base == found.sees_from
    assert found.contact.counters[VIEWED] == 3
    standing = found.contact.standings["main"]
    assert (standing.stage, standing.entered["think"]) == ("do", at("09:00"))


def test_an_event_from_before_what_can_be_seen_stands_right_behind_it() -> None:
    story = lived(mapping(), viewed("08:00"), viewed("09:00"))
    floor = replace(only_facts(story.contact), folded=story.contact.folded)
    newest = order("order.paid", "10:00", total=Decimal(80))
    known = mapping(journeys=[journey([move(VIEWED, "do", "contact.purchases.count == 0")])])

    found = recompute(known, story.contact, Past(floor, [newest, viewed("07:00")]), NOON)

    assert found.contact.standings["main"].stage == "do"
    assert found.contact.counters == {VIEWED: 3, "order.paid": 1}


def test_what_changes_is_told() -> None:
    """With a preview."""
    before = mapping(
        journeys=[journey([move(VIEWED, "see")])], segments={"loyal": "contact.counters.product_viewed >= 9"}
    )
    before = replace(before, scores={"warm": score(points(10))})
    story = lived(before, viewed("09:00"), event("page.viewed", "10:00"))
    changed = mapping(
        journeys=[journey([move("page.viewed", "do")])], segments={"loyal": "contact.stage == 'do'"}
    )
    changed = replace(changed, scores={"warm": score(points(4))})

    after = again(changed, story).contact
    found = difference(seen(before, story.contact, NOON), seen(changed, after, NOON))

    one, other = found.stages["main"]
    assert one is not None
    assert other is not None
    assert ((one.stage, one.since), (other.stage, other.since)) == (("see", at("09:00")), ("do", at("10:00")))
    assert found.scores == {"warm": (Decimal(10), Decimal(4))}
    assert found.segments == {"loyal": (False, True)}
    assert (found.counters, found.others) == ({}, ())


def test_counters_and_what_else_differs_is_told() -> None:
    story = lived(mapping(), viewed("09:00"))
    other = replace(story.contact, counters={VIEWED: 2, "greeted": 1}, owned=("p1",), looked_at=NOON)

    found = difference(seen(mapping(), story.contact, NOON), seen(mapping(), other, NOON))

    assert found.counters == {VIEWED: (1, 2), "greeted": (0, 1)}
    assert found.others == ("owned",)
    assert found.is_any
    assert not difference(seen(mapping(), other, NOON), seen(mapping(), other, NOON)).is_any


@given(history=histories(), seed=st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_under_the_same_rules_nothing_changes_whatever_the_order_of_arrival(
    history: list[Event], seed: int
) -> None:
    story = Story(KNOWN)
    story.hears(*Random(seed).sample(history, len(history)))
    story.wakes(NOON)

    after = again(KNOWN, story).contact

    assert not difference(seen(KNOWN, story.contact, NOON), seen(KNOWN, after, NOON)).is_any
    assert only_facts(after) == only_facts(story.contact)
    assert again(KNOWN, story, after).contact == after


@given(history=histories(), number=st.integers(0, 9), seed=st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_an_event_after_it_means_the_same_as_if_it_had_come_before(
    history: list[Event], number: int, seed: int
) -> None:
    story, other = Story(mapping()), Story(KNOWN)
    first, last = history[:number], history[number:]
    story.hears(*Random(seed).sample(first, len(first))) if first else None
    story.mapping, story.begin = KNOWN, NOBODY
    story.contact = again(KNOWN, story).contact
    story.hears(*last) if last else None
    other.hears(*history)

    found, expected = (only_facts(replace(one.wakes(NOON).contact, identities=())) for one in (story, other))

    assert found == expected


def test_a_cart_that_became_an_order_stays_closed() -> None:
    """An order closes the cart that it came from."""
    story = lived(
        mapping(), cart("cart.updated", "09:00", total=Decimal(50)), order("order.paid", "10:00", cart="c1")
    )

    after = again(mapping(journeys=[journey()]), story).contact

    assert after.carts == story.contact.carts
    assert after.standings["main"].stage == "care"


def test_who_waits_is_looked_at_also_where_no_history_is_left() -> None:
    """As of the older of two who are parted, if all that happened was recorded for the other."""
    story = lived(mapping(trigger("rule", VIEWED, [step()], wait=wait("4h"))), viewed("09:00"))

    found = recompute(story.mapping, story.contact, Past(NOBODY, ()), NOON)

    assert found.wakes_at == at("13:00")
