"""Members who go: only whoever gets marketing is unsubscribed, and archiving says nothing of consent."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import Transient
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import do, join, member, methods, wish


def statuses_written(sandbox: Sandbox) -> list[Any]:
    bodies = [one["body"] for one in sandbox.state()["calls"] if one["method"] == "PATCH"]
    return [body["status"] for body in bodies]


@pytest.mark.parametrize("status", ["subscribed", "pending"])
def test_who_gets_marketing_is_unsubscribed(mailchimp: Mailchimp, sandbox: Sandbox, status: str) -> None:
    join(sandbox, status)

    assert do(mailchimp, wish("unsubscribe", {})) == Done(has_left=True)

    assert member(sandbox)["status"] == "unsubscribed"


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned", "transactional"])
def test_who_gets_no_marketing_keeps_the_status(mailchimp: Mailchimp, sandbox: Sandbox, status: str) -> None:
    join(sandbox, status)

    assert do(mailchimp, wish("unsubscribe", {})) == Done(has_left=True)

    assert member(sandbox)["status"] == status
    assert statuses_written(sandbox) == []


def test_who_is_no_member_is_not_made_one_to_leave(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert do(mailchimp, wish("unsubscribe", {})) == Done(has_left=True)
    assert do(mailchimp, wish("archive", {})) == Done()
    assert sandbox.state()["mailchimp"]["members"] == {}


def test_an_answer_with_the_old_status_is_no_proof(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    same = {"status": 200, "body": member(sandbox)}
    sandbox.script({"method": "PATCH"}, [same])

    assert not isinstance(do(mailchimp, wish("unsubscribe", {})), Done)


@pytest.mark.parametrize("name", ["unsubscribe", "archive"])
def test_nobody_goes_while_their_status_cannot_be_read(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    join(sandbox, "subscribed")
    sandbox.script({"method": "GET"}, [{"status": 200, "body": {"status": None}}])

    assert isinstance(do(mailchimp, wish(name, {})), Transient)
    assert member(sandbox)["status"] == "subscribed"


def test_who_is_archived_is_left_alone(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    do(mailchimp, wish("archive", {}))

    assert do(mailchimp, wish("archive", {})) == Done()

    assert member(sandbox)["status"] == "archived"
    assert [line.split(" ")[0] for line in methods(sandbox)].count("DELETE") == 1


def test_who_comes_back_from_the_archive_is_as_new(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    do(mailchimp, wish("archive", {}))

    assert do(mailchimp, wish("update_member", {}, has_consent=False)) == Done()

    assert member(sandbox)["status"] == "transactional"
