"""What becomes of Mailchimp's campaigns: each an event once."""

from __future__ import annotations

from datetime import timedelta

from tests.runtime.polling.portal import EVA, Portal


def test_who_got_a_campaign_got_it_once_at_the_beginning_of_its_sending(sending: Portal) -> None:
    sending.shop.clock.moves(minutes=1)
    campaign, began = sending.sends(), sending.shop.clock()
    for email in (EVA, "ada@example.com", EVA):
        sending.shop.clock.moves(minutes=5)
        sending.reaches(campaign, email)
        sending.polls()
    sending.shop.clock.moves(days=1)

    sending.polls()

    [got] = sending.shop.history(EVA)
    assert sending.events("ada@example.com") == [got.event.name] == ["email.sent"]
    assert got.event.occurred_at == began.replace(microsecond=0)
    assert got.event.subjects["email"] == {"campaign": campaign}


def test_an_open_and_a_click_are_an_event_each_once(portal: Portal) -> None:
    campaign, at = portal.sends(), portal.shop.clock() + timedelta(minutes=1)
    portal.acts(campaign, EVA, at, "open")
    portal.acts(campaign, EVA, at + timedelta(seconds=5), "click", "https://shop.example/sale")

    for _ in range(4):
        portal.shop.clock.moves(minutes=5)
        portal.polls()

    assert portal.events() == ["email.opened", "email.clicked"]
    clicked = portal.shop.history(EVA)[1].event.subjects["email"]
    assert clicked == {"campaign": campaign, "url": "https://shop.example/sale"}


def test_two_links_in_the_same_second_are_two_clicks(portal: Portal) -> None:
    campaign, at = portal.sends(), portal.shop.clock() + timedelta(minutes=1)
    portal.acts(campaign, EVA, at, "click", "https://shop.example/sale")
    portal.acts(campaign, EVA, at, "click", "https://shop.example/new")
    portal.shop.clock.moves(minutes=5)

    portal.polls()

    assert portal.events() == ["email.clicked"] * 2


def test_clicks_of_before_the_first_turn_are_past(portal: Portal) -> None:
    campaign, now = portal.sends(), portal.shop.clock()
    portal.acts(campaign, EVA, now - timedelta(minutes=1), "click", "https://shop.example/sale")
    portal.shop.clock.moves(minutes=5)

    portal.asks()

    assert portal.brought() == []


def test_a_click_in_a_campaign_of_another_audience_is_not_ours(portal: Portal) -> None:
    campaign = portal.sends("a6b5da1054")
    portal.acts(campaign, EVA, portal.shop.clock() + timedelta(minutes=1), "click")
    portal.shop.clock.moves(minutes=5)

    portal.asks()

    assert portal.brought() == []
    assert [one["method"] for one in portal.shop.calls(f"/3.0/reports/{campaign}")] == ["POST"]


def test_a_bounce_is_told_by_the_webhook_alone(portal: Portal) -> None:
    portal.acts(portal.sends(), EVA, portal.shop.clock() + timedelta(minutes=1), "bounce")
    portal.shop.clock.moves(minutes=5)

    portal.asks()

    assert portal.brought() == []


def test_several_campaigns_are_read_each_from_where_it_stood(portal: Portal) -> None:
    first, second = portal.sends(), portal.sends()
    at = portal.shop.clock() + timedelta(minutes=1)
    portal.acts(first, EVA, at + timedelta(hours=5), "click", "https://shop.example/a")
    portal.shop.clock.moves(hours=6)
    portal.polls()
    portal.acts(second, EVA, at, "click", "https://shop.example/b")

    portal.polls()

    assert portal.events() == ["email.clicked"] * 2
