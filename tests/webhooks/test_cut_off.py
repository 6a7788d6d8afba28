"""What is answered to a request that did not come as far as its end."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from typing import NoReturn, cast

import pytest

from connector.errors import TooLarge
from tests.patience import until
from tests.webhooks.lodging import Lodging, Still
from tests.webhooks.rig import Rig
from tests.webhooks.wire import connect, post, serving, talk
from webhooks.body import LIMIT
from webhooks.connection import Wire
from webhooks.house import House
from webhooks.message import Request
from webhooks.patience import Patience
from webhooks.reading import HEADERS_LIMIT

TOO_LARGE = f"Content-Length: {LIMIT + 1}\r\n\r\n".encode()
PERSONAL = "eva@example.com"
NO_CHUNK = b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"


def breaks(_: object) -> NoReturn:
    raise ValueError(PERSONAL)


class Gone(Still):
    """A transport whose other end is not there any more."""

    is_aborted = False

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> NoReturn:
        raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))

    def abort(self) -> None:
        self.is_aborted = True


@pytest.mark.parametrize(("method", "has_body"), [(b"GET", True), (b"HEAD", False)])
@pytest.mark.parametrize(
    ("path", "rest", "status"),
    [
        (b"/", TOO_LARGE, b"413"),
        (b"/", NO_CHUNK, b"400"),
        (b"/webhooks/mailchimp", NO_CHUNK, b"400"),
        (b"/", b"Transfer-Encoding: gzip\r\n\r\n", b"400"),
        (b"/", b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n", b"400"),
        (b"/", b"no header\r\n\r\n", b"400"),
        (b"/", b"Long: " + b"x" * HEADERS_LIMIT + b"\r\n\r\n", b"431"),
    ],
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
    monkeypatch.setattr(front, step, breaks)
    with serving(front) as server, caplog.at_level(logging.ERROR):
        said = talk(server, post(path, b"{}"))

    assert said.startswith(b"HTTP/1.1 500 ")
    assert b'"internal_error"' in said
    assert "ValueError" in caplog.text
    assert PERSONAL not in caplog.text


def test_an_error_of_ours_while_the_connection_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Rig().front.receiver
    monkeypatch.setattr(receiver, "_doors", breaks)

    with caplog.at_level(logging.ERROR):
        said = receiver.cut_off(Request("POST", "/webhooks/woocommerce"), TooLarge("It is too large."))

    assert said.status == 500
    assert "ValueError" in caplog.text


def test_what_breaks_with_one_connection_leaves_the_others_their_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Rig().front, Patience(headers=0.6)) as server, connect(server) as broken:
        assert until(lambda: len(server._wires) == 1)
        monkeypatch.setattr(next(iter(server._wires)), "check", breaks)
        with connect(server) as other:
            assert broken.recv(100) == b""
            assert other.recv(100) == b""
    assert "ValueError" in caplog.text


def test_a_sender_that_has_gone_before_he_can_be_told() -> None:
    """asyncio raises that at once where the other end is on the same machine."""
    wire, transport = Wire(cast(House, Lodging())), Gone()
    wire.connection_made(cast(asyncio.Transport, transport))
    wire.data_received(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n1234")

    wire.check(1e9)

    assert transport.is_aborted
