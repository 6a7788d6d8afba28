"""A change of ours that comes back starts no rule, once; what others change is an event like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.model.decision import Answer
from connector.model.delivery import DeliveryStatus
from connector.sandbox import Sandbox
from tests.runtime.echoing import (
    EVA,
    answers,
    does,
    hubspot_id,
    hubspot_tells,
    made,
    mailchimp_tells,
)
from tests.runtime.shop import Shop

CHANGED, UNSUBSCRIBED, CONFIRMED = "contact.changed", "newsletter.unsubscribed", "newsletter.confirmed"


@pytest.fixture
def told(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose platforms tell it of changes."""
    with made(database_url, sandbox, tmp_path) as shop:
        yield shop


@pytest.mark.parametrize(
    ("name", "value"),
    [("lifecyclestage", "lead"), ("message", "true"), ("numemployees", "3"), ("numemployees", "3.0")],
)
def test_a_change_of_ours_that_comes_back_starts_no_rule(told: Shop, name: str, value: str) -> None:
    """A change of ours that comes back (HubSpot: our `sourceId`; else same object, property and value as an
    action of the last hour, written down before the call, used up once) teaches us the platform's id and
    starts no rule."""
    does(told, "file.downloaded")

    hubspot_tells(told, name, value)

    assert answers(told) == [(CHANGED, Answer.ECHO)]


def test_an_action_is_used_up_once(told: Shop) -> None:
    """used up once"""
    does(told, "file.downloaded")

    hubspot_tells(told, "message", "true")
    told.clock.moves(minutes=2)
    hubspot_tells(told, "message", "true")

    assert answers(told) == [(CHANGED, Answer.ECHO), (CHANGED, Answer.ACTED)]


@pytest.mark.parametrize(("name", "value"), [("message", "false"), ("lifecyclestage", ""), ("city", "lead")])
def test_what_others_make_of_it_is_an_event_like_any_other(told: Shop, name: str, value: str) -> None:
    """What others' automations make of it is an event like any other."""
    does(told, "file.downloaded")

    hubspot_tells(told, name, value)

    assert answers(told) == [(CHANGED, Answer.ACTED)]


def test_after_an_hour_the_same_change_is_somebody_elses(told: Shop) -> None:
    """same object, property and value as an action of the last hour"""
    does(told, "file.downloaded")

    told.clock.moves(minutes=61)
    hubspot_tells(told, "message", "true")

    assert answers(told) == [(CHANGED, Answer.ACTED)]


def test_a_change_from_before_the_call_is_somebody_elses(told: Shop) -> None:
    does(told, "file.downloaded")
    before = told.clock() - timedelta(minutes=20)

    hubspot_tells(told, "message", "true", occurredAt=int(before.timestamp() * 1000))

    assert answers(told) == [(CHANGED, Answer.ACTED)]


def test_the_same_change_of_another_contact_is_an_event_like_any_other(told: Shop) -> None:
    """same object"""
    does(told, "file.downloaded")
    told.says("meeting.booked", "bob@example.com")
    told.turns()

    hubspot_tells(told, "email", "bob@example.com", about="4711")
    hubspot_tells(told, "message", "true", about="4711")

    heard = [one.action.arguments for one in told.actions() if one.action.cause.rule == "trigger:heard"]
    assert len(heard) == 2


def test_it_is_written_down_before_the_call(told: Shop) -> None:
    """written down before the call: it is known even where the answer is lost."""
    does(told, "page.viewed", page={"url": "https://example.com"})
    told.sandbox.script({"path": "*/contacts/batch/upsert"}, [{"status": 503}])
    does(told, "file.downloaded")
    assert [one.status for one in told.actions() if one.action.name == "update_contact"] == ["waiting"]

    hubspot_tells(told, "email", EVA, about="51")
    hubspot_tells(told, "message", "true", about="51")

    assert answers(told) == [(CHANGED, Answer.ECHO), (CHANGED, Answer.ECHO)]


def test_what_was_refused_is_no_change_of_ours(told: Shop) -> None:
    does(told, "form.submitted", form={"id": "f"})
    refusal = {"status": 400, "body": {"category": "VALIDATION_ERROR", "message": "no such property"}}
    told.sandbox.script({"path": "*/contacts/batch/upsert"}, [refusal])
    does(told, "file.downloaded")

    hubspot_tells(told, "message", "true")

    assert answers(told) == [(CHANGED, Answer.ACTED)]


def test_tags_come_back_as_the_whole_list(told: Shop) -> None:
    does(told, "file.downloaded")
    [contact] = told.sandbox.state()["hubspot"]["contacts"].values()
    assert contact["properties"]["lifecyclestage"] == "lead"
    does(told, "form.submitted", form={"id": "f"})

    hubspot_tells(told, "loods_tags", "vip;reader")
    hubspot_tells(told, "loods_tags", "reader")

    assert answers(told) == [(CHANGED, Answer.ACTED), (CHANGED, Answer.ECHO)]


def test_a_new_contact_is_an_echo_with_nothing_new(told: Shop) -> None:
    does(told, "file.downloaded")

    hubspot_tells(told, "", "", subscriptionType="contact.creation")

    assert answers(told) == [(CHANGED, Answer.ECHO)]


def test_both_events_of_one_change_of_a_deal_are_echoes(told: Shop) -> None:
    """those events by which the source says the same thing"""
    does(told, "file.downloaded")
    hubspot = told.sandbox.state()["hubspot"]
    assert hubspot["contacts"]
    deal: dict[str, Any] = {
        "subscriptionType": "contact.associationChange",
        "associationType": "CONTACT_TO_DEAL",
        "fromObjectId": int(hubspot_id(told)),
        "toObjectId": 77,
        "associationRemoved": False,
    }
    hubspot_tells(told, "", "", **deal)
    told.sandbox.script(
        {"path": "*/associations/deals*"},
        [{"status": 200, "body": {"results": [{"toObjectId": 77, "associationTypes": []}]}}],
    )
    made_at = told.clock().isoformat()
    found = {"id": "77", "properties": {"dealname": "Boat", "createdate": made_at}, "createdAt": made_at}
    told.sandbox.script(
        {"path": "*/objects/deals/batch/read"}, [{"status": 200, "body": {"results": [found]}}]
    )
    won = {"id": "77", "properties": {"dealname": "Boat", "dealstage": "closedwon"}, "createdAt": made_at}
    told.sandbox.script({"path": "*/objects/deals/77"}, [{"status": 200, "body": won}])
    does(told, "meeting.booked", meeting={"id": "m"})
    assert [one.status for one in told.actions() if one.action.name == "update_deal"] == ["done"]

    hubspot_tells(told, "dealstage", "closedwon", about="77", subscriptionType="deal.propertyChange")

    assert answers(told)[-2:] == [("deal.changed", Answer.ECHO), ("deal.won", Answer.ECHO)]

    told.clock.moves(minutes=1)
    for value in ("existing", "new"):
        hubspot_tells(told, "dealtype", value, about="77", subscriptionType="deal.propertyChange")

    assert answers(told)[-2:] == [("deal.changed", Answer.ECHO), ("deal.changed", Answer.ACTED)]


def test_an_echo_known_by_its_app_uses_up_the_action_too(
    database_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """HubSpot: our `sourceId`"""
    with made(database_url, sandbox, tmp_path, app_id=99) as shop:
        does(shop, "file.downloaded")

        hubspot_tells(shop, "message", "true", sourceId="99")
        shop.clock.moves(minutes=1)
        hubspot_tells(shop, "message", "true")

        assert answers(shop) == [(CHANGED, Answer.ECHO), (CHANGED, Answer.ACTED)]


def test_an_echo_of_somebody_not_known_yet_waits_for_the_id_and_makes_nobody(
    database_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    """teaches us the platform's id and starts no rule"""
    with made(database_url, sandbox, tmp_path, app_id=99) as shop:
        creation = {"subscriptionType": "contact.creation", "sourceId": "99"}
        hubspot_tells(shop, "", "", about="51", **creation)
        parked = [one.status for one in shop.deliveries()]

        hubspot_tells(shop, "email", EVA, about="51", sourceId="99")

        assert parked == [DeliveryStatus.PARKED]
        assert {one.status for one in shop.deliveries()} == {DeliveryStatus.DONE}
        assert hubspot_id(shop) == "51"
        assert answers(shop) == [(CHANGED, Answer.ECHO)] * 2


def test_a_profile_that_we_wrote_comes_back_without_news(told: Shop) -> None:
    does(
        told, "page.viewed", page={"url": "https://example.com"}, contact={"email": EVA, "first_name": "Eva"}
    )

    mailchimp_tells(told, "profile", FNAME="Eva")
    mailchimp_tells(told, "profile", timedelta(minutes=1), FNAME="Eva")

    assert answers(told) == [(CHANGED, Answer.ECHO), (CHANGED, Answer.ACTED)]


def test_a_profile_with_something_new_is_an_event_like_any_other(told: Shop) -> None:
    does(
        told, "page.viewed", page={"url": "https://example.com"}, contact={"email": EVA, "first_name": "Eva"}
    )

    mailchimp_tells(told, "profile", timedelta(minutes=1), FNAME="Evi")

    assert answers(told) == [(CHANGED, Answer.ACTED)]
    assert told.contact(EVA).fields["first_name"].value == "Evi"


def test_a_member_whom_we_subscribed_has_not_signed_up_anew(told: Shop) -> None:
    does(told, "newsletter.confirmed")
    evidence = [one.evidence for one in told.contact(EVA).consent.values()]

    mailchimp_tells(told, "subscribe", timedelta(seconds=5))

    assert told.contact(EVA).counters[CONFIRMED] == 1
    assert [one.evidence for one in told.contact(EVA).consent.values()] == evidence


def test_who_leaves_and_signs_up_anew_within_the_hour_is_heard(told: Shop) -> None:
    does(told, "newsletter.confirmed")

    mailchimp_tells(told, "unsubscribe", timedelta(minutes=5))
    mailchimp_tells(told, "subscribe", timedelta(minutes=10))

    assert told.contact(EVA).counters[CONFIRMED] == 2
    assert [one.given for one in told.contact(EVA).consent.values()] == [True]


def test_the_answer_to_double_opt_in_is_no_echo(told: Shop) -> None:
    audience = {"id": "57afe96172", "double_optin": True}
    told.sandbox.script(
        {"method": "GET", "path": "/3.0/lists/57afe96172"}, [{"status": 200, "body": audience}]
    )
    does(told, "newsletter.confirmed")
    assert told.sandbox.state()["mailchimp"]["members"][EVA]["status"] == "pending"

    mailchimp_tells(told, "subscribe", timedelta(minutes=5))

    assert told.contact(EVA).counters[CONFIRMED] == 2


def test_whom_we_took_off_starts_no_rule_and_has_left(told: Shop) -> None:
    does(told, "newsletter.confirmed")

    does(told, "question.asked", form={"id": "q"})
    mailchimp_tells(told, "unsubscribe", timedelta(seconds=5))

    assert answers(told) == [(UNSUBSCRIBED, Answer.ECHO)]
    assert [one.given for one in told.contact(EVA).consent.values()] == [False]


def test_who_leaves_by_themselves_is_heard(told: Shop) -> None:
    does(told, "newsletter.confirmed")

    mailchimp_tells(told, "unsubscribe", timedelta(seconds=5))

    assert answers(told) == [(UNSUBSCRIBED, Answer.ACTED)]
