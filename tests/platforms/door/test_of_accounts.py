"""Through the real SDKs over loopback: no limit of an account is ever broken, and what it tells is learnt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.bootstrap.doors import Doors
from connector.platforms.door.lane import Lane
from connector.platforms.door.told import Told
from connector.platforms.door.window import Limit
from connector.platforms.hubspot import limits as of_hubspot
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.mailchimp import limits as of_mailchimp
from connector.platforms.transport import Answer
from connector.sandbox import Limits, Sandbox, start


@pytest.fixture
def small() -> Iterator[Sandbox]:
    """A HubSpot that takes 40 calls in ten seconds."""
    with start(limits=Limits(hubspot_per_ten_seconds=40)) as sandbox:
        yield sandbox


def adapter(sandbox: Sandbox, doors: Doors, lane: Lane = Lane.LIVE) -> HubSpot:
    """One that passes the account's door."""
    made = HubSpot("pat-test", base_url=sandbox.hubspot_url)
    made.go_through(doors.gate("hubspot", "pat-test", lane))
    return made


def refused(sandbox: Sandbox) -> int:
    """How many calls were one too many."""
    return sum(call["status"] == 429 for call in sandbox.state()["calls"])


def test_two_adapters_of_one_key_never_break_its_limit_together(small: Sandbox) -> None:
    doors = Doors()
    live, polling = adapter(small, doors), adapter(small, doors, Lane.POLL)

    for _ in range(30):
        live.account()
        polling.account()

    assert refused(small) == 0


def test_a_limit_that_was_used_up_before_we_came_is_met_once_at_most(small: Sandbox) -> None:
    before = HubSpot("pat-test", base_url=small.hubspot_url)
    for _ in range(39):
        before.account()

    one = adapter(small, Doors())
    one.account()
    one.account()

    assert refused(small) == 0


def answer(status: int, headers: dict[str, str], body: bytes = b"{}") -> Answer:
    """Of JSON."""
    return Answer(status, {"content-type": "application/json", **headers}, body, 1_000_000.0)


def test_hubspot_tells_its_limits_with_every_answer() -> None:
    told = of_hubspot.rules().told(
        answer(
            200,
            {
                "x-hubspot-ratelimit-max": "190",
                "x-hubspot-ratelimit-remaining": "17",
                "x-hubspot-ratelimit-interval-milliseconds": "10000",
                "x-hubspot-ratelimit-daily": "650000",
                "x-hubspot-ratelimit-daily-remaining": "649999",
            },
        )
    )

    assert told == Told(Limit(190, 10.0), 17, 650000, 649999)


@pytest.mark.parametrize("junk", ["", "many", "-1", "1e9", "9" * 40, "\u0661"])
def test_junk_in_a_header_tells_nothing(junk: str) -> None:
    names = ("max", "remaining", "interval-milliseconds", "daily", "daily-remaining")
    headers = {f"x-hubspot-ratelimit-{name}": junk for name in names}

    assert of_hubspot.rules().told(answer(200, headers)) == Told()


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("TEN_SECONDLY_ROLLING", Told(wait=10.0)),
        ("SECONDLY", Told(wait=1.0, held="searches")),
        ("DAILY", Told(wait=3600.0)),
    ],
)
def test_a_refusal_says_how_long_and_for_what(policy: str, told: Told) -> None:
    body = f'{{"status": "error", "policyName": "{policy}"}}'.encode()

    assert of_hubspot.rules().told(answer(429, {}, body)) == told


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>slow down</html>", b'{"policyName": "NEW_ONE"}'])
def test_a_refusal_that_does_not_say_how_long_holds_the_account_for_ten_seconds(body: bytes) -> None:
    assert of_hubspot.rules().told(answer(429, {}, body)) == Told(wait=10.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({}, 10.0), ({"retry-after": "30"}, 30.0), ({"retry-after": "-5"}, 10.0), ({"retry-after": "x"}, 10.0)],
)
def test_mailchimp_is_left_alone_for_as_long_as_it_asks(headers: dict[str, str], seconds: float) -> None:
    for status in (403, 429):
        assert of_mailchimp.rules().told(Answer(status, headers, b"", 0.0)) == Told(wait=seconds)


def test_mailchimp_goes_on_after_a_403_that_is_about_one_call() -> None:
    assert of_mailchimp.rules().told(answer(403, {}, b'{"title": "Forbidden"}')) == Told()
