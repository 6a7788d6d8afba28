"""No action damages anybody's consent: every action, to everybody, whatever their status was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connector.errors import Rejected
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox, start
from tests.platforms.mailchimp.test_adapter import CASES
from tests.platforms.mailchimp.wish import DOUBLE_OPTIN, EVA, STORE, do, forget, join, member, wish

ARGUMENTS = {case.name: case.arguments for case in CASES}
LEAVING = {"unsubscribe", "archive"}
STAYING = tuple(name for name in ARGUMENTS if name not in LEAVING)
JOINING = tuple(name for name in STAYING if name not in {"remove_cart", "put_back"})
STATUSES = ("subscribed", "unsubscribed", "transactional", "pending", "cleaned")


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def asking_twice(sandbox: Sandbox) -> Iterator[Mailchimp]:
    url = sandbox.mailchimp_url
    adapter = Mailchimp("test-us21", DOUBLE_OPTIN, store=STORE, base_url=url, deadline=10.0)
    yield adapter
    adapter.close()


def status(sandbox: Sandbox) -> object:
    held = sandbox.state()["mailchimp"]["members"].get(EVA)
    return held and held["status"]


def said(sandbox: Sandbox, key: str) -> list[object]:
    """Every value that our calls gave to a key, at any depth; other people's calls are POSTs to members."""
    calls = [one for one in sandbox.state()["calls"] if not one["path"].endswith("/members")]
    return [value for one in calls for value in _values(one["body"], key)]


def _values(body: Any, key: str) -> Iterator[object]:
    match body:
        case dict():
            if key in body:
                yield body[key]
            for one in body.values():
                yield from _values(one, key)
        case list():
            for one in body:
                yield from _values(one, key)


def test_nobody_is_put_into_the_audience_to_lose_a_tag(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    done = do(mailchimp, wish("tag", {"remove": ["prospect"]}))

    assert isinstance(done, Done)
    assert sandbox.state()["mailchimp"]["members"].get(EVA) is None


def test_nobody_has_lost_a_tag_of_an_audience_that_is_not_there(sandbox: Sandbox) -> None:
    elsewhere = Mailchimp("test-us21", "nowhere", base_url=sandbox.mailchimp_url)

    assert not isinstance(do(elsewhere, wish("tag", {"remove": ["prospect"]})), Done)


@pytest.mark.parametrize("has_consent", [True, False], ids=["consent", "no consent"])
@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("name", STAYING)
def test_nobodys_status_is_changed(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str, before: str, has_consent: bool
) -> None:
    join(sandbox, before)

    do(mailchimp, wish(name, ARGUMENTS[name], has_consent=has_consent))

    assert status(sandbox) == before
    assert set(said(sandbox, "opt_in_status")) <= {False}


@pytest.mark.parametrize("name", STAYING)
def test_nobody_is_subscribed_without_consent(mailchimp: Mailchimp, sandbox: Sandbox, name: str) -> None:
    do(mailchimp, wish(name, ARGUMENTS[name], has_consent=False))

    assert status(sandbox) in {None, "transactional"}
    assert set(said(sandbox, "status_if_new")) <= {"transactional"}
    assert set(said(sandbox, "opt_in_status")) <= {False}


@pytest.mark.parametrize("name", JOINING)
def test_who_has_consented_is_asked_once_more_where_the_audience_asks_twice(
    asking_twice: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    do(asking_twice, wish(name, ARGUMENTS[name]))

    assert status(sandbox) == "pending"
    assert set(said(sandbox, "status_if_new")) == {"pending"}
    assert set(said(sandbox, "opt_in_status")) <= {False}


@pytest.mark.parametrize("name", JOINING)
def test_who_left_and_was_archived_is_not_brought_back(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    join(sandbox, "unsubscribed")
    do(mailchimp, wish("archive", {}))

    do(mailchimp, wish(name, ARGUMENTS[name]))

    assert status(sandbox) in {"archived", "transactional"}
    assert "subscribed" not in said(sandbox, "status")


@pytest.mark.parametrize("name", JOINING)
def test_who_was_deleted_for_good_is_not_brought_back(
    mailchimp: Mailchimp, sandbox: Sandbox, name: str
) -> None:
    join(sandbox, "subscribed")
    forget(sandbox)

    outcome = do(mailchimp, wish(name, ARGUMENTS[name]))

    assert isinstance(outcome, Rejected)
    assert outcome.code == "forgotten"
    assert status(sandbox) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("subscribed", "unsubscribed"),
        ("pending", "unsubscribed"),
        ("unsubscribed", "unsubscribed"),
        ("transactional", "transactional"),
        ("cleaned", "cleaned"),
    ],
)
def test_unsubscribing_takes_marketing_and_nothing_else(
    mailchimp: Mailchimp, sandbox: Sandbox, before: str, after: str
) -> None:
    join(sandbox, before)

    outcome = do(mailchimp, wish("unsubscribe", {}))

    assert isinstance(outcome, Done)
    assert outcome.has_left
    assert status(sandbox) == after


def test_archiving_is_no_unsubscribing(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")

    outcome = do(mailchimp, wish("archive", {}))
    do(mailchimp, wish("update_member", {}))

    assert isinstance(outcome, Done)
    assert not outcome.has_left
    assert status(sandbox) == "subscribed"
    assert "unsubscribed" not in said(sandbox, "status")


def test_who_left_is_refused_with_a_code_by_which_that_is_remembered(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    join(sandbox, "unsubscribed")
    do(mailchimp, wish("archive", {}))

    outcome = do(mailchimp, wish("update_member", {}))

    assert isinstance(outcome, Rejected)
    assert outcome.code == "compliance"


@pytest.mark.parametrize("before", STATUSES)
def test_a_batch_says_no_status_of_who_is_there(mailchimp: Mailchimp, sandbox: Sandbox, before: str) -> None:
    wanted: Mapping[str, Any] = {"fields": {"FNAME": "Eva"}}
    join(sandbox, before)
    calls = [wish("update_member", wanted, email=one, key=one) for one in (EVA, "adam@example.com")]

    for _ in range(3):
        mailchimp.dispatch("update_member", calls)

    changes = [
        one["body"] for one in sandbox.state()["calls"] if _values_of(one, "update_existing") == [True]
    ]
    assert not any("status" in one for body in changes for one in body["members"])
    assert member(sandbox)["status"] == before


def _values_of(call: Mapping[str, Any], key: str) -> list[object]:
    return list(_values(call["body"], key))
