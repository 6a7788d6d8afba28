"""Senders that cannot sign: a token, or a user and a password. They tell who sends, and prove no bytes."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from connector.errors import BadSignature, NotFound, SignatureMissing, Unavailable
from connector.mapping.source import Verify
from tests.webhooks.signing import NOW, request
from webhooks.verify import Signed, verify

SECRET = b"a-secret-of-at-least-24-bytes"
USER = b"shop:" + SECRET
BASIC = Verify("basic")


def test_a_token_may_stand_in_a_header_behind_a_prefix() -> None:
    rule = Verify("token", header="Authorization", prefix="Bearer ")

    assert verify(rule, request({"authorization": "Bearer " + SECRET.decode()}), [SECRET], NOW) is False


@pytest.mark.parametrize(
    "text", ["", "Bearer", "Bearer ", "Bearer wrong", SECRET.decode(), "bearer " + SECRET.decode()]
)
def test_a_wrong_token_is_a_bad_signature(text: str) -> None:
    rule = Verify("token", header="Authorization", prefix="Bearer ")

    with pytest.raises(BadSignature):
        verify(rule, request({"authorization": text}), [SECRET], NOW)


def test_a_token_may_stand_in_the_query() -> None:
    asked = replace(request({}), query={"key": SECRET.decode()})

    assert verify(Verify("token", query="key"), asked, [SECRET], NOW) is False


def test_a_missing_token_has_a_code_of_its_own() -> None:
    with pytest.raises(SignatureMissing):
        verify(Verify("token", header="X-Token", query="key"), request({}), [SECRET], NOW)


def test_a_source_may_ask_for_nothing() -> None:
    assert verify(Verify("none"), request({}), [], NOW) is False


def test_a_token_may_stand_in_the_path() -> None:
    in_path = replace(request({}), token=SECRET.decode())

    assert verify(Verify("token", path=True), in_path, [b"other", SECRET], NOW) is False


def test_a_wrong_token_in_the_path_is_an_address_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        verify(Verify("token", path=True), replace(request({}), token="wrong"), [SECRET], NOW)


def with_credentials(text: bytes, scheme: str = "Basic") -> Signed:
    return request({"authorization": f"{scheme} {base64.b64encode(text).decode()}"})


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_a_user_and_a_password_prove_the_sender(scheme: str) -> None:
    assert verify(BASIC, with_credentials(USER, scheme), [b"shop:old", USER], NOW) is False


@pytest.mark.parametrize(
    "text", [b"", b"shop", b"shop:", b"Shop:" + SECRET, USER + b"\n", b"shop:" + SECRET[:-1], SECRET, b"\xff"]
)
def test_another_user_or_password_is_refused(text: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(BASIC, with_credentials(text), [USER], NOW)


@pytest.mark.parametrize("text", ["Basic", "Basic é", "Basic " + USER.decode(), "Basic ====", "Basic a b"])
def test_credentials_that_are_written_otherwise_are_refused(text: str) -> None:
    with pytest.raises(BadSignature):
        verify(BASIC, request({"authorization": text}), [USER], NOW)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer x"}, {"authorization": ""}])
def test_missing_credentials_have_a_code_of_their_own(headers: dict[str, str]) -> None:
    with pytest.raises(SignatureMissing):
        verify(BASIC, request(headers), [USER], NOW)


def test_without_a_password_of_ours_the_fault_is_ours() -> None:
    with pytest.raises(Unavailable):
        verify(BASIC, with_credentials(USER), [], NOW)
