"""The transport against a server that misbehaves in every way that we know of."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util.wait import wait_for_read

from connector.errors import Rejected, SettingsError, Transient, Unauthorized, Unknown
from connector.platforms.base import UNTRIED
from connector.platforms.transport import Answer, Heard, Transport, classify, retry_after
from connector.platforms.wire import is_public
from tests.patience import PATIENCE
from tests.platforms.raw_server import RawServer, self_signed

NOW = 1_795_000_000.0


def answer(status: int = 200, body: bytes = b"", kind: str = "application/json", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": kind, **named}, body, NOW)


def transport(url: str, deadline: float = 2.0) -> Transport:
    return Transport(url, headers={"Authorization": "Bearer pat-test"}, deadline=deadline, allow_plain=True)


def said(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def test_a_whole_answer_comes_back_with_lower_case_headers() -> None:
    with RawServer(said("200 OK", b'{"id": "1"}', "X-Thing: yes")) as server:
        found = transport(server.url).request("POST", "/crm?a=1", body=b"{}")

    assert (found.status, found.json(), found.headers["x-thing"]) == (200, {"id": "1"}, "yes")
    assert server.received[0].startswith(b"POST /crm?a=1 HTTP/1.1\r\n")
    assert b"Authorization: Bearer pat-test" in server.received[0]
    assert b"Accept-Encoding: identity" in server.received[0]


def test_two_requests_use_one_connection() -> None:
    with RawServer(said("200 OK", b"{}"), keeps_open=True) as server:
        client = transport(server.url)
        client.request("GET", "/a")
        client.request("GET", "/b")

    assert (server.connections, len(server.received)) == (1, 2)


def test_a_connection_that_the_other_side_has_ended_is_opened_anew() -> None:
    with RawServer(said("200 OK", b"{}")) as server:
        client = transport(server.url)
        client.request("GET", "/a")
        wait_for_read(client._wire.sock, timeout=PATIENCE)

        client.request("GET", "/b")

    assert (server.connections, len(server.received)) == (2, 2)


def test_a_request_under_way_is_answered_though_its_connection_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = transport(f"http://127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=_answers_late, args=(listener, client), daemon=True).start()

        found = client.request("GET", "/")

    assert found.status == 200


def _answers_late(listener: socket.socket, client: Transport) -> None:
    connection, _ = listener.accept()
    connection.recv(65536)
    client.close()
    connection.sendall(said("200 OK", b"{}"))
    connection.close()


def test_after_an_answer_that_is_not_final_a_new_connection_is_opened() -> None:
    with RawServer(b"HTTP/1.1 103 Early Hints\r\n\r\n", keeps_open=True) as server:
        client = transport(server.url)
        for _ in range(2):
            with pytest.raises(Unknown, match="HTTP 103"):
                client.request("POST", "/", body=b"{}")

    assert server.connections == 2


def test_of_what_is_no_http_only_the_beginning_is_told() -> None:
    said_instead = b"SSH-2.0 \x1b[1m" + b"x" * 5000 + b"\r\n\r\n"

    with RawServer(said_instead) as server, pytest.raises(Unknown, match=r"lost: SSH-2\.0 \[1mx") as lost:
        transport(server.url).request("POST", "/", body=b"{}")

    assert len(lost.value.words) < 300


def test_an_answer_before_the_whole_request_is_heard() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = transport(f"http://127.0.0.1:{listener.getsockname()[1]}")
        threading.Thread(target=_refuses_at_once, args=(listener,), daemon=True).start()

        found = client.request("POST", "/", body=b"x" * 20_000_000)

    assert found.status == 413


def _refuses_at_once(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.sendall(said("413 Too Large", b"{}"))
    connection.shutdown(socket.SHUT_RD)
    connection.close()


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/a%20b?c=d,e", b"/a%20b?c=d,e"),
        ("/hooks/café|1?naam=Zoë", b"/hooks/caf%C3%A9%7C1?naam=Zo%C3%AB"),
        ("/100%?a=5%", b"/100%25?a=5%25"),
    ],
)
def test_an_address_is_sent_in_plain_signs(url: str, sent: bytes) -> None:
    with RawServer(said("200 OK", b"{}")) as server:
        transport(server.url).request("GET", url)

    assert server.received[0].split(b" ")[1] == sent


def test_nothing_is_sent_when_the_shared_time_is_over() -> None:
    with RawServer(said("200 OK", b"{}")) as server:
        client = transport(server.url)
        with client.one_deadline(0.0), pytest.raises(Transient) as untried:
            client.request("GET", "/a")

    assert untried.value.code == UNTRIED
    assert server.received == []


def test_who_is_not_let_in_does_not_wait_any_more() -> None:
    @contextmanager
    def closed(method: str, target: str, within: float) -> Iterator[Heard]:
        if within < 60:
            raise Transient("too late", code=UNTRIED)
        yield lambda _: None

    told: list[bool] = []
    client = transport("http://127.0.0.1:9")
    client.gate, client.turn = closed, told.append

    with pytest.raises(Transient):
        client.request("GET", "/a")

    assert told == [True, False]


def test_the_path_of_the_base_stands_before_a_path() -> None:
    with RawServer(said("200 OK", b"{}")) as server:
        transport(server.url + "/3.0").request("GET", "/ping")
        transport(server.url + "/3.0").request("GET", server.url + "/3.0/lists?count=1")

    assert [line.split(b" ")[1] for line in server.received] == [b"/3.0/ping", b"/3.0/lists?count=1"]


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([], id="dropped after the request"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{}"], id="truncated"),
        pytest.param([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"], id="broken chunk"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n", b"x" * 400_000], id="too long"),
        pytest.param([b"SSH-2.0-OpenSSH_9.2\r\n"], id="not HTTP"),
    ],
)
def test_an_answer_that_was_lost_is_unknown(pieces: list[bytes]) -> None:
    with RawServer(*pieces) as server, pytest.raises(Unknown):
        transport(server.url).request("POST", "/", body=b"{}")

    assert len(server.received) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([b"H"] * 1000, id="headers"),
        pytest.param([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] + [b"x"] * 1000, id="body"),
    ],
)
def test_a_dripping_answer_ends_at_the_deadline(pieces: list[bytes]) -> None:
    """To its end it would take a hundred seconds."""
    began = time.monotonic()

    with RawServer(*pieces, pause=0.1) as server, pytest.raises(Unknown, match="time for it was over"):
        transport(server.url, deadline=0.5).request("GET", "/")

    assert time.monotonic() - began < PATIENCE / 2


def test_several_requests_can_share_one_deadline() -> None:
    with RawServer(said("200 OK", b"{}"), pause=0.3, keeps_open=True) as server:
        client = transport(server.url, deadline=0.7)
        with client.one_deadline(), pytest.raises((Unknown, Transient)):
            _ = [client.request("GET", "/") for _ in range(10)]


@pytest.mark.parametrize(("deadline", "most"), [(2.0, 1.0), (6.0, 3.0), (15.0, 11.0)])
def test_a_request_that_waits_for_its_turn_keeps_time_for_an_answer(deadline: float, most: float) -> None:
    waits: list[float] = []

    @contextmanager
    def gate(method: str, target: str, within: float) -> Iterator[Heard]:
        waits.append(within)
        yield lambda _: None

    with RawServer(said("200 OK", b"{}")) as server:
        client = transport(server.url, deadline)
        client.gate = gate
        client.request("GET", "/")

    assert 0 < waits[0] <= most


def test_a_refused_connection_certainly_did_nothing() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{bound.getsockname()[1]}"

        with pytest.raises(Transient, match=f"{place} cannot be reached: .*refused"):
            transport(f"http://{place}").request("POST", "/", body=b"{}")


def test_a_name_without_an_address_certainly_did_nothing() -> None:
    with pytest.raises(Transient, match="cannot be resolved"):
        Transport("https://nobody.invalid", headers={}).request("POST", "/")


def test_a_server_without_tls_certainly_did_nothing() -> None:
    with RawServer(b"HTTP/1.1 400 Bad Request\r\n\r\n") as server, pytest.raises(Transient):
        transport(server.url.replace("http:", "https:")).request("POST", "/", body=b"{}")


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with (
        RawServer(said("200 OK", b"{}"), tls=self_signed(tmp_path)) as server,
        pytest.raises(Transient, match="certificate"),
    ):
        transport(server.url).request("POST", "/", body=b"{}")

    assert server.received == []


@pytest.mark.parametrize(
    ("host", "name", "error"),
    [
        ("127.0.0.1", "IP:127.0.0.1", ""),
        ("127.0.0.1", "DNS:example.com", "IP address mismatch"),
        ("localhost", "DNS:localhost", ""),
        ("localhost", "email:localhost@example.com", "Hostname mismatch"),
    ],
)
def test_only_who_proves_their_name_is_told_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, name: str, error: str
) -> None:
    """The common name, which is `localhost` in all of these, proves nothing (RFC 9525)."""
    tls = self_signed(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    expected = pytest.raises(Transient, match=error) if error else nullcontext()

    with RawServer(said("200 OK", b"{}"), tls=tls) as server, expected:
        transport(f"https://{host}:{server.port}").request("POST", "/", body=b"{}")

    assert len(server.received) == (0 if error else 1)


@pytest.mark.parametrize("url", ["https://10.0.0.1", "https://169.254.169.254", "https://[::ffff:10.0.0.1]"])
def test_a_private_address_is_not_connected_to(url: str) -> None:
    with pytest.raises(Transient, match="not a public address"):
        Transport(url, headers={}).request("GET", "/")


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "ftp://api.example.com",
        "https://",
        "https://localhost",
        "https://127.0.0.1",
        "https://a:b@example.com",
        "https://example.com?key=1",
        "https://[",
        "https://example.com:99999",
        "",
    ],
)
def test_a_base_that_is_no_platform_is_refused_at_once(url: str) -> None:
    with pytest.raises(SettingsError):
        Transport(url, headers={})


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(SettingsError, match="https only"):
        Transport("http://api.example.com", headers={}, allow_plain=True)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "https://127.0.0.1/", "//evil.example/", "/a/../b", "/./b"]
)
def test_an_address_outside_the_base_is_rejected(url: str) -> None:
    with RawServer(said("200 OK", b"{}")) as server:
        client = transport(server.url)
        with pytest.raises(Rejected):
            client.request("GET", url)

    assert server.received == []


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with RawServer(said("302 Found", b"", "Location: http://169.254.169.254/")) as server:
        found = transport(server.url).request("POST", "/", body=b"{}")

    refusal = classify(found)
    assert isinstance(refusal, Transient)
    assert "169.254.169.254" in refusal.words
    assert len(server.received) == 1


def test_a_compressed_answer_is_never_undone() -> None:
    with RawServer(said("200 OK", b"\x1f\x8b\x08\x00bomb", "Content-Encoding: gzip")) as server:
        found = transport(server.url).request("GET", "/")

    assert found.json() is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None), (201, None), (204, None), (207, None),
        (302, Transient), (307, Transient), (303, Unknown),
        (400, Rejected), (404, Rejected), (405, Rejected), (409, Rejected), (410, Rejected), (422, Rejected),
        (401, Unauthorized), (403, Unauthorized),
        (408, Transient), (423, Transient), (425, Transient), (429, Transient), (477, Transient),
        (501, Rejected), (503, Transient), (500, Unknown), (502, Unknown), (504, Unknown), (520, Unknown),
        (524, Unknown), (599, Unknown), (103, Unknown),
    ],
)  # fmt: skip
def test_a_status_says_what_happens_next(status: int, kind: type[Exception] | None) -> None:
    refusal = classify(answer(status))

    assert type(refusal) is (kind or type(None))


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0), ("1.5", 1.5), ("999999", 3600.0), (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), None), (formatdate(NOW + 1e6, usegmt=True), 3600.0),
        ("0", None), ("-3", None), ("soon", None), ("", None), ("1e3", None), ("inf", None), ("٣", None),
        ("Fri, 99 Foo 9999 99:99:99 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms_and_bounded(header: str, wait: float | None) -> None:
    assert retry_after(answer(429, retry_after=header), NOW) == wait


@given(st.text())
def test_no_retry_after_breaks_us(header: str) -> None:
    wait = retry_after(answer(429, retry_after=header), NOW)

    assert wait is None or 0 < wait <= 3600


@given(st.binary(), st.sampled_from(["application/json", "application/problem+json", "text/html", "x", ""]))
def test_any_body_can_be_put_into_words(body: bytes, kind: str) -> None:
    found = answer(500, body, kind)

    assert len(found.words) < 1100
    assert found.words.isprintable()


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (
            b'{"message": "No such id", "errors": [{"message": "id 7"}]}',
            "application/json",
            "No such id; id 7",
        ),
        (b'{"title": "Bad", "detail": "Fake"}', "application/problem+json; charset=utf-8", "Bad: Fake"),
        (b"<html><head><title>x</title></head><h1>Gone\n wrong</h1></html>", "text/html", "Gone wrong"),
        (b"", "text/html", "an empty answer"),
        (b'{"message": "' + b"a\\n" * 2 + b'"}', "application/json", "a a"),
        (b'{"errors": [' * 300 + b"1" + b"]}" * 300, "application/json", '{"errors": [' * 16 + '{"errors'),
        (b"[" * 5000, "application/json", "[" * 200),
    ],
)
def test_words_are_those_of_the_platform(body: bytes, kind: str, words: str) -> None:
    assert answer(400, body, kind).words == f"HTTP 400: {words}"


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
        "ff02::1",
    ],
)  # fmt: skip
def test_an_inner_address_is_not_public_in_any_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)
