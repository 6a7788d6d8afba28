"""Notes, of which none is written twice, and queues, which take everybody once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector.errors import Rejected, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, do, join, member, wish

NOTE: Mapping[str, Value] = {"text": "Likes roses & ivy"}
NOTES = f"/3.0/lists/{AUDIENCE}/members/*/notes"
QUEUE: Mapping[str, Value] = {"automation": "wf1", "email": "em1"}


def found(**facts: Any) -> dict[str, Any]:
    note = {"id": 7, "note": "Likes roses &amp;  ivy", "created_at": "2026-11-22T10:00:01+00:00", **facts}
    return {"status": 200, "body": {"notes": [note], "total_items": 1}}


def test_who_is_no_member_is_added_before_the_note(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert do(mailchimp, wish("add_note", NOTE, has_consent=False)) == Done("1")

    assert member(sandbox)["notes"] == ["Likes roses & ivy"]
    assert member(sandbox)["status"] == "transactional"


def test_two_equal_notes_are_two(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    do(mailchimp, wish("add_note", NOTE, key="a"))
    second = wish("add_note", NOTE, key="b", known=frozenset({"1"}))
    sandbox.script({"method": "POST", "path": NOTES}, [{"apply": True, "drop": True}])

    assert mailchimp.look_up(second) is None
    assert isinstance(do(mailchimp, second), Unknown)
    assert mailchimp.look_up(second) == Done("2")


def test_a_note_is_known_again_however_its_signs_are_written(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    sandbox.script({"method": "GET"}, [found()])

    assert mailchimp.look_up(wish("add_note", NOTE)) == Done("7")


@pytest.mark.parametrize(
    "facts",
    [{"note": "Likes gin"}, {"created_at": "2026-11-22T09:00:00+00:00"}, {"note": None}],
    ids=["other words", "older", "no words"],
)
def test_another_note_is_not_ours(mailchimp: Mailchimp, sandbox: Sandbox, facts: Mapping[str, Any]) -> None:
    sandbox.script({"method": "GET"}, [found(**facts)])

    assert mailchimp.look_up(wish("add_note", NOTE)) is None


@pytest.mark.parametrize("body", [{}, {"notes": None, "total_items": 0}, {"notes": [], "total_items": 7}])
def test_notes_that_cannot_be_read_tell_nothing(
    mailchimp: Mailchimp, sandbox: Sandbox, body: Mapping[str, Any]
) -> None:
    sandbox.script({"method": "GET"}, [{"status": 200, "body": body}])

    with pytest.raises(Transient):
        mailchimp.look_up(wish("add_note", NOTE))


@pytest.mark.parametrize("text", ["", " ", "x" * 1001])
def test_a_note_that_mailchimp_does_not_take_is_refused(
    mailchimp: Mailchimp, sandbox: Sandbox, text: str
) -> None:
    assert isinstance(do(mailchimp, wish("add_note", {"text": text})), Rejected)
    assert sandbox.state()["calls"] == []


def test_who_is_no_member_is_added_before_the_queue(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert do(mailchimp, wish("start_automation", QUEUE)) == Done()
    assert [one["email_id"] for one in sandbox.state()["mailchimp"]["queued"]] == ["em1"]


def test_a_queue_adds_nobody_without_consent(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert isinstance(do(mailchimp, wish("start_automation", QUEUE, has_consent=False)), Rejected)
    assert sandbox.state()["mailchimp"]["members"] == {}


def test_who_has_got_the_mail_already_is_done_with(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    sent = {"status": 400, "body": {"detail": "You\u2019ve already sent this email to the subscriber."}}
    sandbox.script({"method": "POST", "path": "/3.0/automations"}, [sent])

    assert do(mailchimp, wish("start_automation", QUEUE)) == Done()


def test_who_has_left_is_not_brought_back_by_an_automation(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "unsubscribed")

    assert isinstance(do(mailchimp, wish("start_automation", QUEUE)), Rejected)
    assert member(sandbox)["status"] == "unsubscribed"


def test_an_answer_that_names_the_person_is_a_proof_too(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    named = {"status": 200, "body": {"id": member(sandbox)["id"], "workflow_id": "wf1"}}
    sandbox.script({"method": "POST", "path": "/3.0/automations"}, [named])

    assert do(mailchimp, wish("start_automation", QUEUE)) == Done()
