"""What only Mailchimp does wrong, with every action, and every fault with many people in one call."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.platforms.base import Call, Done
from connector.platforms.mailchimp.adapter import AT_ONCE, Mailchimp
from connector.sandbox import Sandbox, start
from tests.platforms.contract import Case, dispatched, script
from tests.platforms.faults import CUT, LIES, QUICK, SLOW, Fault
from tests.platforms.mailchimp.test_adapter import CASES, ITEMS
from tests.platforms.mailchimp.wish import AUDIENCE, EVA, STORE, do, join, member, wish
from tests.platforms.raw_server import RawServer, self_signed

LIST = f"/3.0/lists/{AUDIENCE}"
PEOPLE = ("adam@example.com", "bea@example.com", "cas@example.com")
PROBLEM = "application/problem+json; charset=utf-8"
WELL_MEANT = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
EARLY = {
    "continue, and no more": b"HTTP/1.1 100 Continue\r\n\r\n",
    "early hints, and an empty object": b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + WELL_MEANT,
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n",
    "no HTTP at all": b"SSH-2.0-OpenSSH_9.6\r\n",
    "half a head": b"HTTP/1.1 200 OK\r\ncontent-type: appl",
}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    """Eva is in the audience, and left a cart."""
    running.reset()
    platform = connected(running)
    do(platform, wish("update_member", {}))
    do(platform, wish("update_cart", {"id": "left", "currency": "EUR", "items": ITEMS}))
    platform.close()
    return running


@pytest.fixture
def platform(sandbox: Sandbox) -> Iterator[Mailchimp]:
    platform = connected(sandbox)
    yield platform
    platform.close()


@pytest.fixture(params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> Case:
    case: Case = request.param
    return case


def connected(sandbox: Sandbox, deadline: float = 5.0) -> Mailchimp:
    url = sandbox.mailchimp_url
    return Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=url, deadline=deadline)


def refusal(status: int, title: str, detail: str) -> dict[str, Any]:
    return {"status": status, "body": {"title": title, "detail": detail}, "content_type": PROBLEM}


@pytest.mark.parametrize("header", [{}, {"Retry-After": "9"}])
@pytest.mark.parametrize("body", [{}, {"body": "<html>403</html>", "content_type": "text/html"}])
def test_a_403_without_a_document_is_a_throttle_for_every_action(
    case: Case, platform: Mailchimp, sandbox: Sandbox, header: dict[str, str], body: dict[str, str]
) -> None:
    script(sandbox, case, status=403, headers=header, **body)

    outcome = dispatched(platform, case)

    assert isinstance(outcome, Transient)
    assert outcome.retry_after == (9 if header else None)


def test_a_403_with_a_document_pauses_the_connection_for_every_action(
    case: Case, platform: Mailchimp, sandbox: Sandbox
) -> None:
    script(sandbox, case, **refusal(403, "User Does Not Have Permission", "You may not do this."))

    assert isinstance(dispatched(platform, case), Unauthorized)


@pytest.mark.parametrize(
    ("title", "detail", "code"),
    [
        ("Member In Compliance State", "eva@example.com is in a compliance state", "compliance"),
        ("Forgotten Email Not Subscribed", "eva@example.com was permanently deleted", "forgotten"),
        ("Invalid Resource", "eva@example.com looks fake or invalid", "fake_address"),
        ("Invalid Resource", "Your merge fields were invalid.", "merge_fields"),
    ],
)
def test_a_refusal_for_good_has_its_code_for_every_action(
    case: Case, platform: Mailchimp, sandbox: Sandbox, title: str, detail: str, code: str
) -> None:
    script(sandbox, case, **refusal(400, title, detail))

    outcome = dispatched(platform, case)

    assert isinstance(outcome, Rejected)
    assert outcome.code == code


def test_an_address_on_many_lists_comes_again_for_every_action(
    case: Case, platform: Mailchimp, sandbox: Sandbox
) -> None:
    detail = f"{EVA} has signed up to a lot of lists very recently; we're not allowing more signups for now"
    script(sandbox, case, **refusal(400, "Invalid Resource", detail))

    outcome = dispatched(platform, case)

    assert isinstance(outcome, Transient)
    assert outcome.code == "busy"


def test_somebody_elses_document_is_no_proof_of_any_action(
    case: Case, platform: Mailchimp, sandbox: Sandbox
) -> None:
    join(sandbox, "subscribed", "adam@example.com")
    adams = {**member(sandbox, "adam@example.com"), "status": "pending", "lines": []}
    script(sandbox, case, status=200, body=adams)

    outcome = dispatched(platform, case)

    assert isinstance(outcome, Transient | Unknown)


@pytest.mark.parametrize("said", EARLY.values(), ids=EARLY)
def test_what_is_no_answer_is_lost_for_every_action(case: Case, said: bytes) -> None:
    with RawServer(said) as server:
        platform = Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=server.url, deadline=2.0)
        outcome = dispatched(platform, case)
        platform.close()

    assert isinstance(outcome, Transient | Unknown)


def test_a_certificate_that_nobody_vouches_for_stops_every_action(case: Case, tls: ssl.SSLContext) -> None:
    with RawServer(WELL_MEANT, tls=tls) as server:
        platform = Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=server.url, deadline=2.0)
        outcome = dispatched(platform, case)
        platform.close()

    assert isinstance(outcome, Transient)
    assert server.received == []


def test_a_server_without_tls_stops_every_action(case: Case) -> None:
    with RawServer(WELL_MEANT) as server:
        url = server.url.replace("http:", "https:")
        platform = Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=url, deadline=0.3)
        outcome = dispatched(platform, case)
        platform.close()

    assert isinstance(outcome, Transient)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("tls")
    return self_signed(folder)


@pytest.fixture(params=["new members", "known members", "tags"])
def many(request: pytest.FixtureRequest, platform: Mailchimp, sandbox: Sandbox) -> list[Call]:
    """Three people in one call, after what such a call needs."""
    join(sandbox, "transactional", "shown@example.com")
    shown = [wish("update_member", {}, email=f"{one}@example.com", key=one) for one in ("shown", "other")]
    platform.dispatch("update_member", shown)
    assert platform.batch_size("update_member") == AT_ONCE
    if request.param != "new members":
        for email in PEOPLE:
            join(sandbox, "subscribed", email)
    if request.param == "tags":
        do(platform, wish("tag", {"add": ["vip"]}, email="other@example.com"))
        return [wish("tag", {"add": ["vip"]}, email=one, key=one) for one in PEOPLE]
    calls = [wish("update_member", {"fields": {"FNAME": "New"}}, email=one, key=one) for one in PEOPLE]
    if request.param == "known members":
        platform.dispatch("update_member", calls)
    return calls


def in_bulk(sandbox: Sandbox, calls: list[Call], **answer: Any) -> None:
    """Prescribe the answer to the next call about many."""
    path = f"{LIST}/segments/" if calls[0].action.name == "tag" else LIST
    sandbox.script({"method": "POST", "path": path, "contains": "member"}, [answer])


@pytest.mark.parametrize("fault", QUICK, ids=str)
def test_each_fault_of_a_call_about_many_is_true_of_each_of_them(
    many: list[Call], platform: Mailchimp, sandbox: Sandbox, fault: Fault
) -> None:
    in_bulk(sandbox, many, **fault.scripted)

    outcomes = platform.dispatch(many[0].action.name, many)

    assert all(fault.allows(one, is_idempotent=True) for one in outcomes), outcomes


@pytest.mark.parametrize("fault", SLOW, ids=str)
def test_a_slow_call_about_many_is_lost_for_each_of_them(
    many: list[Call], sandbox: Sandbox, fault: Fault
) -> None:
    hasty = connected(sandbox, deadline=0.8)
    in_bulk(sandbox, many, **fault.scripted)

    outcomes = hasty.dispatch(many[0].action.name, many)
    hasty.close()

    assert all(fault.allows(one, is_idempotent=True) for one in outcomes), outcomes


@pytest.mark.parametrize("fault", CUT, ids=str)
def test_a_call_about_many_that_was_cut_is_repeated_without_harm(
    many: list[Call], platform: Mailchimp, sandbox: Sandbox, fault: Fault
) -> None:
    in_bulk(sandbox, many, **fault.scripted)
    platform.dispatch(many[0].action.name, many)

    outcomes = platform.dispatch(many[0].action.name, many)

    assert all(isinstance(one, Done) for one in outcomes)
    assert [member(sandbox, one)["status"] for one in PEOPLE] == ["subscribed"] * 3


ODD: Mapping[str, object] = {
    "nobody": {"new_members": [], "updated_members": [], "errors": []},
    "no lists": {"new_members": None, "updated_members": None, "errors": None},
    "somebody else": {"new_members": [{"id": "0" * 32}], "updated_members": [{"id": 7}, None], "errors": [1]},
    "an error about nobody": {"new_members": [], "updated_members": [], "errors": [{"error": "Oops"}]},
    "only numbers": {"total_created": 3, "total_updated": 3, "error_count": 0},
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_an_answer_about_many_that_names_none_of_them_proves_nothing(
    many: list[Call], platform: Mailchimp, sandbox: Sandbox, body: dict[str, Any]
) -> None:
    tagged: dict[str, object] = {
        "members_added": body.get("new_members"),
        "members_removed": [],
        "errors": [],
    }
    is_tag = many[0].action.name == "tag"
    in_bulk(sandbox, many, status=200, body=tagged if is_tag else body)
    sandbox.script({"method": "POST", "path": f"{LIST}/members/*/tags"}, [{"status": 204}], times=None)

    outcomes = platform.dispatch(many[0].action.name, many)

    assert all(isinstance(one, Transient | Unknown) for one in outcomes), outcomes


def test_every_lie_about_a_tag_is_found_out_by_reading_it_back(platform: Mailchimp, sandbox: Sandbox) -> None:
    for lie in LIES:
        path = {"method": "GET", "path": f"{LIST}/members/*/tags"}
        sandbox.script({"method": "POST", "path": f"{LIST}/members/*/tags"}, [{"status": 204}])
        sandbox.script(path, [lie.scripted])

        outcome = do(platform, wish("tag", {"add": ["vip"]}))

        assert isinstance(outcome, DispatchError), lie
        assert not isinstance(outcome, Rejected), lie
