"""Answers that a test prescribes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from pydantic import ValidationError
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from connector.sandbox import Sandbox, start
from tests.patience import PATIENCE, until

Call = Callable[..., urllib3.BaseHTTPResponse]
CONTACTS = "/crm/v3/objects/contacts"
EVA = {"properties": {"email": "eva@example.com"}}


def contacts(sandbox: Sandbox) -> list[str]:
    return [one["properties"]["email"] for one in sandbox.state()["hubspot"]["contacts"].values()]


def test_answers_come_in_order_and_then_the_platforms_own(sandbox: Sandbox, call: Call) -> None:
    throttled = {"status": 429, "headers": {"Retry-After": "2"}, "body": {"policyName": "DAILY"}}
    sandbox.script({"method": "POST", "path": "/crm/"}, [throttled, {"status": 503, "body": "<html>"}])

    answers = [call("POST", CONTACTS, json=EVA) for _ in range(3)]

    assert [answer.status for answer in answers] == [429, 503, 201]
    assert answers[0].headers["Retry-After"] == "2"
    assert answers[0].json() == {"policyName": "DAILY"}
    assert answers[1].data == b"<html>"


def test_a_scripted_answer_has_no_effect_of_its_own(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": CONTACTS}, [{"status": 500}])

    call("POST", CONTACTS, json=EVA)

    assert contacts(sandbox) == []
    assert [one["status"] for one in sandbox.state()["calls"]] == [500]


def test_an_effect_may_happen_although_the_answer_says_no(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": CONTACTS}, [{"status": 504, "apply": True}])

    answer = call("POST", CONTACTS, json=EVA)

    assert answer.status == 504
    assert contacts(sandbox) == ["eva@example.com"]


@pytest.mark.parametrize(("applied", "left"), [(True, ["eva@example.com"]), (False, [])])
def test_a_connection_is_closed_without_an_answer(
    sandbox: Sandbox, call: Call, applied: bool, left: list[str]
) -> None:
    sandbox.script({"path": CONTACTS}, [{"drop": True, "apply": applied}])

    with pytest.raises(ProtocolError):
        call("POST", CONTACTS, json=EVA)

    assert contacts(sandbox) == left
    assert sandbox.state()["calls"][0]["status"] is None


def test_a_late_answer_is_the_platforms_own(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": CONTACTS}, [{"delay": 0.2}])

    begun = time.monotonic()
    answer = call("POST", CONTACTS, json=EVA)

    assert answer.status == 201
    assert time.monotonic() - begun >= 0.2


def test_a_client_that_gives_up_leaves_the_effect(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": CONTACTS}, [{"delay": 1.0}])

    with pytest.raises(ReadTimeoutError):
        call("POST", CONTACTS, json=EVA, timeout=0.1)

    assert until(lambda: contacts(sandbox) == ["eva@example.com"])


def test_a_body_may_come_drop_by_drop(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": "/3.0/ping"}, [{"status": 200, "body": "abc", "drip": 0.05}])

    begun = time.monotonic()
    answer = call("GET", "/3.0/ping")

    assert answer.data == b"abc"
    assert time.monotonic() - begun >= 0.1


def test_a_body_may_be_cut_short(sandbox: Sandbox, call: Call) -> None:
    sandbox.script(
        {"path": CONTACTS}, [{"status": 200, "headers": {"Content-Length": "99"}, "body": {"id": "1"}}]
    )

    with pytest.raises(ProtocolError):
        call("GET", f"{CONTACTS}/1")


def test_a_body_may_be_of_any_type_and_bytes(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({}, [{"status": 200, "body": b"\xff\x00", "content_type": "text/html"}])

    answer = call("GET", f"{CONTACTS}/1")

    assert (answer.data, answer.headers["Content-Type"]) == (b"\xff\x00", "text/html")


def test_an_answer_may_be_empty_or_lead_elsewhere(sandbox: Sandbox, call: Call) -> None:
    redirect = {"status": 302, "headers": {"Location": "http://169.254.169.254/"}}
    sandbox.script({}, [{"status": 200}, redirect])

    empty, moved = (call("GET", f"{CONTACTS}/1", redirect=False) for _ in range(2))

    assert (empty.status, empty.data, empty.headers["Content-Length"]) == (200, b"", "0")
    assert (moved.status, moved.headers["Location"]) == (302, "http://169.254.169.254/")


@pytest.mark.parametrize(
    "match",
    [
        {"path": "/crm/v3/objects/contacts"},
        {"path": "/crm/*/contacts"},
        {"method": "post"},
        {"contains": "eva@example.com"},
        {},
    ],
)
def test_a_script_is_for_the_calls_that_fit(sandbox: Sandbox, call: Call, match: dict[str, Any]) -> None:
    sandbox.script(match, [{"status": 418}])

    assert call("POST", CONTACTS, json=EVA).status == 418


@pytest.mark.parametrize(
    "match", [{"path": "/3.0"}, {"path": "/crm/*/tasks"}, {"method": "GET"}, {"contains": "tom@example.com"}]
)
def test_a_script_leaves_other_calls_alone(sandbox: Sandbox, call: Call, match: dict[str, Any]) -> None:
    sandbox.script(match, [{"status": 418}])

    assert call("POST", CONTACTS, json=EVA).status == 201


def test_a_path_fits_as_it_is_read_too(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({"path": "/crm/v3/objects/contacts/eva@example.com"}, [{"status": 418}])

    assert call("GET", f"{CONTACTS}/eva%40example.com?idProperty=email").status == 418


@pytest.mark.parametrize(("times", "statuses"), [(2, [418, 418, 404]), (None, [418, 418, 418])])
def test_a_script_repeats_as_often_as_it_says(
    sandbox: Sandbox, call: Call, times: int | None, statuses: list[int]
) -> None:
    sandbox.script({}, [{"status": 418}], times=times)

    assert [call("GET", f"{CONTACTS}/1").status for _ in statuses] == statuses


def test_the_oldest_script_that_fits_answers_first(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({}, [{"status": 500}])
    sandbox.script({}, [{"status": 418}])

    assert [call("GET", f"{CONTACTS}/1").status for _ in range(2)] == [500, 418]


def test_a_script_comes_by_http_as_well(call: Call) -> None:
    script = {"match": {"path": "/3.0/ping"}, "answers": [{"status": 503, "delay": 0.0}], "times": 1}

    taken = call("POST", "/script", json=script)

    assert (taken.status, call("GET", "/3.0/ping").status) == (204, 503)


def test_a_reset_forgets_scripts(sandbox: Sandbox, call: Call) -> None:
    sandbox.script({}, [{"status": 418}])

    sandbox.reset()

    assert call("GET", "/3.0/ping").status == 200


@pytest.mark.parametrize(
    "answers", [[], [{"stauts": 500}], [{"status": 99}], [{"status": 100}], [{"delay": -1}]]
)
def test_a_script_that_makes_no_sense_is_refused(
    sandbox: Sandbox, call: Call, answers: list[dict[str, Any]]
) -> None:
    with pytest.raises(ValidationError):
        sandbox.script({}, answers)

    assert call("POST", "/script", json={"match": {}, "answers": answers}).status == 400


def test_stopping_does_not_wait_for_late_answers(http: urllib3.PoolManager) -> None:
    with start() as sandbox:
        sandbox.script({}, [{"delay": PATIENCE}])
        with pytest.raises(HTTPError):
            http.request("GET", sandbox.url + "/3.0/ping", timeout=0.1)
        begun = time.monotonic()

    assert time.monotonic() - begun < PATIENCE / 2
