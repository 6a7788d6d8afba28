"""Senders that go away, dawdle or flood, on real sockets: none of it costs another sender anything."""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from threading import Thread

import pytest
from flask import Flask

from connector.model.delivery import Delivery
from connector.store.inbox import Received
from tests.patience import PATIENCE, until
from tests.webhooks.rig import Rig, genuine, soon
from tests.webhooks.test_serve import measuring
from tests.webhooks.wire import busy, chunks, connect, leaps, post, read_on, serving, talk
from webhooks.body import LIMIT
from webhooks.connection import Wire
from webhooks.front import Front
from webhooks.listen import bound
from webhooks.patience import Patience
from webhooks.receive import Shelf
from webhooks.serve import MOST_TURNED_AWAY, Server
from webhooks.shedding import MOST_BYTES

BODY = b'{"id": 1, "email": "eva@example.com"}'


class Slow:
    """A shelf on which all arrives at once, when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Future[list[Received]]] = []

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        self.asked.append(Future())
        return self.asked[-1]

    def arrive(self) -> None:
        for number, one in enumerate(self.asked):
            one.set_result([Received(f"id-{number}", True)])


def slow_rig() -> tuple[Rig, Slow]:
    """A house whose shelf is slow."""
    rig, slow = Rig(), Slow()
    rig.front = rig.fronted(Shelf(slow.receive, soon(rig.inbox.keep_failed), lambda: None))
    return rig, slow


def webhook(body: bytes = BODY) -> bytes:
    """An order from WooCommerce."""
    said = genuine("woocommerce", body) | {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
    }
    lines = ["POST /webhooks/woocommerce HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {text}" for name, text in said.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def reset(wire: socket.socket) -> None:
    """Break the connection off."""
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.close()


IDLE = 2 * PATIENCE
"""Seconds after which a crowded server lets go of a connection: more than a test takes by itself."""

KNOCKING = """
import socket, sys
knocks = []
while True:
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", int(sys.argv[1])))
    knocks.append(one)
    if len(knocks) > 300:
        knocks.pop(0).close()
"""


@contextmanager
def knocking(port: int) -> Iterator[None]:
    """So many connections that there is always one more to be taken."""
    command = [sys.executable, "-c", KNOCKING, str(port)]
    knocks = [subprocess.Popen(command) for _ in range(3)]
    try:
        yield
    finally:
        for one in knocks:
            one.kill()
            one.wait()


@contextmanager
def crowded(front: Front, listening: socket.socket, most: int) -> Iterator[Server]:
    """A server that has room for few."""
    server = Server(front, [listening], Patience(headers=IDLE, idle=IDLE, linger=IDLE), most)
    running = Thread(target=server.run)
    running.start()
    try:
        yield server
    finally:
        server.stop()
        running.join(PATIENCE)


def test_a_sender_that_went_away_keeps_no_answer_from_another() -> None:
    """What both sent is committed together, and told to the loop together."""
    rig, slow = slow_rig()
    with serving(rig.front) as server, connect(server) as stays:
        goes = connect(server)
        goes.sendall(webhook())
        assert until(lambda: len(slow.asked) == 1)
        stays.sendall(webhook())
        assert until(lambda: len(slow.asked) == 2)
        reset(goes)
        assert until(lambda: len(server._wires) == 1)

        slow.arrive()
        said = stays.recv(1000)

    assert said.startswith(b"HTTP/1.1 200")
    assert rig.counts["woocommerce", "accepted"] == 2


@pytest.mark.parametrize("piece", [b"x" * 50_000, b"x: 1\r\n" * 10_000])
def test_what_stands_behind_the_last_chunk_is_bounded(piece: bytes) -> None:
    """The parser holds a trailer in memory until it ends, though nobody asks for it."""
    begun = b"POST /webhooks/open HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: "

    with serving(Rig().front) as server:
        said = talk(server, begun, *[piece] * 20)

    assert said == b"" or said.startswith(b"HTTP/1.1 431")


def test_chunks_of_one_byte_are_a_body_too() -> None:
    """B18: what stands around them is no header."""
    rig = Rig()
    asked = [f"{name}: {text}" for name, text in genuine("woocommerce", BODY * 1000).items()]
    head = post("/webhooks/woocommerce", b"", "Transfer-Encoding: chunked", *asked)

    with serving(rig.front) as server:
        said = talk(server, head, chunks(BODY * 1000, 1))

    assert said.startswith(b"HTTP/1.1 200")
    assert rig.inbox.failed[0][0].body == BODY * 1000


def test_a_sender_that_does_not_read_its_answer_is_let_go() -> None:
    """Also where so little of it is left that the server would take more."""
    pages, listening = Flask("long", static_folder=None), bound("127.0.0.1", 0)
    pages.add_url_rule("/", "long", lambda: "x" * 60_000)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)

    with crowded(measuring(pages), listening, most=1) as server, socket.socket() as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        wire.connect(("127.0.0.1", server.port))
        wire.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert until(lambda: any(one._has_served for one in tuple(server._wires)))
        first = talk(server, post("/nothing", b""))
        leaps(server, IDLE + 1)
        assert until(lambda: not server._wires)
        then = [talk(server, post("/nothing", b"")) for _ in range(3)]

    assert first.startswith(b"HTTP/1.1 503")
    assert all(said.startswith(b"HTTP/1.1 404") for said in then)


class Counted(Wire):
    """A connection that counts how often it was looked at."""

    looks = 0

    @property
    def is_resting(self) -> bool:
        Counted.looks += 1
        return super().is_resting


class Nowhere(asyncio.Transport):
    """A connection's other end, which takes everything."""

    def write(self, data: bytes | bytearray | memoryview) -> None: ...

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None: ...


def joining(server: Server, *said: bytes) -> None:
    wire = Counted(server)
    wire.connection_made(Nowhere())
    for piece in said:
        wire.data_received(piece)


def test_who_comes_when_all_are_busy_costs_no_look_at_each() -> None:
    with bound("127.0.0.1", 0) as listening:
        server = Server(measuring(), [listening], most=300)
        for _ in range(300):
            joining(server, post("/", b"1", "Content-Length: 100"))

        joining(server)

    assert Counted.looks == 0


def test_no_more_connections_are_let_in_than_may_be_open() -> None:
    """Who is turned away is told so, and makes no room for the next."""
    half = post("/", b"1", "Content-Length: 100")

    with crowded(measuring(), bound("127.0.0.1", 0), most=2) as server, ExitStack() as wires:
        for _ in range(2):
            wires.enter_context(connect(server)).sendall(half)
        assert until(lambda: busy(server) == 2)
        turned_away = [wires.enter_context(connect(server)) for _ in range(6)]
        said = [wire.recv(1000) for wire in turned_away]

    assert all(one.startswith(b"HTTP/1.1 503") for one in said)


def test_who_comes_when_even_those_turned_away_are_too_many_hears_nothing() -> None:
    """Each of them takes a file; the database needs some too."""
    with crowded(measuring(), bound("127.0.0.1", 0), most=1) as server, ExitStack() as wires:
        wires.enter_context(connect(server)).sendall(post("/", b"1", "Content-Length: 100"))
        assert until(lambda: busy(server) == 1)
        turned_away = [wires.enter_context(connect(server)) for _ in range(MOST_TURNED_AWAY + 20)]
        said = [read_on(wire) for wire in turned_away]

    assert 0 < said.count(b"") <= 21


def test_who_asks_first_is_told_to_go_on_however_its_headers_came() -> None:
    """In pieces, say."""
    asks = post("/", b"", "Expect: 100-continue", "Content-Length: 4")

    with serving(measuring()) as server, connect(server) as wire:
        wire.sendall(asks[:20])
        time.sleep(0.1)
        wire.sendall(asks[20:])

        assert wire.recv(100).startswith(b"HTTP/1.1 100")


def test_the_body_of_a_refused_request_is_not_kept() -> None:
    """It is read to its end, so that the next request can follow, and thrown away as it comes."""
    rig = Rig()
    half = post("/webhooks/nobody", b"x" * LIMIT)

    with serving(rig.front) as server, connect(server) as wire:
        wire.sendall(half[:-1])
        time.sleep(0.2)
        held = rig.room.fullness()
        wire.sendall(half[-1:])
        said = read_on(wire)

    assert held == 0
    assert said.startswith(b"HTTP/1.1 404")


def test_bodies_that_are_on_their_way_take_no_more_memory_than_there_is() -> None:
    """All of them may begin before the first has come."""
    rig = Rig()
    head = post("/webhooks/open", b"", f"Content-Length: {LIMIT}")
    most = 0.0

    with serving(rig.front, Patience(headers=IDLE, request=IDLE)) as server, ExitStack() as wires:
        half_sent = [wires.enter_context(connect(server)) for _ in range(MOST_BYTES // LIMIT + 20)]
        for wire in half_sent:
            wire.sendall(head)
        time.sleep(0.2)
        for wire in half_sent:
            with suppress(ConnectionError):
                wire.sendall(b"x" * (LIMIT - 1))
            most = max(most, rig.room.fullness())
        are_cut = until(lambda: rig.counts.get(("open", "overloaded"), 0) >= 20)
    is_empty = until(lambda: rig.room.fullness() == 0)

    assert most < 1.1
    assert are_cut
    assert is_empty


def test_a_flood_of_connections_does_not_keep_the_server_from_ending() -> None:
    server = Server(measuring(), [bound("127.0.0.1", 0)])
    running = Thread(target=server.run)
    running.start()

    with knocking(server.port):
        time.sleep(1)
        server.stop()
        running.join(PATIENCE)
        has_ended = not running.is_alive()
    running.join(PATIENCE)

    assert has_ended
