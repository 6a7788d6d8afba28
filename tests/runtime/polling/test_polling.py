"""What a platform does not announce is asked for: from now on, each thing once, and nothing is passed by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.errors import StoreError
from connector.failpoints import FailpointReached, arm, parse
from connector.model.delivery import DeliveryStatus
from connector.runtime.live import Live
from connector.store import cursors
from tests.patience import PATIENCE, until
from tests.runtime.faulty import FaultyStore
from tests.runtime.polling.portal import EVA, GUIDE, QUOTE, Portal

EVENTS = "/email/public/v1/events"
SUBMISSIONS = "/form-integrations/v1/submissions/forms/"


def soon(portal: Portal, **length: float) -> None:
    portal.shop.clock.moves(**length)


def test_what_is_past_at_the_first_turn_is_never_told(portal: Portal) -> None:
    now = portal.shop.clock()
    portal.fills_in(EVA, now - timedelta(seconds=1))
    portal.reads(EVA, now - timedelta(seconds=1))
    portal.reads(EVA, now + timedelta(seconds=1))
    soon(portal, minutes=5)

    portal.polls()

    assert portal.events() == ["email.clicked"]


def test_what_happens_is_an_event_once_however_often_it_is_asked_for(portal: Portal) -> None:
    at = portal.shop.clock() + timedelta(minutes=1)
    portal.reads(EVA, at, url="https://shop.example/sale")
    portal.fills_in(EVA, at, product="oak")

    for _ in range(4):
        soon(portal, minutes=5)
        portal.polls()

    assert sorted(portal.events()) == ["email.clicked", "form.submitted"]
    assert [(one.action.name, one.action.arguments["title"]) for one in portal.shop.actions()] == [
        ("create_task", "Call about oak")
    ]
    assert {one.repeats for one in portal.shop.deliveries()} == {0}


def test_what_was_asked_for_is_a_delivery_like_any_other(portal: Portal) -> None:
    portal.fills_in(EVA, portal.shop.clock() + timedelta(minutes=1), product="oak")
    soon(portal, minutes=5)

    portal.asks()

    [row] = portal.shop.deliveries()
    assert (row.delivery.connection, row.delivery.topic) == ("hubspot", "polled.form")
    assert row.status is DeliveryStatus.WAITING


def test_several_pages_are_read_in_one_turn(portal: Portal) -> None:
    at = portal.shop.clock() + timedelta(minutes=1)
    for number in range(120):
        portal.fills_in(f"p{number}@example.com", at + timedelta(seconds=number))
    soon(portal, minutes=10)

    portal.asks()

    assert len(portal.brought()) == 120
    assert len(portal.shop.calls(SUBMISSIONS + QUOTE)) == 4  # one of them at the first turn


def test_several_things_of_one_moment_are_all_told_also_where_one_shows_later(portal: Portal) -> None:
    at = portal.shop.clock() + timedelta(minutes=1)
    portal.reads(EVA, at)
    soon(portal, minutes=5)
    portal.polls()
    portal.reads("bob@example.com", at)
    soon(portal, minutes=5)

    portal.polls()

    assert portal.events("bob@example.com") == ["email.clicked"]
    assert portal.events() == ["email.clicked"]


def test_what_shows_minutes_after_what_is_newer_is_not_passed_by(portal: Portal) -> None:
    begun = portal.shop.clock()
    portal.reads(EVA, begun + timedelta(minutes=14))
    portal.fills_in(EVA, begun + timedelta(minutes=14))
    soon(portal, minutes=15)
    portal.polls()
    portal.reads("bob@example.com", begun + timedelta(minutes=1))
    portal.fills_in("bob@example.com", begun + timedelta(minutes=1))

    portal.polls()

    assert sorted(portal.events("bob@example.com")) == ["email.clicked", "form.submitted"]


def test_a_clock_of_ours_that_is_ahead_passes_nothing_by(portal: Portal) -> None:
    """What has been read goes by the platform's times, which are an hour behind ours here."""
    theirs = portal.shop.clock()
    soon(portal, hours=1)
    portal.reads(EVA, theirs + timedelta(minutes=1))
    portal.polls()
    soon(portal, minutes=20)
    portal.reads("bob@example.com", theirs + timedelta(minutes=20))

    portal.polls()

    assert portal.events() == portal.events("bob@example.com") == ["email.clicked"]


@pytest.mark.usefixtures("disarmed")
def test_a_death_between_the_answer_and_the_commit_loses_nothing(portal: Portal) -> None:
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=1))
    soon(portal, minutes=5)
    before = portal.cursors()
    arm(parse("received-before-commit:raise"))
    with pytest.raises(FailpointReached):
        portal.asks()
    is_undone = portal.brought() == [] and portal.cursors()["email.CLICK"] == before["email.CLICK"]

    portal.polls()

    assert is_undone
    assert portal.events() == ["email.clicked"]


def test_a_commit_whose_answer_is_lost_doubles_nothing(portal: Portal) -> None:
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=1))
    soon(portal, minutes=5)
    feeds = len(portal.cursors())
    for number in range(1, feeds + 3):
        try:
            portal.asks(FaultyStore(portal.shop.system.store, unanswered=frozenset({number})))
        except StoreError:
            continue

    portal.polls()

    assert portal.events() == ["email.clicked"]
    assert {one.repeats for one in portal.shop.deliveries()} == {0}


def test_a_disk_that_is_full_moves_no_cursor(portal: Portal) -> None:
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=1))
    soon(portal, minutes=5)
    with pytest.raises(StoreError):
        portal.asks(FaultyStore(portal.shop.system.store, undone=frozenset(range(1, 100))))

    portal.polls()

    assert portal.events() == ["email.clicked"]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "broken"},
        {"status": 429, "body": {"policyName": "TEN_SECONDLY_ROLLING"}},
        {"status": 200, "body": "<html>maintenance</html>", "content_type": "text/html"},
        {"status": 200, "body": {}},
        {"drop": True},
    ],
)
def test_what_happens_in_an_outage_is_told_behind_it(portal: Portal, answer: dict[str, object]) -> None:
    portal.shop.sandbox.script({"path": "/"}, [answer], times=None)
    soon(portal, minutes=5)
    portal.asks()
    failing = portal.shop.system.service.notices()["polling"]
    portal.shop.sandbox.reset()
    portal.reads(EVA, portal.shop.clock() - timedelta(minutes=1))
    soon(portal, minutes=5)

    portal.polls()

    assert "email.CLICK of hubspot since" in failing
    assert portal.events() == ["email.clicked"]
    assert "polling" not in portal.shop.system.service.notices()


def test_a_feed_that_is_refused_holds_up_no_other(portal: Portal) -> None:
    refusal = {"status": 403, "body": {"category": "MISSING_SCOPES", "message": "content is needed"}}
    portal.shop.sandbox.script({"path": EVENTS, "method": "GET"}, [refusal], times=None)
    portal.fills_in(EVA, portal.shop.clock() + timedelta(minutes=1))
    soon(portal, minutes=5)

    portal.polls()

    assert portal.events() == ["form.submitted"]
    assert "content is needed" in portal.shop.system.service.notices()["polling"]


def test_nothing_is_asked_for_that_no_rule_uses(portal: Portal) -> None:
    asked = {kind for one in portal.shop.calls(EVENTS) for kind in one["query"]["eventType"]}

    assert asked == {"CLICK"}
    assert set(portal.cursors()) == {"forms", "meetings", "calls", "email.CLICK", "activity"}


def test_what_is_used_again_begins_anew(portal: Portal) -> None:
    """What happened while nobody used it is past, when somebody does again."""
    unused = Live(replace(portal.shop.system.mapping, triggers={}, scores={}))
    soon(portal, minutes=5)
    portal.asks(live=unused)
    is_forgotten = portal.cursors() == {}
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=1))
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=6))
    soon(portal, minutes=5)
    portal.asks()
    soon(portal, minutes=5)

    portal.polls()

    assert is_forgotten
    assert portal.events() == ["email.clicked"]


def test_a_process_that_serves_the_account_asks_as_long_as_it_runs(portal: Portal) -> None:
    service = portal.shop.system.service
    portal.reads(EVA, portal.shop.clock() + timedelta(minutes=1))
    soon(portal, minutes=5)
    before = portal.shop.clock()
    service.start()

    def is_told() -> bool:
        service.poll()
        with portal.shop.system.store.reading() as tx:
            return all(at >= before for at, _ in cursors.asked(tx).values())

    def is_done() -> bool:
        return {one.status for one in portal.shop.deliveries()} == {DeliveryStatus.DONE}

    came = until(is_told) and until(is_done)

    assert came
    assert portal.events() == ["email.clicked"]
    assert service.stop(PATIENCE)


def test_only_one_of_two_forms_is_read_further_than_its_own_submissions(portal: Portal) -> None:
    at = portal.shop.clock() + timedelta(minutes=1)
    portal.fills_in(EVA, at, QUOTE)
    portal.fills_in(EVA, at + timedelta(hours=5), GUIDE)
    soon(portal, hours=6)
    portal.polls()
    portal.fills_in(EVA, at + timedelta(minutes=2), QUOTE)

    portal.polls()

    assert portal.events() == ["form.submitted"] * 3
