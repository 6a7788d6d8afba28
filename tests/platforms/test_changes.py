"""Each adapter says before a call what the platform may tell of it, and after it what became of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connector.model.changes import JOINED, LEFT, WHOLE, Change
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.hubspot import wish as hubspot_wish
from tests.platforms.mailchimp import wish as mailchimp_wish
from tests.platforms.mailchimp.wish import join

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def told(hubspot: HubSpot, name: str, arguments: dict[str, Value]) -> list[Change]:
    """What HubSpot may tell of an action on a contact whom it has."""
    return list(hubspot.changes(hubspot_wish.wish(name, arguments, platform_id="51")))


def became(hubspot: HubSpot, name: str, arguments: dict[str, Value]) -> Mapping[str, Sequence[str]]:
    """What became of an action at HubSpot."""
    (done,) = hubspot_wish.do(hubspot, hubspot_wish.wish(name, arguments))
    assert isinstance(done, Done), done
    return done.became


def joined(mailchimp: Mailchimp, name: str, arguments: Mapping[str, Value]) -> bool:
    """Whether an action at Mailchimp is taken to have made a subscriber."""
    done = mailchimp_wish.do(mailchimp, mailchimp_wish.wish(name, arguments))
    assert isinstance(done, Done), done
    return JOINED not in done.became


@pytest.mark.parametrize(
    ("name", "arguments", "changes"),
    [
        (
            "update_contact",
            {"fields": {"city": "Breda", "vip": True, "none": None}},
            [Change("city", "Breda"), Change("vip", "true")],
        ),
        (
            "update_contact",
            {"fields": {"lifecyclestage": "lead", "due": date(2026, 7, 31)}},
            [
                Change("lifecyclestage", "lead"),
                Change("due", "2026-07-31T00:00:00.000Z"),
                Change("lifecyclestage", ""),
            ],
        ),
        ("set_owner", {"owner": "sales@example.com"}, [Change("hubspot_owner_id")]),
        ("tag", {"add": ["new"]}, [Change("loods_tags")]),
        ("update_company", {"fields": {"city": "Breda"}}, [Change("company.city", "Breda")]),
        (
            "update_deal",
            {"deal": 7, "stage": "won", "amount": Decimal("20.50"), "fields": {"kind": "x"}},
            [Change("deal.kind", "x"), Change("deal.dealstage", "won"), Change("deal.amount", "20.50")],
        ),
        ("unsubscribe", {}, [Change("hs_email_optout", "true")]),
        ("unsubscribe", {"subscription": 12}, [Change("hs_email_optout_12", "true")]),
        ("create_task", {"title": "Call", "due": NOON}, []),
        ("add_note", {"text": "called"}, []),
        ("start_workflow", {"workflow": 7}, []),
        ("update_contact", {"fields": {}}, []),
    ],
)
def test_hubspot_tells_of_properties(
    hubspot: HubSpot, name: str, arguments: dict[str, Value], changes: list[Change]
) -> None:
    assert told(hubspot, name, arguments) == changes


def test_hubspot_tells_of_a_deal_that_is_new_and_of_all_that_is_written_into_it(hubspot: HubSpot) -> None:
    changes = told(hubspot, "create_deal", {"name": "Boat", "stage": "new"})

    assert set(changes) == {
        Change("deal.dealname", "Boat"),
        Change("deal.dealstage", "new"),
        Change("deal.created"),
        Change(WHOLE),
    }


def test_hubspot_tells_of_a_contact_who_may_be_new_to_it(hubspot: HubSpot) -> None:
    call = hubspot_wish.wish("add_note", {"text": "called"})

    assert list(hubspot.changes(call)) == [Change(WHOLE), Change("email", "eva@example.com")]


def test_after_the_call_it_is_certain_whether_a_stage_was_cleared_first(hubspot: HubSpot) -> None:
    forward = became(hubspot, "update_contact", {"fields": {"lifecyclestage": "customer"}})
    back = became(hubspot, "update_contact", {"fields": {"lifecyclestage": "lead"}})

    assert (forward, back) == ({"lifecyclestage": ("customer",)}, {"lifecyclestage": ("", "lead")})


def test_after_the_call_the_tags_are_certain_and_no_change_is_none(hubspot: HubSpot) -> None:
    became(hubspot, "tag", {"add": ["a"]})

    assert became(hubspot, "tag", {"add": ["b"]}) == {"loods_tags": ["a;b"]}
    assert became(hubspot, "tag", {"add": ["b"]}) == {"loods_tags": []}


def test_after_the_call_the_number_of_the_owner_is_certain(hubspot: HubSpot) -> None:
    (owners,) = became(hubspot, "set_owner", {"owner": "sales@example.com"}).values()

    assert [one.isdecimal() for one in owners] == [True]


@pytest.mark.parametrize(
    ("name", "arguments", "changes"),
    [
        ("update_member", {"fields": {"FNAME": "Eva"}}, [Change(JOINED), Change(WHOLE)]),
        ("tag", {"add": ["new"]}, [Change(JOINED)]),
        ("remove_cart", {"id": "c1"}, []),
        ("unsubscribe", {}, [Change(LEFT)]),
        ("archive", {}, [Change(LEFT)]),
        ("tag", {}, []),
    ],
)
def test_mailchimp_tells_of_members_and_their_profile(
    mailchimp: Mailchimp, name: str, arguments: Mapping[str, Value], changes: list[Change]
) -> None:
    assert list(mailchimp.changes(mailchimp_wish.wish(name, arguments))) == changes


def test_without_consent_nobody_joins(mailchimp: Mailchimp) -> None:
    assert list(mailchimp.changes(mailchimp_wish.wish("tag", {"add": ["new"]}, has_consent=False))) == []


def test_who_is_written_as_subscribed_has_joined(mailchimp: Mailchimp) -> None:
    assert joined(mailchimp, "tag", {"add": ["new"]})


@pytest.mark.parametrize("status", ["unsubscribed", "transactional", "pending"])
def test_who_is_in_the_audience_otherwise_has_not_joined(
    mailchimp: Mailchimp, sandbox: Sandbox, status: str
) -> None:
    join(sandbox, status)

    assert not joined(mailchimp, "update_member", {"fields": {"FNAME": "Eva"}})


def test_one_member_is_not_taken_for_another(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert joined(mailchimp, "update_member", {"fields": {"FNAME": "Eva"}})

    assert not joined(mailchimp, "tag", {"add": ["new"]})


def test_who_had_left_does_not_leave_again(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "unsubscribed")

    done = mailchimp_wish.do(mailchimp, mailchimp_wish.wish("unsubscribe", {}))

    assert isinstance(done, Done)
    assert done.became[LEFT] == []
