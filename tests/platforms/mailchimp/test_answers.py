"""What Mailchimp's refusals mean, and how its SDK is held."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unauthorized, Unknown
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import SERVER_TIMEOUT, Mailchimp
from connector.platforms.mailchimp.answers import BUSY_WAIT, refusal
from connector.platforms.mailchimp.sdk import client
from connector.platforms.transport import Answer
from connector.sandbox import Limits, Sandbox, start
from tests.platforms.mailchimp.wish import AUDIENCE, do, wish
from tests.platforms.raw_server import RawServer

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer(status: int, body: object = None, **headers: str) -> Answer:
    content = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {} if body is None else {"content-type": "application/problem+json; charset=utf-8"}
    return Answer(status, kind | named, content, 1_795_000_000.0)


@pytest.mark.parametrize(
    ("title", "detail", "code"),
    [
        ("Member In Compliance State", "eva@example.com is in a compliance state", "compliance"),
        ("Forgotten Email Not Subscribed", "eva@example.com was permanently deleted", "forgotten"),
        (
            "Invalid Resource",
            "eva@example.com looks fake or invalid, please enter a real one",
            "fake_address",
        ),
        ("Invalid Resource", "Your merge fields were invalid.", "merge_fields"),
        ("Bad Request", "Something else.", ""),
    ],
)
def test_a_refusal_is_told_by_its_words(title: str, detail: str, code: str) -> None:
    refused = refusal(answer(400, {"title": title, "detail": detail, "status": 400}))

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.words) == (code, f"HTTP 400: {title}: {detail}")


def test_an_address_that_is_on_many_lists_is_tried_much_later() -> None:
    detail = "eva@example.com has signed up to a lot of lists very recently; not allowing more"

    refused = refusal(answer(400, {"title": "Invalid Resource", "detail": detail}))

    assert isinstance(refused, Transient)
    assert refused.retry_after == BUSY_WAIT


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_without_a_document_is_a_throttle(status: int) -> None:
    refused = refusal(answer(status, retry_after="9"))

    assert isinstance(refused, Transient)
    assert refused.retry_after == 9


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_pauses_the_connection(status: int) -> None:
    assert isinstance(refusal(answer(status, {"title": "API Key Invalid"})), Unauthorized)


def test_a_server_error_leaves_it_unknown() -> None:
    assert isinstance(refusal(answer(502)), Unknown)


@given(
    st.integers(100, 599), st.recursive(st.none() | st.text(), lambda one: st.dictionaries(st.text(), one))
)
def test_any_answer_means_something(status: int, body: object) -> None:
    refused = refusal(answer(status, body))

    assert isinstance(refused, DispatchError) is not (200 <= status < 300)


def test_a_revoked_key_is_told_by_the_account(sandbox: Sandbox) -> None:
    platform = Mailchimp("revoked-us21", AUDIENCE, base_url=sandbox.mailchimp_url)

    with pytest.raises(Unauthorized, match="API key"):
        platform.account()


def test_the_account_is_the_user(mailchimp: Mailchimp) -> None:
    assert mailchimp.account() == "mailchimp:20260101"


def test_one_connection_too_many_is_tried_again() -> None:
    with start(limits=Limits(mailchimp_connections=0)) as sandbox:
        platform = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url)

        outcome = do(platform, wish("update_member", {}))

    assert isinstance(outcome, Transient)
    assert outcome.status == 429


@pytest.mark.parametrize(
    "token", ["", "abc", "abc-", "abc-us21.evil.example", "abc-us2121", "abc-us\u0662\u0661", "-us7"]
)
def test_a_key_without_a_data_centre_is_refused_at_once(token: str) -> None:
    with pytest.raises(SettingsError, match="data centre") as refused:
        Mailchimp(token, AUDIENCE)

    assert not token or token not in str(refused.value)


def test_a_call_that_was_given_up_has_ended_after_mailchimps_own_time() -> None:
    assert Mailchimp("abc-us21", AUDIENCE, deadline=20.0).deadline == SERVER_TIMEOUT
    assert Mailchimp("abc-us21", AUDIENCE, base_url="http://127.0.0.1:1", deadline=20.0).deadline == 20.0


def test_many_calls_use_one_connection() -> None:
    with RawServer(NO_CONTENT, keeps_open=True) as server:
        platform = Mailchimp("abc-us21", AUDIENCE, base_url=server.url)
        outcomes = [do(platform, wish("start_journey", {"journey": 7, "step": 9})) for _ in range(3)]
        platform.close()

    assert all(isinstance(one, Done) for one in outcomes)
    assert server.connections == 1


def test_every_part_of_a_path_is_quoted_whole() -> None:
    asked: list[tuple[str, str, bytes | None]] = []

    def send(method: str, target: str, body: bytes | None) -> Answer:
        asked.append((method, target, body))
        return answer(204)

    client(send).ecommerce.get_order("server-1", "A/1?x", fields=["id", "lines"])
    client(send).lists.set_list_member("a", "b", {"language": "nl"}, skip_merge_validation=True)

    assert asked[0] == ("GET", "/ecommerce/stores/server-1/orders/A%2F1%3Fx?fields=id%2Clines", None)
    assert asked[1] == ("PUT", "/lists/a/members/b?skip_merge_validation=true", b'{"language": "nl"}')


def test_the_sdk_is_loaded_when_it_is_first_used() -> None:
    code = "import sys; import connector.platforms.mailchimp; sys.exit('mailchimp_marketing' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
