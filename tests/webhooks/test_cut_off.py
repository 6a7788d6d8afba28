"""What is answered to a request that did not come as far as its end."""

from __future__ import annotations

import logging

import pytest

from tests.webhooks.rig import Rig
from tests.webhooks.wire import post, serving, talk
from webhooks.body import LIMIT
from webhooks.message import Request

TOO_LARGE = f"Content-Length: {LIMIT + 1}\r\n\r\n".encode()
PERSONAL = "eva@example.com"
NO_CHUNK = b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"


@pytest.mark.parametrize(("method", "has_body"), [(b"GET", True), (b"HEAD", False)])
@pytest.mark.parametrize(
    ("path", "rest", "status"),
    [(b"/", TOO_LARGE, b"413"), (b"/", NO_CHUNK, b"400"), (b"/webhooks/mailchimp", NO_CHUNK, b"400")],
)
def test_the_answer_to_head_has_no_body(
    path: bytes, rest: bytes, status: bytes, method: bytes, has_body: bool
) -> None:
    with serving(Rig().front) as server:
        said = talk(server, method + b" " + path + b" HTTP/1.1\r\nHost: localhost\r\n" + rest)
    head, _, body = said.partition(b"\r\n\r\n")

    assert head.split()[1] == status
    assert bool(body) is has_body
    assert b"Content-Length: 0" not in head


@pytest.mark.parametrize("step", ["refuses", "take"])
@pytest.mark.parametrize("path", ["/", "/webhooks/woocommerce"])
def test_an_error_of_ours_is_ours_and_written_down(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str, step: str
) -> None:
    front = Rig().front

    def breaks(_request: Request) -> None:
        raise ValueError(PERSONAL)

    monkeypatch.setattr(front, step, breaks)
    with serving(front) as server, caplog.at_level(logging.ERROR):
        said = talk(server, post(path, b"{}"))

    assert said.startswith(b"HTTP/1.1 500 ")
    assert b'"internal_error"' in said
    assert "ValueError" in caplog.text
    assert PERSONAL not in caplog.text
