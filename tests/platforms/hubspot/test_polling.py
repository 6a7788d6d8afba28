"""What HubSpot does not announce, asked page by page through its SDK."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import DispatchError, Rejected, Transient
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.polling.email_events import AT_ONCE, EmailEvents
from connector.platforms.hubspot.polling.engagements import AT_ONCE as RECORDS
from connector.platforms.hubspot.polling.engagements import MEETINGS, Engagements
from connector.platforms.hubspot.polling.forms import Forms
from connector.platforms.hubspot.versions import VERSIONS
from connector.platforms.polling import Feed, milliseconds
from connector.sandbox import Sandbox, start
from tests.platforms.reading import does, read

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENTS = "/email/public/v1/events"
QUOTE = "0f1b8a52-6c1e-4e0c-9a1b-5a3f0a6d7c01"
MEETING = "/crm/v3/objects/meetings"


@pytest.fixture
def still() -> Iterator[Sandbox]:
    """A sandbox at which it is always noon: whatever is changed, is changed in the same moment."""
    with start(clock=NOON.timestamp) as sandbox:
        yield sandbox


@pytest.fixture
def client(still: Sandbox) -> Iterator[HubSpotClient]:
    made = HubSpotClient("pat-test", base_url=still.hubspot_url, deadline=10.0)
    yield made
    made.close()


def click(sandbox: Sandbox, number: int, at: datetime) -> None:
    about = {"id": f"e{number}", "created": milliseconds(at), "type": "CLICK", "recipient": "eva@example.com"}
    does(sandbox, EVENTS, about)


def meeting(sandbox: Sandbox, contact: str | None) -> str:
    """A meeting of an hour from now, which is over already."""
    starts = NOON + timedelta(hours=1)
    times = {"hs_timestamp": starts, "hs_meeting_start_time": starts, "hs_meeting_end_time": starts}
    values = {name: at.isoformat() for name, at in times.items()} | {"hs_meeting_outcome": "COMPLETED"}
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}
    ties = [{"to": {"id": contact}, "types": [kind]}] if contact else []
    id_: str = does(sandbox, MEETING, {"properties": values, "associations": ties})["id"]
    return id_


def contact(sandbox: Sandbox, email: str = "eva@example.com") -> str:
    id_: str = does(sandbox, "/crm/v3/objects/contacts", {"properties": {"email": email}})["id"]
    return id_


def test_a_backlog_is_read_in_stretches_of_an_hour(still: Sandbox, client: HubSpotClient) -> None:
    feed = EmailEvents(client, "CLICK")
    state = feed.begin(NOON - timedelta(hours=8))
    for hour in range(8):
        click(still, hour, NOON - timedelta(hours=hour, minutes=30))

    bodies, state, pages = read(feed, state, NOON)

    assert len({json.loads(one)["eventId"] for one in bodies}) == 8
    assert pages > 5
    assert state["since"] == milliseconds(NOON - timedelta(minutes=30))


def test_a_stretch_whose_offset_has_died_is_begun_anew(still: Sandbox, client: HubSpotClient) -> None:
    feed = EmailEvents(client, "CLICK")
    state = feed.begin(NOON - timedelta(minutes=30))
    for number in range(AT_ONCE + 1):
        click(still, number, NOON - timedelta(minutes=20))
    first = feed.ask(state, NOON)
    expired = {"status": 400, "body": {"category": "VALIDATION_ERROR", "message": "Invalid offset"}}
    still.script({"path": EVENTS, "method": "GET"}, [expired])

    nothing = feed.ask(first.state, NOON)
    again, state, _ = read(feed, nothing.state, NOON)

    assert (nothing.bodies, nothing.is_last) == ((), True)
    assert nothing.state["since"] == milliseconds(NOON - timedelta(minutes=30))
    assert len(set(again)) == AT_ONCE + 1


def test_a_refusal_without_an_offset_is_told(still: Sandbox, client: HubSpotClient) -> None:
    still.script({"path": EVENTS}, [{"status": 400, "body": {"message": "no"}}])
    feed = EmailEvents(client, "CLICK")

    with pytest.raises(Rejected):
        feed.ask(feed.begin(NOON), NOON)


@pytest.mark.parametrize("body", [{}, {"events": []}, {"hasMore": False}, {"events": {}, "hasMore": False}])
def test_an_answer_without_its_parts_proves_nothing(
    still: Sandbox, client: HubSpotClient, body: dict[str, object]
) -> None:
    still.script({"path": EVENTS}, [{"status": 200, "body": body}])
    feed = EmailEvents(client, "CLICK")

    with pytest.raises(Transient):
        feed.ask(feed.begin(NOON), NOON)


def test_no_event_that_bots_made_is_asked_for(still: Sandbox, client: HubSpotClient) -> None:
    feed = EmailEvents(client, "OPEN")

    feed.ask(feed.begin(NOON), NOON)

    [call] = still.state()["calls"]
    assert (call["query"]["eventType"], call["query"]["excludeFilteredEvents"]) == (["OPEN"], ["true"])


def test_submissions_without_an_address_are_left_out(still: Sandbox, client: HubSpotClient) -> None:
    feed = Forms(client)
    state = feed.begin(NOON - timedelta(hours=1))
    path = f"/submissions/v3/integration/secure/submit/1/{QUOTE}"
    does(still, path, {"fields": [{"name": "product", "value": "oak"}]})
    does(still, path, {"fields": [{"name": "email", "value": "eva@example.com"}]})

    bodies, _, _ = read(feed, state, NOON)

    assert [json.loads(one)["fields"] for one in bodies] == [{"email": "eva@example.com"}]


@pytest.mark.parametrize(
    "under_way", [{"listed": "50"}, {"left": [[QUOTE, "Quote"]], "after": "50", "top": 1}]
)
def test_a_page_that_has_died_is_begun_anew(
    still: Sandbox, client: HubSpotClient, under_way: dict[str, object]
) -> None:
    feed = Forms(client)
    path = f"/submissions/v3/integration/secure/submit/1/{QUOTE}"
    does(still, path, {"fields": [{"name": "email", "value": "eva@example.com"}]})
    still.script({"path": "/", "method": "GET"}, [{"status": 400, "body": {"message": "Invalid after"}}])

    nothing = feed.ask({**feed.begin(NOON), **under_way}, NOON)
    bodies, _, _ = read(feed, nothing.state, NOON)

    assert (nothing.bodies, nothing.is_last, len(bodies)) == ((), True, 1)


def test_a_form_that_is_gone_since_it_was_listed_holds_up_no_other(
    still: Sandbox, client: HubSpotClient
) -> None:
    feed = Forms(client)
    state = {**feed.begin(NOON - timedelta(hours=1)), "left": [["gone", "Gone"], [QUOTE, "Ask for a quote"]]}
    path = f"/submissions/v3/integration/secure/submit/1/{QUOTE}"
    does(still, path, {"fields": [{"name": "email", "value": "eva@example.com"}]})

    bodies, _, _ = read(feed, state, NOON)

    assert len(bodies) == 1


def test_more_meetings_of_one_moment_than_a_page_has_are_all_read(
    still: Sandbox, client: HubSpotClient
) -> None:
    feed, eva = Engagements(client, MEETINGS), contact(still)
    state = feed.begin(NOON - timedelta(minutes=1))
    made = {meeting(still, eva) for _ in range(RECORDS + 1)}

    bodies, state, pages = read(feed, state, NOON)

    held = {one["eventId"] for one in map(json.loads, bodies) if one["subscriptionType"].endswith("held")}
    assert (held, pages, state["since"]) == (made, 3, milliseconds(NOON))


def test_people_of_a_meeting_that_cannot_be_told_now_are_asked_for_again(
    still: Sandbox, client: HubSpotClient
) -> None:
    feed = Engagements(client, MEETINGS)
    meeting(still, contact(still))
    error = {"status": "error", "category": "INTERNAL_ERROR", "message": "later"}
    answer = {"status": "COMPLETE", "results": [], "errors": [error]}
    still.script({"path": "/crm/v4/associations/meetings"}, [{"status": 207, "body": answer}])

    with pytest.raises(Transient):
        feed.ask(feed.begin(NOON - timedelta(minutes=1)), NOON)


@pytest.mark.parametrize("api", VERSIONS)
def test_every_version_of_the_api_finds_meetings(still: Sandbox, api: str) -> None:
    client = HubSpotClient("pat-test", base_url=still.hubspot_url, deadline=10.0, api=api)
    feed = Engagements(client, MEETINGS)
    meeting(still, contact(still))

    bodies, _, _ = read(feed, feed.begin(NOON - timedelta(minutes=1)), NOON)

    client.close()
    assert len(bodies) == 2


@pytest.mark.parametrize(
    "feed", [Forms, lambda one: EmailEvents(one, "SENT"), lambda one: Engagements(one, MEETINGS)]
)
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 401, "body": {"message": "no"}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"status": 204},
        {"status": 302, "headers": {"Location": "/elsewhere"}},
        {"drop": True},
    ],
)
def test_what_is_no_answer_moves_nothing(
    still: Sandbox, client: HubSpotClient, feed: Callable[[HubSpotClient], Feed], answer: dict[str, object]
) -> None:
    still.script({"path": "/"}, [answer], times=None)
    asked = feed(client)

    with pytest.raises(DispatchError):
        asked.ask(asked.begin(NOON), NOON)
