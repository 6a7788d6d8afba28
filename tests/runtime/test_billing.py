"""From when on what a publication costs is for a person: a share of what an account has."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connector.errors import DispatchError, Transient
from connector.platforms.counting import Headcount
from connector.runtime.billing import FEW, Bill
from connector.runtime.weighing import Cost

TENTH = Decimal("0.1")


def bill(new: int, held: Headcount | DispatchError | None, enrolled: int = 0) -> Bill:
    """So many people are new, and so many enter a workflow who are there."""
    people = {f"new{number}" for number in range(new)}
    others = {f"old{number}" for number in range(enrolled)}
    return Bill(Cost("crm", "hubspot", new=people, enrolled=others), held)


@pytest.mark.parametrize(("new", "is_too_much"), [(0, False), (10, False), (11, True), (10_000, True)])
def test_more_than_the_share_is_too_much(new: int, is_too_much: bool) -> None:
    assert bill(new, Headcount(100)).is_too_much(TENTH) is is_too_much


@pytest.mark.parametrize(("new", "is_too_much"), [(FEW, False), (FEW + 1, True)])
def test_where_no_share_is_said_a_few_are_never_too_many(new: int, is_too_much: bool) -> None:
    assert bill(new, Headcount(10)).is_too_much(None) is is_too_much


def test_where_no_share_is_said_it_is_a_tenth() -> None:
    assert not bill(1000, Headcount(10_000)).is_too_much(None)
    assert bill(1001, Headcount(10_000)).is_too_much(None)


def test_a_share_of_nothing_lets_nobody_in() -> None:
    assert bill(1, Headcount(100_000)).is_too_much(Decimal(0))
    assert bill(1, Headcount(0)).is_too_much(Decimal(1))


def test_of_who_is_paid_for_apart_the_share_is_of_those() -> None:
    held = Headcount(100_000, marketing=100)

    assert bill(11, held).is_too_much(TENTH)
    assert not bill(10, held).is_too_much(TENTH)


def test_who_enters_a_workflow_may_be_paid_for_though_not_new() -> None:
    assert bill(5, Headcount(100_000, marketing=100), enrolled=6).is_too_much(TENTH)
    assert not bill(5, Headcount(100_000), enrolled=6).is_too_much(TENTH)


def test_an_account_that_gives_no_answer_leaves_it_to_a_person() -> None:
    assert bill(1, Transient("busy")).is_too_much(TENTH)
    assert not bill(0, Transient("busy")).is_too_much(TENTH)
    assert not bill(FEW, Transient("busy")).is_too_much(None)


def test_for_an_account_without_settings_nothing_leaves() -> None:
    assert not bill(10_000, None).is_too_much(TENTH)
