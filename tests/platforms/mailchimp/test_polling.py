"""Opens and clicks of campaigns, asked page by page through Mailchimp's SDK."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import DispatchError
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.polling.activity import AT_ONCE, LASTS, Activity
from connector.sandbox import Sandbox, start
from tests.platforms.mailchimp.wish import AUDIENCE
from tests.platforms.reading import does, read

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "test-us21"


@pytest.fixture
def still() -> Iterator[Sandbox]:
    """A sandbox at which it is always noon."""
    with start(clock=NOON.timestamp) as sandbox:
        yield sandbox


@pytest.fixture
def client(still: Sandbox) -> Iterator[MailchimpClient]:
    made = MailchimpClient(KEY, base_url=still.mailchimp_url, deadline=10.0)
    yield made
    made.close()


def campaign(sandbox: Sandbox) -> str:
    """One that was sent at noon."""
    body = {"type": "regular", "recipients": {"list_id": AUDIENCE}}
    id_: str = does(sandbox, "/3.0/campaigns", body, KEY)["id"]
    does(sandbox, f"/3.0/campaigns/{id_}/actions/send", {}, KEY)
    return id_


def clicks(sandbox: Sandbox, campaign: str, email: str, at: datetime = NOON) -> None:
    act = {
        "email_address": email,
        "action": "click",
        "timestamp": at.isoformat(),
        "url": "https://a.example/",
    }
    does(sandbox, f"/3.0/reports/{campaign}/email-activity", act, KEY)


def test_more_recipients_than_a_page_has_are_all_read(still: Sandbox, client: MailchimpClient) -> None:
    feed, sent = Activity(client, AUDIENCE), campaign(still)
    for number in range(AT_ONCE + 1):
        clicks(still, sent, f"p{number}@example.com")

    bodies, state, pages = read(feed, feed.begin(NOON - timedelta(minutes=1)), NOON)

    assert (len(set(bodies)), pages) == (AT_ONCE + 1, 3)
    assert state["since"] == {sent: int(NOON.timestamp()) * 1000}


def test_a_campaign_that_is_deleted_while_it_is_read_holds_up_no_other(
    still: Sandbox, client: MailchimpClient
) -> None:
    feed, sent = Activity(client, AUDIENCE), campaign(still)
    clicks(still, sent, "eva@example.com")
    state = {**feed.begin(NOON - timedelta(minutes=1)), "left": ["gone", sent]}

    bodies, _, _ = read(feed, state, NOON)

    assert len(bodies) == 1


def test_a_campaign_of_long_ago_is_not_asked_about(still: Sandbox, client: MailchimpClient) -> None:
    feed, sent = Activity(client, AUDIENCE), campaign(still)
    clicks(still, sent, "eva@example.com", NOON + LASTS + timedelta(minutes=1))

    bodies, _, pages = read(feed, feed.begin(NOON), NOON + LASTS + timedelta(minutes=5))

    assert (bodies, pages) == ([], 1)


@pytest.mark.parametrize("left", [[], ["c1"]])
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 429},
        {"status": 403},
        {"status": 200, "body": {}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"drop": True},
    ],
)
def test_what_is_no_answer_moves_nothing(
    still: Sandbox, client: MailchimpClient, left: list[str], answer: dict[str, object]
) -> None:
    still.script({"path": "/"}, [answer], times=None)
    feed = Activity(client, AUDIENCE)

    with pytest.raises(DispatchError):
        feed.ask({**feed.begin(NOON), "left": left}, NOON)
