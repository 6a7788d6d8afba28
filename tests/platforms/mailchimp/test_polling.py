"""What becomes of campaigns, asked page by page through Mailchimp's SDK."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from connector.errors import DispatchError
from connector.platforms.base import Addressee
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import member_id
from connector.platforms.mailchimp.polling.activity import AT_ONCE, LASTS, Activity
from connector.platforms.mailchimp.polling.sent import PAGES, SETTLES, Sent
from connector.sandbox import Sandbox, start
from tests.platforms.mailchimp.wish import AUDIENCE, DOUBLE_OPTIN, join
from tests.platforms.reading import does, read

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = "test-us21"


SOON = NOON + timedelta(minutes=5)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with start(clock=NOON.timestamp) as sandbox:
        yield sandbox


@pytest.fixture
def still(running: Sandbox) -> Sandbox:
    """A sandbox at which it is always noon."""
    running.reset()
    return running


@pytest.fixture
def client(still: Sandbox) -> Iterator[MailchimpClient]:
    made = MailchimpClient(KEY, base_url=still.mailchimp_url, deadline=10.0)
    yield made
    made.close()


def campaign(sandbox: Sandbox, type_: str = "regular", audience: str = AUDIENCE) -> str:
    """One that was sent at noon."""
    body = {"type": type_, "recipients": {"list_id": audience}}
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


def reaches(sandbox: Sandbox, campaign: str, email: str, status: str = "sent") -> None:
    does(sandbox, f"/3.0/reports/{campaign}/sent-to", {"email_address": email, "status": status}, KEY)


def people(bodies: Sequence[bytes]) -> list[str]:
    """Of whom bodies tell."""
    return [dict(parse_qsl(one.decode()))["data[email]"] for one in bodies]


def asked(sandbox: Sandbox, campaign: str) -> int:
    """How often recipients of it were asked for."""
    path = f"/3.0/reports/{campaign}/sent-to"
    return sum((one["method"], one["path"]) == ("GET", path) for one in sandbox.state()["calls"])


def test_who_got_a_campaign_is_told_with_the_moment_at_which_its_sending_began(
    still: Sandbox, client: MailchimpClient
) -> None:
    join(still, "subscribed", "eva@example.com")
    join(still, "unsubscribed", "left@example.com")
    feed, sent = Sent(client, AUDIENCE), campaign(still)
    reaches(still, sent, "full@example.com", "soft")
    reaches(still, sent, "gone@example.com", "hard")

    [body], _, _ = read(feed, feed.begin(NOON - timedelta(minutes=1)), SOON)

    assert dict(parse_qsl(body.decode())) == {
        "type": "polled.sent",
        "fired_at": "2026-11-22T12:00:00+00:00",
        "data[list_id]": AUDIENCE,
        "data[campaign_id]": sent,
        "data[id]": f"{sent} {member_id(Addressee('', 'eva@example.com', None, has_consent=True))}",
        "data[email]": "eva@example.com",
    }


def test_a_campaign_is_read_again_only_when_its_report_tells_of_more_and_after_a_day(
    still: Sandbox, client: MailchimpClient
) -> None:
    feed, sent = Sent(client, AUDIENCE), campaign(still)
    reaches(still, sent, "eva@example.com")
    first, state, _ = read(feed, feed.begin(NOON - timedelta(minutes=1)), SOON)
    same, state, _ = read(feed, state, SOON)
    reaches(still, sent, "ada@example.com")
    more, state, _ = read(feed, state, SOON)
    last, state, _ = read(feed, state, NOON + SETTLES)

    over, _, _ = read(feed, state, NOON + SETTLES * 2)

    both = ["eva@example.com", "ada@example.com"]
    assert [people(one) for one in (first, same, more, last, over)] == [both[:1], [], both, both, []]
    assert asked(still, sent) == 3


def test_a_turn_brings_no_more_than_so_many_recipients_and_the_next_goes_on(
    still: Sandbox, client: MailchimpClient
) -> None:
    sent, other = campaign(still), campaign(still)
    reaches(still, sent, "eva@example.com")
    reaches(still, other, "ada@example.com")
    whole = [{"email_id": "e", "email_address": "e@example.com", "status": "sent"} for _ in range(AT_ONCE)]
    path = {"path": f"/3.0/reports/{sent}/sent-to"}
    still.script(path, [{"status": 200, "body": {"sent_to": whole}}], times=PAGES + 1)
    feed = Sent(client, AUDIENCE)

    first, state, pages = read(feed, feed.begin(NOON - timedelta(minutes=1)), SOON, most=PAGES + 1)
    second, _, _ = read(feed, state, SOON)

    assert (len(first), pages, state["offset"]) == (PAGES * AT_ONCE, 1 + PAGES, PAGES * AT_ONCE)
    assert people(second) == ["e@example.com"] * AT_ONCE + ["ada@example.com"]


def test_who_got_something_before_the_first_turn_or_from_an_automation_or_another_audience_is_not_told(
    still: Sandbox, client: MailchimpClient
) -> None:
    for sent in (campaign(still, "automation"), campaign(still, audience=DOUBLE_OPTIN)):
        reaches(still, sent, "eva@example.com")
    feed = Sent(client, AUDIENCE)

    bodies, state, _ = read(feed, feed.begin(NOON - timedelta(minutes=1)), SOON)
    reaches(still, campaign(still), "eva@example.com")
    past, _, _ = read(feed, feed.begin(NOON + timedelta(minutes=1)), SOON)

    assert (bodies, past, state["left"]) == ([], [], [])


def test_a_campaign_that_is_deleted_while_its_recipients_are_read_holds_up_no_other(
    still: Sandbox, client: MailchimpClient
) -> None:
    feed, sent = Sent(client, AUDIENCE), campaign(still)
    reaches(still, sent, "eva@example.com")
    of_both = [{"id": one, "sent_at": NOON.isoformat(), "as": [1, False]} for one in ("gone", sent)]

    bodies, _, _ = read(feed, {**feed.begin(NOON - timedelta(minutes=1)), "left": of_both}, SOON)

    assert people(bodies) == ["eva@example.com"]


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


@pytest.mark.parametrize(
    ("feed_of", "left"),
    [
        (Activity, []),
        (Activity, ["c1"]),
        (Sent, []),
        (Sent, [{"id": "c1", "sent_at": "2026-11-22T12:00:00+00:00", "as": [1, False]}]),
    ],
)
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
    still: Sandbox,
    client: MailchimpClient,
    feed_of: type[Activity | Sent],
    left: list[object],
    answer: dict[str, object],
) -> None:
    still.script({"path": "/"}, [answer], times=None)
    feed = feed_of(client, AUDIENCE)

    with pytest.raises(DispatchError):
        feed.ask({**feed.begin(NOON), "left": left}, NOON)
