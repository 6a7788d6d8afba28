"""Events, of which none is sent twice or lost unseen, and journeys, which cannot be looked up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import Rejected, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, do, join, member, methods, wish

PAID: Mapping[str, Value] = {"name": "order_paid", "properties": {"order": "1001"}}
JOURNEY: Mapping[str, Value] = {"journey": 7, "step": 9}
EVENTS = {"method": "POST", "path": f"/3.0/lists/{AUDIENCE}/members/*/events"}
TRIGGER = {"method": "POST", "path": "/3.0/customer-journeys/"}
LOST = [{"apply": True, "drop": True}]


def events(sandbox: Sandbox) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = sandbox.state()["mailchimp"]["events"]
    return held


def reference(outcome: object) -> str:
    assert isinstance(outcome, Done)
    assert outcome.reference is not None
    return outcome.reference


def test_an_event_is_of_the_moment_when_it_was_decided(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    arguments: Mapping[str, Value] = {
        "name": "order_paid",
        "properties": {"total": Decimal("12.50"), "day": date(2026, 11, 22), "note": None},
    }

    do(mailchimp, wish("send_event", arguments))

    assert events(sandbox)[0]["occurred_at"] == "2026-11-22T10:00:00+00:00"
    assert events(sandbox)[0]["properties"] == {"total": "12.50", "day": "2026-11-22"}


def test_who_is_no_member_is_added_before_the_event(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert isinstance(do(mailchimp, wish("send_event", PAID)), Done)
    assert member(sandbox)["status"] == "subscribed"
    assert len(events(sandbox)) == 1


def test_two_equal_events_of_one_second_are_two(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    first = reference(do(mailchimp, wish("send_event", PAID, key="a")))

    second = wish("send_event", PAID, key="b", known=frozenset({first}))
    assert mailchimp.look_up(second) is None

    sandbox.script(EVENTS, LOST)
    assert isinstance(do(mailchimp, second), Unknown)
    assert reference(mailchimp.look_up(second)) not in {"", first}
    assert len(events(sandbox)) == 2


def test_an_event_that_differs_is_another(mailchimp: Mailchimp) -> None:
    do(mailchimp, wish("send_event", PAID))

    assert mailchimp.look_up(wish("send_event", {**PAID, "properties": {"order": "1002"}})) is None
    assert mailchimp.look_up(wish("send_event", {**PAID, "name": "order_sent"})) is None


def test_an_event_is_found_behind_many_others(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    others = [
        {"name": "page_seen", "occurred_at": f"2026-11-23T10:00:{n % 60:02}+00:00", "properties": []}
        for n in range(100)
    ]
    ours = {
        "name": "order_paid",
        "occurred_at": "2026-11-22T11:00:00+01:00",
        "properties": {"order": "1001"},
    }
    pages = [{"events": others, "total_items": 101}, {"events": [ours], "total_items": 101}]
    sandbox.script({"method": "GET"}, [{"status": 200, "body": page} for page in pages])

    assert isinstance(mailchimp.look_up(wish("send_event", PAID)), Done)
    assert [one["query"]["offset"] for one in sandbox.state()["calls"][1:]] == [["0"], ["100"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": None, "total_items": 0},
        {"events": [], "total_items": 7},
        {"events": [], "total_items": None},
        "<html></html>",
    ],
)
def test_a_list_of_events_that_cannot_be_read_tells_nothing(
    mailchimp: Mailchimp, sandbox: Sandbox, body: object
) -> None:
    sandbox.script({"method": "GET"}, [{"status": 200, "body": body}])

    with pytest.raises(Transient):
        mailchimp.look_up(wish("send_event", PAID))


@pytest.mark.parametrize(
    "event", [None, {}, {"occurred_at": "soon", "properties": {"order": 1}}, ["order_paid"]]
)
def test_an_event_that_cannot_be_read_is_not_ours(
    mailchimp: Mailchimp, sandbox: Sandbox, event: object
) -> None:
    sandbox.script({"method": "GET"}, [{"status": 200, "body": {"events": [event], "total_items": 1}}])

    assert mailchimp.look_up(wish("send_event", PAID)) is None


def test_nothing_happened_to_who_is_no_member(mailchimp: Mailchimp) -> None:
    assert mailchimp.look_up(wish("send_event", PAID)) is None


def test_what_was_never_sent_did_not_happen(mailchimp: Mailchimp) -> None:
    assert mailchimp.look_up(wish("send_event", {"name": "x"})) is None


@pytest.mark.parametrize("name", ["", "x", "x" * 31, " x "])
def test_a_name_that_mailchimp_does_not_take_is_refused(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    assert isinstance(do(mailchimp, wish("send_event", {"name": name})), Rejected)
    assert sandbox.state()["calls"] == []


def test_who_is_no_member_is_added_before_the_journey(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert do(mailchimp, wish("start_journey", JOURNEY)) == Done()
    assert [one["email_address"] for one in sandbox.state()["mailchimp"]["journeys"]] == ["eva@example.com"]


def test_a_journey_adds_nobody_without_consent(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    outcome = do(mailchimp, wish("start_journey", JOURNEY, has_consent=False))

    assert isinstance(outcome, Rejected)
    assert sandbox.state()["mailchimp"]["members"] == {}


def test_who_has_left_is_not_brought_back_by_a_journey(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "unsubscribed")

    outcome = do(mailchimp, wish("start_journey", JOURNEY))

    assert isinstance(outcome, Rejected)
    assert "not subscribed" in outcome.words
    assert methods(sandbox).count("POST trigger") == 1
    assert member(sandbox)["status"] == "unsubscribed"


def test_a_member_who_is_refused_after_being_added_is_rejected(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    no_journey = {"status": 404, "body": {"title": "Resource Not Found"}}
    sandbox.script(TRIGGER, [no_journey, no_journey])

    outcome = do(mailchimp, wish("start_journey", JOURNEY))

    assert isinstance(outcome, Rejected)
    assert outcome.status == 404


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_journey_that_may_have_begun_is_unknown(
    mailchimp: Mailchimp, sandbox: Sandbox, status: int
) -> None:
    html = {"status": status, "body": "<html>Bad gateway</html>", "content_type": "text/html"}
    sandbox.script(TRIGGER, [html])

    assert isinstance(do(mailchimp, wish("start_journey", JOURNEY)), Unknown)


@pytest.mark.parametrize("lost", ["GET", "PUT"])
def test_a_journey_certainly_has_not_begun_while_its_member_is_being_added(
    mailchimp: Mailchimp, sandbox: Sandbox, lost: str
) -> None:
    sandbox.script({"method": lost}, LOST)

    assert isinstance(do(mailchimp, wish("start_journey", JOURNEY)), Transient)
    assert sandbox.state()["mailchimp"]["journeys"] == []
