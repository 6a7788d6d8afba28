"""Posts to an address of one's own: signed, told by an id, and only where they may go."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unknown
from connector.mapping.source import Verify
from connector.model.action import Action, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Done, Outcome
from connector.platforms.http import Http
from connector.platforms.http_arguments import Post
from connector.sandbox import Sandbox, start
from webhooks.verify import Signed, verify

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = {"email": "eva@example.com"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with start() as sandbox:
        yield sandbox


def http(url: str, secret: str | None = None, deadline: float = 5.0) -> Http:
    return Http(url, secret, clock=lambda: NOW, deadline=deadline)


def post(platform: Http, key: str = "a1b2", **arguments: Value) -> Outcome:
    cause = Cause("trigger:test", 0, "order.paid", "e1")
    action = Action(key, "till", "post", "c1", arguments, Kind.INTERNAL, cause, NOW)
    outcomes = platform.dispatch("post", [Call(action, Addressee("c1", None, None, has_consent=False))])
    platform.close()
    return outcomes[0]


def received(sandbox: Sandbox) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = sandbox.state()["http"]
    return held


def test_names_and_values_arrive_as_json(sandbox: Sandbox) -> None:
    body: Mapping[str, Value] = {
        "total": Decimal("12.50"), "count": Decimal("3"), "exact": Decimal("0.1234567890123456789"),
        "at": NOW, "day": date(2026, 11, 22), "is_first": True, "nothing": None, "items": [{"sku": "A/1"}],
    }  # fmt: skip

    outcome = post(http(sandbox.url + "/http/till"), body=body)

    assert outcome == Done()
    assert received(sandbox)[0]["headers"]["content-type"] == "application/json"
    assert received(sandbox)[0]["body"] == {
        "total": 12.5, "count": 3, "exact": "0.1234567890123456789",
        "at": "2026-11-22T10:00:00+00:00", "day": "2026-11-22", "is_first": True, "nothing": None,
        "items": [{"sku": "A/1"}],
    }  # fmt: skip


def test_a_text_arrives_as_it_is(sandbox: Sandbox) -> None:
    post(http(sandbox.url + "/http/till"), body="Eva paid € 12", headers={"X-Room": "7"})

    assert received(sandbox)[0]["body"] == "Eva paid € 12"
    assert received(sandbox)[0]["headers"]["content-type"] == "text/plain; charset=utf-8"
    assert received(sandbox)[0]["headers"]["x-room"] == "7"


def test_path_and_query_of_the_address_are_kept(sandbox: Sandbox) -> None:
    post(http(sandbox.url + "/http/till?shop=1"), body=BODY)

    assert sandbox.state()["calls"][0]["path"] == "/http/till"
    assert sandbox.state()["calls"][0]["query"] == {"shop": ["1"]}


def test_without_a_secret_nothing_is_signed(sandbox: Sandbox) -> None:
    post(http(sandbox.url + "/http/till"), body=BODY)

    assert "webhook-signature" not in received(sandbox)[0]["headers"]
    assert received(sandbox)[0]["headers"]["webhook-id"] == "a1b2"


@pytest.mark.parametrize("secret", [WHSEC, "a plain secret of some length", "pässwörd"])
def test_a_signature_is_one_that_standard_webhooks_accept(sandbox: Sandbox, secret: str) -> None:
    post(http(sandbox.url + "/http/till", secret), body="Eva paid € 12")

    came = received(sandbox)[0]
    request = Signed("POST", None, came["headers"], {}, came["body"].encode())
    assert verify(Verify("standard-webhooks"), request, [secret.encode()], NOW + timedelta(seconds=30))


def test_a_repeat_carries_the_same_id(sandbox: Sandbox) -> None:
    platform = http(sandbox.url + "/http/till")
    sandbox.script({"path": "/http/till"}, [{"apply": True, "drop": True}])

    first, second = post(platform, body=BODY), post(platform, body=BODY)

    assert isinstance(first, Unknown)
    assert second == Done()
    assert [one["headers"]["webhook-id"] for one in received(sandbox)] == ["a1b2", "a1b2"]


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_done(sandbox: Sandbox, status: int) -> None:
    sandbox.script({"path": "/http/till"}, [{"status": status}])

    assert post(http(sandbox.url + "/http/till"), body=BODY) == Done()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 501])
def test_a_refusal_is_final_and_says_why(sandbox: Sandbox, status: int) -> None:
    sandbox.script({"path": "/http/till"}, [{"status": status, "body": {"error": "no such room"}}])

    outcome = post(http(sandbox.url + "/http/till"), body=BODY)

    assert isinstance(outcome, Rejected)
    assert (outcome.status, outcome.words) == (status, f"HTTP {status}: no such room")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 524])
def test_what_may_pass_is_tried_again_when_asked(sandbox: Sandbox, status: int) -> None:
    sandbox.script({"path": "/http/till"}, [{"status": status, "headers": {"Retry-After": "7"}}])

    outcome = post(http(sandbox.url + "/http/till"), body=BODY)

    assert isinstance(outcome, Transient)
    assert (outcome.status, outcome.retry_after) == (status, 7.0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(sandbox: Sandbox, status: int) -> None:
    sandbox.script({"path": "/http/till"}, [{"status": status, "headers": {"Location": "/http/other"}}])

    outcome = post(http(sandbox.url + "/http/till"), body=BODY)

    assert isinstance(outcome, Transient)
    assert [one["path"] for one in sandbox.state()["calls"]] == ["/http/till"]


def test_a_slow_answer_is_lost_at_the_deadline(sandbox: Sandbox) -> None:
    sandbox.script({"path": "/http/till"}, [{"delay": 3.0}])

    assert isinstance(post(http(sandbox.url + "/http/till", deadline=0.4), body=BODY), Unknown)


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[fe80::1]",
        "[fd00::1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]",
        "[2002:a00:1::]",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_posted_to(host: str) -> None:
    outcome = post(http(f"https://{host}/latest/meta-data"), body=BODY)

    assert isinstance(outcome, Transient)
    assert "not a public address" in outcome.words


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/in",
        "http://10.0.0.1/in",
        "ftp://hooks.example.com/in",
        "//hooks.example.com",
        "https://eva:secret@hooks.example.com/in",
        "https://[hooks",
        "",
    ],
)
def test_an_address_that_is_not_allowed_is_refused_at_once(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        http(url)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64"])
def test_a_secret_that_is_no_key_is_refused_at_once(secret: str) -> None:
    with pytest.raises(SettingsError, match="base64"):
        http("https://hooks.example.com", secret)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Host": "inner.example.com"}, "host"),
        ({"Webhook-Id": "7"}, "webhook-id"),
        ({"Content-Length": "3"}, "content-length"),
        ({"X-Room": "7\r\nX-Other: 8"}, "headers"),
        ({"X Room": "7"}, "headers"),
    ],
)
def test_a_header_that_is_not_free_is_refused_without_a_call(
    sandbox: Sandbox, headers: Mapping[str, str], told: str
) -> None:
    outcome = post(http(sandbox.url + "/http/till"), body=BODY, headers=headers)

    assert isinstance(outcome, Rejected)
    assert told in outcome.words
    assert received(sandbox) == []


def test_the_account_is_the_host() -> None:
    assert http("https://hooks.example.com:8443/in?key=1").account() == "http:hooks.example.com:8443"


def test_a_post_cannot_be_looked_up() -> None:
    platform = http("https://hooks.example.com/in")
    cause = Cause("trigger:test", 0, "order.paid", "e1")
    action = Action("a1b2", "till", "post", "c1", {"body": BODY}, Kind.INTERNAL, cause, NOW)

    with pytest.raises(DispatchError):
        platform.look_up(Call(action, Addressee("c1", None, None, has_consent=False)))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_whatever_a_mapping_can_hold_can_be_written(body: dict[str, Any]) -> None:
    _, content = Post(body=body).written()

    assert json.loads(content).keys() == body.keys()
