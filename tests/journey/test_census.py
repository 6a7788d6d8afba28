"""What is usual among contacts: the same as by sorting them all, whatever the order, in little space."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.journey.census import FEWEST_BUYERS, FEWEST_INTERVALS, Census, asked, quintiles
from connector.journey.rhythm import first_digits
from connector.mapping.mapping import Mapping
from connector.mapping.norms import BOUNDS, EVERYBODY, Norms, Usual
from connector.model.contact import Contact, Order
from connector.model.values import dumps, loads
from tests.journey.build import NOON, mapping

DAY = timedelta(days=1)
LARGE = "contact.purchases.total >= 1000"
VALUES = st.decimals(0, 100_000, places=2)
BUYERS = st.lists(st.lists(st.tuples(st.integers(0, 900), VALUES), max_size=4), min_size=1, max_size=12)


def rules(*by: str) -> Mapping:
    """A mapping whose contacts go by the interval of these segments."""
    plain = mapping(segments={"large": LARGE, "small": f"not ({LARGE})"})
    return replace(plain, defaults=replace(plain.defaults, expected_by=by))


def buyer(*orders: tuple[float, float | Decimal]) -> Contact:
    """Somebody who paid orders so many days ago, of so much."""
    paid = {
        f"webshop:o{number}": Order({"paid": NOON - ago * DAY}, total=Decimal(str(total)))
        for number, (ago, total) in enumerate(orders)
    }
    return Contact("c1", NOON, orders=paid)


def counted(people: list[Contact], by: Mapping | None = None) -> Norms:
    """What is usual among these."""
    census = Census()
    for one in people:
        census.count(by or rules(), one, NOON)
    return census.norms(by or rules(), NOON)


def fifths(values: list[Decimal]) -> list[Decimal]:
    """By sorting: the value up to which there are a fifth of them, two fifths …"""
    ordered = sorted(values)
    return [ordered[-(-len(ordered) * fifth // 5) - 1] for fifth in range(1, 5)]


@given(st.lists(VALUES.map(first_digits), min_size=1, max_size=200))
def test_quintiles_are_those_of_the_values_in_their_order(values: list[Decimal]) -> None:
    assert list(quintiles(Counter(map(str, values)))) == fifths(values)


@settings(deadline=None, max_examples=25)
@given(BUYERS, st.randoms(use_true_random=False))
def test_what_is_usual_is_as_by_sorting_all_contacts_whatever_their_order(
    lives: list[list[tuple[int, Decimal]]], random: object
) -> None:
    people = [buyer(*life) for life in lives] * FEWEST_BUYERS
    bought = [life for life in lives if life] * FEWEST_BUYERS
    spans = [(max(a for a, _ in life) - min(a for a, _ in life), len(life) - 1) for life in bought]
    own = sorted(first_digits(Decimal(span / intervals)) for span, intervals in spans if span)
    shuffled = list(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random

    norms = counted(shuffled)

    assert norms == counted(people)
    assert norms.buyers == len(bought)
    assert bool(norms.quintiles) is bool(bought)
    if bought:
        wanted = {
            "recency": fifths([first_digits(Decimal(min(ago for ago, _ in life))) for life in bought]),
            "frequency": fifths([Decimal(len(life)) for life in bought]),
            "monetary": fifths(
                [first_digits(sum((total for _, total in life), Decimal(0))) for life in bought]
            ),
        }
        assert {mark: list(one) for mark, one in norms.quintiles.items()} == wanted
    middle = {EVERYBODY: Usual(own[(len(own) - 1) // 2], len(own))} if own else {}
    assert norms.intervals == middle


def test_the_interval_of_a_segment_is_that_of_the_contacts_in_it() -> None:
    people = [buyer((0, 600), (20, 600)) for _ in range(10)] + [buyer((0, 5), (60, 5)) for _ in range(11)]

    norms = counted(people, rules("large", "small"))

    assert norms.intervals == {
        EVERYBODY: Usual(Decimal(60), 21),
        "large": Usual(Decimal(20), 10),
        "small": Usual(Decimal(60), 11),
    }


def test_too_few_say_nothing() -> None:
    once = [buyer((9, 50))] * (FEWEST_BUYERS - FEWEST_INTERVALS)
    twice = [buyer((0, 9), (20, 9))] * (FEWEST_INTERVALS - 1)

    few = counted([*once, *twice])
    enough = counted([*once, *twice, buyer((0, 9), (20, 9))])

    assert (few.buyers, few.quintiles, few.intervals) == (FEWEST_BUYERS - 1, {}, {})
    assert enough.quintiles.keys() == BOUNDS.keys()
    assert enough.intervals == {EVERYBODY: Usual(Decimal(20), FEWEST_INTERVALS)}


def test_who_never_bought_or_bought_at_one_moment_says_nothing_of_intervals() -> None:
    people = [buyer(), buyer((3, 9)), buyer((3, 9), (3, 9))] * FEWEST_BUYERS

    norms = counted(people)

    assert (norms.buyers, norms.intervals) == (2 * FEWEST_BUYERS, {})


@given(BUYERS)
def test_a_census_goes_on_where_it_was_kept(lives: list[list[tuple[int, Decimal]]]) -> None:
    people = [buyer(*life) for life in lives]
    whole, begun = Census(), Census()
    for one in people:
        whole.count(rules("large"), one, NOON)
    for one in people[: len(people) // 2]:
        begun.count(rules("large"), one, NOON)

    resumed = Census.of_json(loads(dumps(begun.as_json())))
    for one in people[len(people) // 2 :]:
        resumed.count(rules("large"), one, NOON)

    assert resumed == whole


def test_however_many_are_counted_little_is_kept() -> None:
    census = Census()
    for number in range(3_000):
        census.count(rules(), buyer((number / 3, number * 7 + 0.13), (number, 3)), NOON)

    assert all(len(one) <= 1_900 for one in (*census.values.values(), *census.intervals.values()))


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (rules(), replace(rules(), version="2"), True),
        (rules("large"), rules("large"), True),
        (rules("large"), rules("small"), False),
        (rules("large", "small"), rules("small", "large"), False),
    ],
)
def test_what_is_asked_is_told_apart_by_the_segments(one: Mapping, other: Mapping, are_same: bool) -> None:
    assert (asked(one) == asked(other)) is are_same
