"""How many contacts of an audience are paid for, as Mailchimp tells it."""

from __future__ import annotations

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized
from connector.platforms.counting import Headcount
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.headcount import MailchimpHeadcounter
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, DOUBLE_OPTIN, do, join, methods, wish

LISTS = "/3.0/lists/"


def counted(sandbox: Sandbox, audience: str = AUDIENCE, key: str = "test-us21") -> Headcount:
    """What one look gives."""
    made = MailchimpClient(key, base_url=sandbox.mailchimp_url, deadline=10.0)
    counter = MailchimpHeadcounter(made, audience)
    try:
        return counter.count()
    finally:
        counter.close()


@pytest.fixture
def members(sandbox: Sandbox, mailchimp: Mailchimp) -> None:
    """Somebody of every status."""
    for status in ("subscribed", "unsubscribed", "cleaned", "transactional", "pending"):
        join(sandbox, status, f"{status}@example.com")
    join(sandbox, "subscribed", "archived@example.com")
    do(mailchimp, wish("archive", {}, email="archived@example.com"))


@pytest.mark.usefixtures("members")
def test_subscribed_unsubscribed_and_non_subscribed_contacts_are_paid_for(sandbox: Sandbox) -> None:
    assert counted(sandbox) == Headcount(3)


def test_an_audience_says_whether_it_asks_twice(sandbox: Sandbox) -> None:
    assert counted(sandbox, DOUBLE_OPTIN) == Headcount(0, asks_twice=True)


def test_two_reads_are_enough(sandbox: Sandbox) -> None:
    counted(sandbox)

    assert methods(sandbox) == [f"GET {AUDIENCE}", "GET members"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 200, "body": {}}, Transient),
        ({"status": 200, "body": {"double_optin": True, "stats": {"member_count": "3"}}}, Transient),
        ({"status": 200, "body": "<html>", "content_type": "text/html"}, Transient),
        ({"status": 503}, Transient),
        ({"drop": True}, DispatchError),
    ],
)
def test_an_answer_that_tells_nothing_is_no_number(
    sandbox: Sandbox, answer: dict[str, object], error: type[DispatchError]
) -> None:
    sandbox.script({"method": "GET", "path": LISTS}, [answer])

    with pytest.raises(error):
        counted(sandbox)


def test_an_audience_that_is_not_there_and_a_key_that_is_refused_are_told_apart(sandbox: Sandbox) -> None:
    with pytest.raises(Rejected):
        counted(sandbox, "nothing")
    with pytest.raises(Unauthorized):
        counted(sandbox, key="revoked-us21")
