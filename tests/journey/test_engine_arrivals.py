"""What the order of arrival may change: what is done, and only where a reason for it is told."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.model.decision import Answer
from connector.model.event import Event
from tests.journey.build import NOON, Story, answers, at, cart, event, mapping, order, trigger, wait, when
from tests.journey.test_late import KNOWN, histories


def lived(*events: Event) -> Story:
    """Events that arrive in this order by noon, and a day after it."""
    story = Story(KNOWN)
    story.hears(*events)
    story.wakes(NOON + timedelta(days=1))
    return story


def done(story: Story) -> Counter[str]:
    """How often each rule acted."""
    return Counter(one.cause.rule for one in story.actions)


def told(story: Story, *answers: Answer) -> set[str]:
    """The rules that said so."""
    return {one.rule for decision in story.decisions for one in decision.trace if one.answer in answers}


@given(history=histories(), seed=st.integers(0, 1000))
@settings(max_examples=200, deadline=None)
def test_what_is_done_differs_only_where_it_is_told_why(history: list[Event], seed: int) -> None:
    """actions may differ only by what `late` let go, by limits already used, and by what had already been
    done."""
    in_order = sorted(history, key=lambda one: one.occurred_at)
    shuffled = Random(seed).sample(history, len(history))

    expected, found = lived(*in_order), lived(*shuffled)

    differing = (done(expected) - done(found)) | (done(found) - done(expected))
    why = told(found, Answer.LATE, Answer.LIMIT, Answer.ENTERED_BEFORE, Answer.WOULD_NOT)
    assert all(why & {rule, "ledger", "move:main"} for rule in differing), (differing, why)


def test_what_a_late_event_would_have_begun_is_let_go_where_its_condition_holds_no_longer() -> None:
    """actions may differ only by what `late` let go, by limits already used, by what had already been done,
    and by a `when` that no longer holds."""
    story = Story(mapping(trigger("rule", "page.viewed", when=when("contact.purchases.count == 0"))))

    story.hears(order("order.paid", "11:00"), event("page.viewed", "10:00"))

    assert story.actions == []
    assert answers(story.decisions[-1])["trigger:rule"] is Answer.NO


@pytest.mark.parametrize(("newest", "times"), [(20, 0), (60, 1)])
def test_a_late_cart_is_judged_by_what_is_in_it_now(newest: int, times: int) -> None:
    """a later event with the key of a waiting run restarts its wait."""
    story = Story(mapping(trigger("rule", "cart.updated", wait=wait("4h"), when=when("cart.total >= 25"))))

    story.hears(cart("cart.updated", "11:00", total=newest), cart("cart.updated", "10:00", total=50))
    looks = [story.wakes(at(clock)) for clock in ("14:00", "15:00")]

    assert [len(look.actions) for look in looks] == [0, times]
