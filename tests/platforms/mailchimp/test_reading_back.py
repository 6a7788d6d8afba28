"""What Mailchimp shows of what it has answered to be done."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from connector.errors import Transient, Unseen
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.sampling import SINGLY
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import do, join, wish

READABLE: Mapping[str, dict[str, Value]] = {
    "update_member": {"fields": {"FNAME": "Eva"}, "language": "nl"},
    "tag": {"add": ["vip"]},
    "unsubscribe": {},
    "archive": {},
}


def test_every_action_that_can_be_read_back_has_a_case() -> None:
    assert {spec.name for spec in Mailchimp.specs if spec.verifies is not None} == READABLE.keys()


@pytest.mark.parametrize("name", READABLE)
def test_what_was_done_is_seen_and_what_is_gone_is_not(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    join(sandbox, "subscribed")
    call = wish(name, READABLE[name])
    done = do(mailchimp, call)
    assert isinstance(done, Done)

    [seen] = mailchimp.read_back(name, [call], [done])
    sandbox.reset()
    join(sandbox, "subscribed")
    [gone] = mailchimp.read_back(name, [call], [done])

    assert isinstance(seen, Done)
    assert isinstance(gone, Unseen)


def test_of_many_some_are_read_and_stand_for_the_others(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = [wish("tag", READABLE["tag"], email=f"p{number}@example.com") for number in range(30)]
    done = [one for one in mailchimp.dispatch("tag", calls) if isinstance(one, Done)]
    before = len(sandbox.state()["calls"])

    found = mailchimp.read_back("tag", calls, done)

    notes = [one.note for one in found if isinstance(one, Done)]
    assert len(sandbox.state()["calls"]) - before == SINGLY
    assert [bool(one) for one in notes] == [False] * SINGLY + [True] * (30 - SINGLY)


def test_where_one_is_not_seen_nobody_stands_for_others(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = [wish("tag", READABLE["tag"], email=f"p{number}@example.com") for number in range(30)]
    for number in range(30):
        join(sandbox, "subscribed", f"p{number}@example.com")

    found = mailchimp.read_back("tag", calls, [Done() for _ in calls])

    assert [type(one) for one in found] == [Unseen] * SINGLY + [Transient] * (30 - SINGLY)
