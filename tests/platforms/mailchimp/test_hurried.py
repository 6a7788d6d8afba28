"""A dispatch of many whose time does not do: who is left comes again, and that is no failure of theirs."""

from __future__ import annotations

from connector.errors import Unknown
from connector.platforms.base import UNTRIED
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.test_many import LIST, PEOPLE, send, tags, updates, writes
from tests.platforms.mailchimp.wish import AUDIENCE, join


def hurried(sandbox: Sandbox, deadline: float = 3.0) -> Mailchimp:
    return Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=deadline)


def test_who_is_left_when_the_time_is_over_was_not_tried(sandbox: Sandbox) -> None:
    people = (*PEOPLE, "dan@example.com")
    for email in people:
        join(sandbox, "unsubscribed", email)
    slow = {"method": "POST", "path": f"{LIST}/members/*/tags"}
    sandbox.script(slow, [{}, {"delay": 60.0}])
    platform = hurried(sandbox)

    outcomes = send(platform, tags(*people))

    codes = [getattr(one, "code", None) for one in outcomes]
    assert (codes, type(outcomes[1])) == ([None, "", UNTRIED, UNTRIED], Unknown)
    assert len([line for line in writes(sandbox) if line.endswith("/tags")]) == 2
    platform.close()


def test_nobody_is_begun_for_whom_the_time_would_not_do(sandbox: Sandbox) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    sandbox.script({"method": "PUT"}, [{"delay": 3.5}])
    platform = hurried(sandbox, 6.0)

    outcomes = send(platform, updates(*PEOPLE))

    assert [getattr(one, "code", None) for one in outcomes] == [None, UNTRIED, UNTRIED]
    assert len([line for line in writes(sandbox) if line.startswith("PUT")]) == 1
    platform.close()


def test_a_refusal_is_told_before_lack_of_time(sandbox: Sandbox) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    sandbox.script({"method": "PUT"}, [{"status": 429, "headers": {"Retry-After": "7"}, "delay": 3.5}])
    platform = hurried(sandbox, 6.0)

    outcomes = send(platform, updates(*PEOPLE))

    assert [getattr(one, "retry_after", None) for one in outcomes] == [7, 7, 7]
    platform.close()
