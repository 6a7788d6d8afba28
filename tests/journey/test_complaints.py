"""An open complaint holds what markets: it waits, goes on when that is resolved, and `late` lets go of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connector.journey.guards import COMPLAINT_HOLDS_FOR
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Hours, Step, Trigger
from connector.model.action import Kind
from connector.model.contact import Contact, Run
from connector.model.decision import Answer
from connector.model.event import Event
from connector.store.encoding import decode, encode
from tests.journey.build import (
    NOON,
    Story,
    answers,
    at,
    cart,
    entry,
    event,
    limited,
    mail,
    mapping,
    order,
    step,
    trigger,
    wait,
    when,
)

CONFIRMED = event("newsletter.confirmed", "08:00")


def complaint(clock: str | datetime, name: str = "k1", fact: str = "received") -> Event:
    """A complaint comes, or is resolved."""
    return event(f"complaint.{fact}", clock, complaint={"id": name}, key=f"{fact} {name} {clock}")


def marketing(on: str = "cart.updated", do: tuple[Step, ...] = (), **rest: object) -> Trigger:
    """A rule that markets, and of which what is three days old is still of use."""
    made = trigger("rule", on, do or (mail(),), kind=Kind.MARKETING, late=timedelta(days=3))
    return replace(made, **rest)  # type: ignore[arg-type]  # the names are checked by replace itself


def held(*triggers: Trigger, rules: Mapping | None = None) -> Story:
    """Somebody who consented, complained at ten, and for whom the rule was to act at eleven."""
    story = Story(rules or mapping(*(triggers or (marketing(),))))
    story.hears(CONFIRMED, now=at("08:00"))
    story.hears(complaint("10:00"), now=at("10:00"))
    story.hears(cart("cart.updated", "11:00"), now=at("11:00"))
    return story


def resolved(story: Story, now: datetime) -> Story:
    """The complaint is resolved."""
    story.hears(complaint(now, fact="resolved"), now=now)
    return story


def test_marketing_waits_while_a_complaint_is_open_and_says_until_when() -> None:
    """held by an open complaint (marketing only; at most 30 days)"""
    story = held()

    said = entry(story.decisions[-1], "trigger:rule")

    assert story.actions == []
    assert said.answer is Answer.COMPLAINT
    assert said.detail == (
        "a complaint is open since 2026-11-02 11:00 CET; "
        "it waits until that is resolved, until 2026-12-02 11:00 CET at most"
    )
    assert story.run().wakes_at == story.decisions[-1].wakes_at == at("10:00") + COMPLAINT_HOLDS_FOR


def test_a_complaint_that_is_resolved_lets_go_on_at_once_what_it_held() -> None:
    story = resolved(held(), at("09:00", day=4))

    assert [one.decided_at for one in story.actions] == [at("09:00", day=4)]
    assert (story.run().ended, story.run().due_at) == ("done", None)


def test_what_was_due_too_long_ago_is_let_go_when_the_complaint_is_resolved() -> None:
    story = resolved(held(), at("12:00", day=5))

    said = entry(story.decisions[-1], "trigger:rule")

    assert story.actions == []
    assert said.answer is Answer.LATE
    assert said.detail == "it was due 3 days 1 hour ago, and after 3 days it is too late"
    assert story.run().ended == "late"


@pytest.mark.parametrize(("late", "count"), [(31, 1), (29, 0)])
def test_thirty_days_after_it_was_received_a_complaint_holds_nothing_any_more(late: int, count: int) -> None:
    """held by an open complaint (marketing only; at most 30 days)"""
    story = held(marketing(late=timedelta(days=late)))

    before = story.wakes(at("09:59") + COMPLAINT_HOLDS_FOR)
    after = story.wakes(at("10:00") + COMPLAINT_HOLDS_FOR)

    assert before.actions == ()
    assert len(after.actions) == count
    assert answers(after) == {"trigger:rule": Answer.ACTED if count else Answer.LATE}


def test_service_goes_on_whatever_is_complained_of() -> None:
    """held by an open complaint (marketing only …)"""
    story = held(marketing(kind=Kind.SERVICE, do=(step(),)))

    assert len(story.actions) == 1


def test_a_complaint_is_asked_of_before_every_action() -> None:
    """*Before every action* `unless`, `if`, and 5, 6, 8 to 11."""
    series = marketing(do=(mail(), wait("1d"), mail(), wait("1d"), mail()))
    story = Story(mapping(series))
    story.hears(CONFIRMED, cart("cart.updated", "12:00"))
    story.hears(complaint("13:00"), now=at("13:00"))

    due = story.wakes(at("12:00", day=3))
    resolved(story, at("20:00", day=3))
    third = story.wakes(at("20:00", day=4))

    assert answers(due) == {"trigger:rule": Answer.COMPLAINT}
    assert [one.cause.step for one in story.actions] == [1, 3, 5]
    assert len(third.actions) == 1


def test_of_several_complaints_the_last_one_lets_go_on() -> None:
    story = held()
    story.hears(complaint("12:00", "k2"), now=at("12:00"))
    later = story.run().wakes_at

    resolved(story, at("13:00"))
    between = list(story.actions)
    story.hears(complaint("14:00", "k2", "resolved"), now=at("14:00"))

    assert later == at("12:00") + COMPLAINT_HOLDS_FOR
    assert between == []
    assert len(story.actions) == 1


def test_what_is_held_can_be_called_off() -> None:
    story = held(marketing(unless_events=frozenset({"order.placed"})))

    story.hears(order("order.placed", "12:00"), now=at("12:00"))
    resolved(story, at("13:00"))

    assert story.run().ended == "order.placed"
    assert story.actions == []


def test_what_is_held_asks_when_and_limit_once_more_before_it_acts() -> None:
    """*Before the first action* `when` and `limit` once more on the newest state."""
    story = held(marketing(when=when("contact.points is not defined"), limit=limited(1, days=7)))
    story.hears(event("contact.changed", "12:00", fields={"points": 5}), now=at("12:00"))

    assert answers(resolved(story, at("13:00")).decisions[-1])["trigger:rule"] is Answer.NO


def test_who_withdraws_while_it_is_held_gets_nothing() -> None:
    story = held()
    story.hears(event("newsletter.unsubscribed", "12:00"), now=at("12:00"))

    assert answers(resolved(story, at("13:00")).decisions[-1])["trigger:rule"] is Answer.NO_CONSENT


def test_a_later_event_with_its_key_is_that_by_which_a_held_run_goes() -> None:
    """a later event with the key of a waiting run restarts its wait"""
    story = held()
    story.hears(cart("cart.updated", at("11:00", day=4)), now=at("11:00", day=4))

    resolved(story, at("10:00", day=7))

    assert len(story.actions) == 1
    assert story.actions[0].cause.event_key == f"cart.updated@{at('11:00', day=4)}/c1"


def test_what_is_held_waits_for_its_hours_after_that() -> None:
    mornings = Hours({day: ((NOON.time(), at("14:00").time()),) for day in range(7)})
    story = held(marketing(hours=mornings))

    said = resolved(story, at("18:00", day=3)).decisions[-1]
    morning = story.wakes(at("11:00", day=4))

    assert answers(said)["trigger:rule"] is Answer.WAITS
    assert len(morning.actions) == 1


def test_a_paused_trigger_stays_where_it_is_though_the_complaint_is_resolved() -> None:
    rule = marketing()
    paused = replace(rule, mode=replace(rule.mode, name="paused"))
    story = held(rule)
    story.mapping = mapping(paused)

    resolved(story, at("12:00"))
    stayed = story.run().is_waiting
    story.mapping = mapping(rule)
    story.wakes(at("13:00"))

    assert stayed
    assert [one.decided_at for one in story.actions] == [at("13:00")]


def test_a_held_run_outlives_the_process() -> None:
    story = held()

    story.contact = replace(decode(Contact, encode(story.contact)), identities=story.contact.identities)

    assert story.run().due_at == at("11:00")
    assert len(resolved(story, at("12:00")).actions) == 1


def test_a_run_of_an_older_release_was_held_by_nothing() -> None:
    assert decode(Run, {"at": "2026-11-02T10:00:00+00:00", "acted": False}).due_at is None


def test_a_run_that_is_held_waits_from_the_start_again_when_its_subject_changes() -> None:
    """The same key enters once; a later event with the key of a waiting run restarts its wait."""
    story = held(marketing(wait=wait("1h")))
    story.wakes(at("12:00"))
    story.hears(cart("cart.updated", "13:00"), now=at("13:00"))

    story.hears(complaint("13:10", fact="resolved"), now=at("13:10"))
    early = len(story.actions)
    story.wakes(at("14:00"))

    assert (early, len(story.actions)) == (0, 1)
