"""The server on real sockets: what it refuses by itself, what it passes on, and how it ends."""

from __future__ import annotations

import json
import logging
import re
import socket
import time
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from itertools import count
from threading import Event, Thread

import pytest
from flask import Flask, request

from connector.errors import SettingsError
from tests.patience import PATIENCE, until
from tests.webhooks.rig import THREADS
from tests.webhooks.signing import NOW
from tests.webhooks.wire import busy, chunks, connect, leaps, post, read_on, serving, stands_still, talk
from webhooks.body import LIMIT
from webhooks.front import Front
from webhooks.listen import bound
from webhooks.patience import Patience
from webhooks.receive import Receiver, Shelf
from webhooks.serve import GRACE_SECONDS, Server
from webhooks.shedding import Room

KEPT = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody"


def measuring(pages: Flask | None = None) -> Front:
    """A house without doors; its page says how long the body was that it read."""
    app = pages or Flask("measuring", static_folder=None)
    if pages is None:
        app.add_url_rule("/", "measure", lambda: str(len(request.get_data())), methods=["POST"])
    shelf = Shelf(lambda _: Future(), lambda *_: Future(), lambda: None)
    room = Room(time.monotonic, lambda: False)
    return Front(Receiver(lambda _: None, shelf, lambda: NOW, room), app, THREADS)


def status_of(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def document(said: bytes) -> dict[str, object]:
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    found: dict[str, object] = json.loads(body)
    return found


@pytest.mark.parametrize("size", [0, 1, 600_000, LIMIT])
def test_a_body_arrives_whole(size: int) -> None:
    with serving(measuring()) as server:
        said = talk(server, post("/", b"x" * size))

    assert said.endswith(b"\r\n\r\n%d" % size)


@pytest.mark.parametrize("size", [1, 600_000, LIMIT])
def test_a_chunked_body_arrives_whole(size: int) -> None:
    with serving(measuring()) as server:
        said = talk(server, post("/", chunks(b"x" * size), "Transfer-Encoding: chunked"))

    assert said.endswith(b"\r\n\r\n%d" % size)


def test_http_1_0_is_spoken_too() -> None:
    """WooCommerce posts with HTTP/1.0."""
    with serving(measuring()) as server:
        said = talk(server, post("/", b"12345", http="1.0"))

    assert said.endswith(b"\r\n\r\n5")


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 70_000, 5 * LIMIT])
def test_a_body_over_the_limit_is_413_by_its_length(size: int) -> None:
    """B18: just over the limit the application answers, far over it the server."""
    with serving(measuring()) as server:
        said = talk(server, post("/", b"", f"Content-Length: {size}") + b"x" * min(size, LIMIT + 1))

    assert document(said)["code"] == "too_large"


@pytest.mark.parametrize("size", [LIMIT + 1, 3 * LIMIT])
def test_a_body_over_the_limit_is_413_in_chunks(size: int) -> None:
    """B18: never the first megabyte with a 200."""
    with serving(measuring()) as server:
        said = talk(server, post("/", b"", "Transfer-Encoding: chunked"), chunks(b"x" * size, 50_000))

    assert said == b"" or document(said)["code"] == "too_large"


def test_a_body_that_trickles_over_the_limit_is_413() -> None:
    """B18: piece by piece, without an announced length."""
    pieces = [chunks(b"x" * 100_000, 10_000).removesuffix(b"0\r\n\r\n")] * 12

    with serving(measuring()) as server:
        said = talk(server, post("/", b"", "Transfer-Encoding: chunked"), *pieces)

    assert said == b"" or document(said)["code"] == "too_large"


def test_a_sender_that_goes_away_half_way_reaches_nobody() -> None:
    """B19: there is nobody left to answer, and the application is not asked."""
    with serving(measuring()) as server, connect(server) as wire:
        wire.sendall(post("/", b"0123456789", "Content-Length: 100"))
        wire.shutdown(socket.SHUT_WR)

        assert read_on(wire) == b""


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["Content-Length: 4", "Transfer-Encoding: chunked"], chunks(b"body")),
        (["Content-Length: 4", "Content-Length: 5"], b"body"),
        (["Content-Length: 4", "Content-Length: 4"], b"body"),
        (["Content-Length: -1"], b"body"),
        (["Content-Length: +4"], b"body"),
        (["Content-Length: 4 4"], b"body"),
        (["Transfer-Encoding: chunked"], b"zz\r\nbody\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"-4\r\nbody\r\n0\r\n\r\n"),
        (["Transfer-Encoding: chunked"], b"4\r\nbodybody\r\n0\r\n\r\n"),
        (["Transfer-Encoding: gzip, chunked"], chunks(b"body")),
        (["Transfer-Encoding: identity"], b"body"),
        (["Bad Header: 1"], b""),
        (["X-Folded: 1", "Evil\x00: 1"], b""),
    ],
)
def test_a_request_whose_end_is_unclear_is_refused(headers: list[str], body: bytes) -> None:
    """B20: how requests are smuggled past a proxy."""
    with serving(measuring()) as server:
        said = talk(server, post("/", body, *headers))

    assert status_of(said) == 400
    assert document(said)["status"] == 400


def test_chunks_over_http_1_0_are_refused() -> None:
    """B20: HTTP/1.0 has none."""
    with serving(measuring()) as server:
        said = talk(server, post("/", chunks(b"body"), "Transfer-Encoding: chunked", http="1.0"))

    assert document(said)["status"] == 400


def test_headers_over_the_limit_are_refused() -> None:
    """B21."""
    with serving(measuring()) as server:
        said = talk(server, post("/", b"", "X-Long: " + "x" * 1_000_000))

    assert said == b"" or document(said)["code"] == "headers_too_large"


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"\r\n\r\n", b"\xff" * 100]
)
def test_garbage_breaks_nothing(said: bytes) -> None:
    """B37: also the hello of TLS on a plain port."""
    with serving(measuring()) as server:
        with connect(server) as wire:
            wire.sendall(said)
        after = talk(server, post("/", b"12345"))

    assert after.endswith(b"\r\n\r\n5")


def test_the_server_does_not_say_what_it_is() -> None:
    with serving(measuring()) as server:
        said = talk(server, post("/", b""), b"")

    assert b"server:" not in said.lower()


@pytest.mark.parametrize(
    "said", [post("/", b"0123456789", "Content-Length: 100"), b"POST / HTTP/1.1\r\nHost"]
)
def test_a_request_that_does_not_get_complete_is_cut_off(said: bytes) -> None:
    """B20: however it trickles, it has so many seconds in all."""
    hasty = Patience(headers=0.6, request=0.6)

    with serving(measuring(), hasty) as server, connect(server) as wire:
        wire.sendall(said)
        for _ in range(10):
            time.sleep(0.1)
            with suppress(OSError):
                wire.sendall(b"x")

        assert document(read_on(wire))["code"] == "too_slow"


def test_a_connection_that_says_nothing_is_let_go() -> None:
    """B37."""
    with serving(measuring(), Patience(headers=0.3)) as server, connect(server) as wire:
        assert wire.recv(100) == b""


def test_a_connection_is_kept_for_the_next_request_but_not_for_ever() -> None:
    said = bytearray()

    with serving(measuring(), Patience(idle=1000)) as server, connect(server) as wire:
        for _ in range(2):
            wire.sendall(KEPT)
            said += wire.recv(1000)
        leaps(server, 1001)

        assert wire.recv(100) == b""
    assert said.count(b"200 OK") == 2


def test_a_connection_that_rests_makes_room_for_one_that_comes() -> None:
    server = Server(measuring(), [bound("127.0.0.1", 0)], most=3)
    running = Thread(target=server.run)
    running.start()

    with ExitStack() as open_ones:
        resting = [open_ones.enter_context(connect(server)) for _ in range(3)]
        said = [talk(server, post("/", b"12345")) for _ in range(2)]
        heard = resting[0].recv(100)
    server.stop()
    running.join(PATIENCE)

    assert [status_of(one) for one in said] == [200, 200]
    assert heard == b""


def test_where_no_connection_rests_a_newcomer_is_told_to_come_again() -> None:
    server = Server(measuring(), [bound("127.0.0.1", 0)], most=1)
    running = Thread(target=server.run)
    running.start()

    with connect(server) as begun:
        begun.sendall(post("/", b"1", "Content-Length: 100"))
        assert until(lambda: busy(server) == 1)
        said = talk(server)
    server.stop()
    running.join(PATIENCE)

    assert status_of(said) == 503


def test_answers_come_in_the_order_of_the_requests() -> None:
    """Requests that are sent without waiting for answers, some of which take longer."""
    pages = Flask("uneven", static_folder=None)

    @pages.post("/<name>")
    def uneven(name: str) -> str:
        time.sleep(0.2 if name == "a" else 0)
        return f"<{name}>"

    with serving(measuring(pages)) as server, connect(server) as wire:
        wire.sendall(
            b"".join(KEPT.replace(b" / ", b" /%s " % name) for name in (b"a", b"b", b"c")) + post("/d", b"")
        )

        said = read_on(wire)

    assert re.findall(rb"<(.)>", said) == [b"a", b"b", b"c", b"d"]


def test_who_asks_before_sending_the_body_is_told_to_go_on() -> None:
    with serving(measuring()) as server, connect(server) as wire:
        wire.sendall(post("/", b"", "Expect: 100-continue", "Content-Length: 4"))
        first = wire.recv(100)
        wire.sendall(b"body")

        assert first.startswith(b"HTTP/1.1 100")
        assert read_on(wire).endswith(b"\r\n\r\n4")


def test_who_asks_first_with_too_large_a_body_need_not_send_it() -> None:
    with serving(measuring()) as server:
        said = talk(server, post("/", b"", "Expect: 100-continue", f"Content-Length: {2 * LIMIT}"))

    assert document(said)["code"] == "too_large"


@pytest.mark.parametrize("upgrade", ["h2c", "websocket"])
def test_no_other_protocol_is_spoken(upgrade: str) -> None:
    with serving(measuring()) as server:
        said = talk(server, post("/", b"x", "Connection: Upgrade", f"Upgrade: {upgrade}"))

    assert status_of(said) == 400


@pytest.mark.parametrize(("method", "has_body"), [("POST", True), ("GET", True), ("HEAD", False)])
def test_a_page_that_takes_too_long_is_given_up(method: str, has_body: bool) -> None:
    app, may_end = Flask("slow", static_folder=None), Event()
    app.add_url_rule("/", "slow", lambda: str(may_end.wait(PATIENCE)), methods=["POST", "GET"])

    with serving(measuring(app), Patience(answer=0.3)) as server:
        said = talk(server, f"{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        may_end.set()
    head, _, body = said.partition(b"\r\n\r\n")

    assert status_of(head) == 503
    assert b"Retry-After: " in head
    assert bool(body) is has_body


def test_a_page_tells_head_what_it_tells_get() -> None:
    app = Flask("page", static_folder=None)
    app.add_url_rule("/", "page", lambda: "a page")

    with serving(measuring(app)) as server:
        said = [
            talk(server, f"{method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            for method in ("GET", "HEAD")
        ]

    assert [one.partition(b"\r\n\r\n")[2] for one in said] == [b"a page", b""]
    assert all(b"\r\nContent-Length: 6\r\n" in one for one in said)


def test_what_is_in_flight_is_finished_before_the_server_ends() -> None:
    begun, may_end = Event(), Event()
    app = Flask("slow", static_folder=None)

    @app.post("/")
    def slow() -> str:
        begun.set()
        may_end.wait(PATIENCE)
        return "done"

    server = Server(measuring(app), [bound("127.0.0.1", 0)])
    running = Thread(target=server.run)
    running.start()
    with connect(server) as wire:
        wire.sendall(post("/", b""))
        begun.wait(PATIENCE)

        stands_still(server)
        server.stop()
        refused = _refused(server)
        may_end.set()

        assert read_on(wire).endswith(b"done")
    running.join(PATIENCE)
    assert refused
    assert not running.is_alive()


def test_an_idle_connection_does_not_keep_the_server_up() -> None:
    """On a clock on which each look takes a hundredth of a second."""
    server, looks = Server(measuring(), [bound("127.0.0.1", 0)]), count()
    server.now = lambda: next(looks) / 100
    running = Thread(target=server.run)
    running.start()

    with connect(server):
        before = next(looks)
        server.stop()
        server.stop()
        running.join(PATIENCE)

    assert not running.is_alive()
    assert next(looks) - before < 100 * GRACE_SECONDS / 2


def test_an_address_in_use_says_what_to_set() -> None:
    with serving(measuring()) as server, pytest.raises(SettingsError, match=f"{server.port}.*PORT"):
        bound("127.0.0.1", server.port)


def test_the_servers_own_log_says_nothing_of_paths(caplog: pytest.LogCaptureFixture) -> None:
    """A secret may stand in a path."""
    caplog.set_level(logging.DEBUG)

    with serving(measuring()) as server:
        with connect(server) as wire:
            wire.sendall(post("/canary-secret", b"", "Content-Length: 10"))
        talk(server, post("/canary-secret", b"x"))

    assert "canary" not in caplog.text


def _refused(server: Server) -> bool:
    """Whether the server comes to take no new connection."""
    return until(lambda: _is_refused(server))


def _is_refused(server: Server) -> bool:
    try:
        connect(server).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False
    return False
