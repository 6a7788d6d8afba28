"""The sandbox itself: connections, its own pages, http targets, limits, start and stop."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from connector.sandbox import Limits, Sandbox, start
from tests.patience import PATIENCE

Call = Callable[..., urllib3.BaseHTTPResponse]
AUTHORIZED = {"Authorization": "Bearer pat-test"}
PATHS = [
    "/crm/v3/objects/contacts/batch/upsert",
    "/crm/v3/objects/contacts/batch/read",
    "/crm/v3/objects/contacts/search",
    "/crm/v3/objects/contacts",
    "/crm/v3/objects/tasks",
    "/crm/v3/properties/contacts",
    "/crm/v3/lists",
    "/automation/v4/sequences/enrollments",
    "/events/v3/send",
    "/3.0/lists/57afe96172/members",
    "/3.0/lists/57afe96172/merge-fields",
    "/3.0/customer-journeys/journeys/1/steps/1/actions/trigger",
    "/script",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "inputs",
                    "id",
                    "idProperty",
                    "properties",
                    "email",
                    "email_address",
                    "status",
                    "merge_fields",
                    "FNAME",
                    "ADDRESS",
                    "associations",
                    "filterGroups",
                    "name",
                    "type",
                    "options",
                    "after",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_one_connection_carries_many_calls(sandbox: Sandbox) -> None:
    with urllib3.HTTPConnectionPool("127.0.0.1", int(sandbox.url.rpartition(":")[2]), retries=False) as pool:
        for path in ("/account-info/v3/details", "/crm/v3/objects/contacts/9", "/3.0/ping", "/state"):
            pool.request("GET", path, headers=AUTHORIZED)

        assert pool.num_connections == 1
        assert pool.num_requests == 4


def test_the_state_is_the_same_by_http_and_in_python(sandbox: Sandbox, call: Call) -> None:
    call("POST", "/crm/v3/objects/contacts", json={"properties": {"email": "eva@example.com"}})

    assert call("GET", "/state").json() == sandbox.state()


def test_every_call_is_kept_with_its_answer_and_without_its_token(sandbox: Sandbox, call: Call) -> None:
    call("POST", "/crm/v3/objects/contacts?x=1&x=2", json={"properties": {"email": "nobody"}})
    call("GET", "/3.0/ping")

    first, second = sandbox.state()["calls"]
    assert first.pop("at").endswith("Z")
    assert first == {
        "platform": "hubspot",
        "method": "POST",
        "path": "/crm/v3/objects/contacts",
        "query": {"x": ["1", "2"]},
        "body": {"properties": {"email": "nobody"}},
        "status": 400,
    }
    assert (second["platform"], second["body"], second["status"]) == ("mailchimp", None, 200)
    assert "pat-test" not in json.dumps(sandbox.state())


def test_a_reset_forgets_everything(sandbox: Sandbox, call: Call) -> None:
    before = sandbox.state()
    call("POST", "/crm/v3/objects/contacts", json={"properties": {"email": "eva@example.com"}})
    call("POST", "/http/anything", body="x")

    answer = call("POST", "/reset")

    assert answer.status == 204
    assert sandbox.state() == before


def test_the_first_page_says_what_this_is(call: Call) -> None:
    answer = call("GET", "/")

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert b"GET  /state" in answer.data


@pytest.mark.parametrize(("body", "shown"), [(b'{"a": 1}', {"a": 1}), (b"a=1", "a=1"), (b"\xff", "\ufffd")])
def test_an_http_target_keeps_headers_and_body(
    sandbox: Sandbox, call: Call, body: bytes, shown: object
) -> None:
    answer = call("PUT", "/http/erp/orders", body=body, headers={"Webhook-Id": "msg_1"})

    (posted,) = sandbox.state()["http"]
    assert answer.status == 200
    assert (posted["method"], posted["path"], posted["body"]) == ("PUT", "/http/erp/orders", shown)
    assert posted["headers"]["webhook-id"] == "msg_1"
    assert "authorization" not in posted["headers"]


def test_a_body_that_is_too_large_or_of_unknown_length_is_refused(sandbox: Sandbox, http: Any) -> None:
    large = http.request("POST", sandbox.url + "/http/x", headers={"Content-Length": str(2**30)}, body=b"")
    chunked = http.request("POST", sandbox.url + "/http/x", body=iter([b"x"]), chunked=True)

    assert (large.status, chunked.status) == (413, 411)


@given(path=st.sampled_from(PATHS), body=json_values.map(json.dumps) | st.text())
def test_whatever_is_posted_is_answered(running: Sandbox, path: str, body: str) -> None:
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("POST", running.url + path, body=body.encode(), headers=AUTHORIZED)

    assert answer.status in {200, 201, 204, 207, 400, 404, 409}


def test_hubspot_takes_so_many_calls_in_ten_seconds(http: urllib3.PoolManager) -> None:
    clock = [0.0]
    with start(limits=Limits(hubspot_per_ten_seconds=2), clock=lambda: clock[0]) as sandbox:
        url = sandbox.url + "/account-info/v3/details"
        answers = [http.request("GET", url, headers=AUTHORIZED) for _ in range(3)]
        clock[0] = 10.0
        answers.append(http.request("GET", url, headers=AUTHORIZED))

    assert [answer.status for answer in answers] == [200, 200, 429, 200]
    assert answers[1].headers["X-HubSpot-RateLimit-Remaining"] == "0"
    assert answers[2].json()["policyName"] == "TEN_SECONDLY_ROLLING"


@pytest.mark.parametrize(
    ("limits", "path", "policy"),
    [
        (Limits(hubspot_per_day=1), "/crm/v3/objects/contacts/batch/read", "DAILY"),
        (Limits(hubspot_searches_per_second=1), "/crm/v3/objects/contacts/search", "SECONDLY"),
    ],
)
def test_hubspot_has_limits_by_day_and_by_search(
    http: urllib3.PoolManager, limits: Limits, path: str, policy: str
) -> None:
    with start(limits=limits, clock=lambda: 0.0) as sandbox:
        body: dict[str, list[str]] = {"inputs": [], "filterGroups": []}
        answers = [http.request("POST", sandbox.url + path, json=body, headers=AUTHORIZED) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 429]
    assert answers[1].json()["policyName"] == policy


def test_mailchimp_takes_so_many_calls_at_the_same_time(http: urllib3.PoolManager) -> None:
    with start(limits=Limits(mailchimp_connections=1)) as sandbox:
        sandbox.script({"path": "/3.0/lists"}, [{"drip": 30.0}])
        slow = http.request("GET", sandbox.url + "/3.0/lists", headers=AUTHORIZED, preload_content=False)
        second = http.request("GET", sandbox.url + "/3.0/ping", headers=AUTHORIZED)
        slow.close()

    assert (slow.status, second.status) == (200, 429)
    assert second.json()["title"] == "Too Many Requests"


def test_a_stopped_sandbox_ends_waiting_connections_and_frees_its_port() -> None:
    sandbox = start()
    port = int(sandbox.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        first = kept.recv(65536)

        sandbox.stop()
        sandbox.stop()

        assert first.startswith(b"HTTP/1.1 200")
        assert kept.recv(65536) == b""
    with start(port) as again:
        assert again.url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_with_a_signal(number: int) -> None:
    program = (
        "from connector.sandbox import serve; serve(0, ready=lambda sandbox: print(sandbox.url, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")

        process.send_signal(number)

        assert process.wait(PATIENCE) == 0
