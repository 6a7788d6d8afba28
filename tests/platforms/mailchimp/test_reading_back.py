"""What Mailchimp shows of what it has answered to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import pytest

from connector.errors import Transient, Unseen
from connector.model.values import Value
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.mailchimp.lately import AT_ONCE, LATELY, OF_EACH
from connector.platforms.mailchimp.members import member_id
from connector.platforms.sampling import SINGLY
from connector.sandbox import Sandbox, start
from tests.platforms.mailchimp.wish import AUDIENCE, do, join, methods, wish

LIST: Final = {"method": "GET", "path": f"/3.0/lists/{AUDIENCE}/member[s]"}
NOON: Final = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
SHOWN: Final = 50
"""Tags that a list shows of a member."""

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


def test_all_of_many_are_shown_by_one_read(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    for name in ("tag", "update_member"):
        calls = many(name)
        done = answered(mailchimp, calls)
        before = len(sandbox.state()["calls"])

        found = mailchimp.read_back(name, calls, done)

        assert len(sandbox.state()["calls"]) - before == 1
        assert notes(found) == [""] * 30


def test_of_whom_was_changed_lately_no_more_are_asked_for_than_it_takes(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    calls = many("update_member")
    done = answered(mailchimp, calls)

    mailchimp.read_back("update_member", calls, done)

    assert sandbox.state()["calls"][-1]["query"]["count"] == [str(len(calls) * OF_EACH)]


def test_where_the_first_few_are_others_alone_the_next_thousand_are_read(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    calls = many("update_member")
    done = answered(mailchimp, calls)
    other = [wish("update_member", {}, email=f"o{number}@example.com") for number in range(len(calls) * 6)]
    for start_at in range(0, len(other), 100):
        answered(mailchimp, other[start_at : start_at + 100])
    before = len(sandbox.state()["calls"])

    found = mailchimp.read_back("update_member", calls, done)

    asked = [(one["query"]["offset"], one["query"]["count"]) for one in sandbox.state()["calls"][before:]]
    assert asked == [(["0"], ["120"]), (["120"], ["1000"])]
    assert notes(found) == [""] * 30


def test_who_is_the_first_of_very_many_changes_is_found_on_a_later_page(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    calls = many("update_member")
    done = answered(mailchimp, calls)
    other = [wish("update_member", {}, email=f"o{number}@example.com") for number in range(AT_ONCE - 25)]
    for start_at in range(0, len(other), 100):
        answered(mailchimp, other[start_at : start_at + 100])
    before = len(sandbox.state()["calls"])

    found = mailchimp.read_back("update_member", calls, done)

    assert methods(sandbox)[before:] == ["GET members"] * 2
    assert notes(found) == [""] * 30


def test_who_was_not_changed_is_read_singly_as_far_as_there_is_room() -> None:
    times = [NOON]
    with start(clock=lambda: times[0]) as sandbox:
        mailchimp = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)
        old, new = many("tag"), many("tag", "n")
        answered(mailchimp, old)
        times[0] += LATELY.total_seconds() + 60
        done = answered(mailchimp, [*old, *new])
        before = len(sandbox.state()["calls"])

        found = mailchimp.read_back("tag", [*old, *new], done)
        mailchimp.close()

    left = "50 of the 60 that were answered together were read back, and not this one"
    assert len(sandbox.state()["calls"]) - before == 1 + SINGLY
    assert notes(found) == [""] * SINGLY + [left] * (30 - SINGLY) + [""] * 30


def test_where_one_is_not_seen_nobody_stands_for_others(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = many("tag")
    for number in range(30):
        join(sandbox, "subscribed", f"p{number}@example.com")

    found = mailchimp.read_back("tag", calls, [Done() for _ in calls])

    assert [type(one) for one in found] == [Unseen] * SINGLY + [Transient] * (30 - SINGLY)


def test_a_list_that_shows_something_else_is_not_believed(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = many("update_member")[:5]
    done = answered(mailchimp, calls)
    stale = [
        {"id": member_id(one.addressee), "merge_fields": {"FNAME": "Ada"}, "tags": [], "tags_count": 0}
        for one in calls
    ]
    sandbox.script(LIST, [{"status": 200, "body": {"members": stale}}])
    before = len(sandbox.state()["calls"])

    found = mailchimp.read_back("update_member", calls, done)

    assert len(sandbox.state()["calls"]) - before == 1 + len(calls)
    assert notes(found) == [""] * 5


def test_who_is_listed_with_something_else_is_read_before_others_stand_for_them(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    calls = many("update_member")
    done = answered(mailchimp, calls)
    last = calls[-1].addressee
    do(mailchimp, wish("update_member", {"fields": {"FNAME": "Ada"}}, email=last.email))
    ada = {"id": member_id(last), "merge_fields": {"FNAME": "Ada"}, "language": "nl"}
    sandbox.script(LIST, [{"status": 200, "body": {"members": [ada]}}])

    found = mailchimp.read_back("update_member", calls, done)

    assert [type(one) for one in found[SINGLY - 1 :]] == [Transient] * (30 - SINGLY) + [Unseen]


def test_that_somebody_lost_a_tag_is_shown_only_by_all_of_their_tags(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    tags = [f"tag {number}" for number in range(SHOWN + 1)]
    calls = [wish("tag", {"remove": ["vip"]}, email=f"p{number}@example.com") for number in range(4)]
    for number in range(4):
        do(mailchimp, wish("tag", {"add": [*tags, "vip"]}, email=f"p{number}@example.com"))

    lacking = mailchimp.read_back("tag", calls, [Done() for _ in calls])
    done = answered(mailchimp, calls)
    found = mailchimp.read_back("tag", calls, done)

    assert [type(one) for one in lacking] == [Unseen] * 4
    assert notes(found) == [""] * 4


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 404, "body": {"status": 404}},
        {"status": 200, "body": {}},
        {"status": 200, "body": "<html>", "content_type": "text/html"},
        {"drop": True},
    ],
)
def test_where_members_cannot_be_listed_they_are_read_singly_from_then_on(
    mailchimp: Mailchimp, sandbox: Sandbox, answer: dict[str, object]
) -> None:
    calls = many("update_member")[:4]
    done = answered(mailchimp, calls)
    sandbox.script(LIST, [answer], times=None)
    before = len(sandbox.state()["calls"])

    first = mailchimp.read_back("update_member", calls, done)
    second = mailchimp.read_back("update_member", calls, done)

    asked = methods(sandbox)[before:]
    assert (asked.count("GET members"), len(asked)) == (1, 1 + 4 + 4)
    assert notes(first) == notes(second) == [""] * 4


def test_where_mailchimp_wants_no_calls_none_is_made_singly(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = many("update_member")
    done = answered(mailchimp, calls)
    sandbox.script(LIST, [{"status": 429}])
    before = len(sandbox.state()["calls"])

    with pytest.raises(Transient):
        mailchimp.read_back("update_member", calls, done)

    assert len(sandbox.state()["calls"]) - before == 1


def many(name: str, who: str = "p") -> list[Call]:
    """One wish of each of thirty people."""
    return [wish(name, READABLE[name], email=f"{who}{number}@example.com") for number in range(30)]


def answered(platform: Mailchimp, calls: list[Call]) -> list[Done]:
    """What Mailchimp answers of all of them, which is that they are done."""
    done = [one for one in platform.dispatch(calls[0].action.name, calls) if isinstance(one, Done)]
    assert len(done) == len(calls)
    return done


def notes(found: Sequence[Outcome]) -> list[str]:
    """The note of each that is done."""
    return [one.note for one in found if isinstance(one, Done)]
