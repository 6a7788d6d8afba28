"""The socket of an address, from one process to the next: who waits at it is answered, whoever ends."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from select import select
from threading import Thread

import pytest

from tests.patience import PATIENCE, until
from tests.webhooks.rig import Rig
from tests.webhooks.wire import connect, leaps, post, read_on, stands_still
from webhooks.handover import Handover, shared, taken_over
from webhooks.listen import bound
from webhooks.serve import PARTING_SECONDS, Server

Shared = tuple[socket.socket, Handover | None]
Share = Callable[..., Shared]
HOST = "127.0.0.1"
KEPT = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEALTH = post("/health/live", b"").replace(b"POST", b"GET")

HOLDER = textwrap.dedent("""
    import sys
    from select import select
    from webhooks.handover import shared
    listening, handover = shared("127.0.0.1", 0)
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    while True:
        select([handover.asked_at], [], [])
        handover.answer()
""")


@pytest.fixture
def share() -> Iterator[Share]:
    """Has the socket of a port, until the end of the test."""
    with ExitStack() as stack:

        def of(port: int = 0, patience: float = PATIENCE) -> Shared:
            listening, handover = shared(HOST, port, patience)
            stack.enter_context(listening)
            if handover is not None:
                stack.enter_context(handover.asked_at)
            return listening, handover

        yield of


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that has an address, and hands it over, but takes no connection; and its port."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True, cwd=root
    ) as held:
        assert held.stdout is not None
        yield held, int(held.stdout.readline())
        held.kill()


@contextmanager
def answering(handover: Handover | None) -> Iterator[Handover]:
    """Who has the address answers one who asks."""
    assert handover is not None

    def answer() -> None:
        select([handover.asked_at], [], [])
        handover.answer()

    thread = Thread(target=answer)
    thread.start()
    yield handover
    thread.join(PATIENCE)


def name_of(handover: Handover) -> str:
    name: bytes = handover.asked_at.getsockname()
    return name.decode()


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def is_same(one: socket.socket, other: socket.socket) -> bool:
    return os.path.sameopenfile(one.fileno(), other.fileno())


def test_who_waits_at_a_process_that_is_killed_is_answered_by_the_next(share: Share) -> None:
    with holder() as (process, port):
        senders = [socket.create_connection((HOST, port), PATIENCE) for _ in range(20)]
        for sender in senders:
            sender.sendall(HEALTH)
        listening, handover = share(port)
        process.kill()
        process.wait(PATIENCE)

        server = Server(Rig().front, [listening], handover=handover)
        running = Thread(target=server.run)
        running.start()
        said = [read_on(sender)[:12] for sender in senders]
        server.stop()
        running.join(PATIENCE)

    assert said == [b"HTTP/1.1 200"] * 20
    for sender in senders:
        sender.close()


def test_what_was_taken_over_is_handed_over_in_turn(share: Share) -> None:
    with holder() as (process, port):
        second, handed = share(port)
        process.kill()
        process.wait(PATIENCE)

        with answering(handed):
            third, _ = share(port)

    assert is_same(second, third)
    assert not third.get_inheritable()


def test_nothing_is_left_behind_by_one_that_was_killed(share: Share) -> None:
    with holder() as (process, port):
        process.kill()
        process.wait(PATIENCE)

        listening, handover = share(port)

    assert port_of(listening) == port
    assert handover is not None


def test_two_that_begin_at_once_have_one_socket(share: Share) -> None:
    with bound(HOST, 0, is_shared=True) as free:
        port = port_of(free)
        found: SimpleQueue[Shared] = SimpleQueue()
        both = [Thread(target=lambda: found.put(share(port))) for _ in range(2)]
        for one in both:
            one.start()

        first, handover = found.get(timeout=PATIENCE)
        with answering(handover):
            second, _ = found.get(timeout=PATIENCE)

    assert is_same(first, second)


def test_beside_a_release_that_hands_over_nothing_there_is_a_second_socket(share: Share) -> None:
    with bound(HOST, 0, is_shared=True) as old:
        old.listen()
        listening, handover = share(port_of(old))

        assert not is_same(old, listening)
    assert handover is not None


def test_beside_one_that_does_not_answer_there_is_a_second_socket(
    share: Share, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    silent, _kept = share()

    listening, handover = share(port_of(silent), patience=0.1)

    assert port_of(listening) == port_of(silent)
    assert not is_same(silent, listening)
    assert handover is None
    assert "no process hands over" in caplog.text


def test_another_user_is_handed_nothing(share: Share) -> None:
    _, handover = share()
    assert handover is not None

    with (
        answering(replace(handover, user=os.geteuid() + 1)),
        pytest.raises(ConnectionError, match="nothing was handed over"),
    ):
        taken_over(name_of(handover), os.geteuid(), PATIENCE)


def test_nothing_is_taken_from_another_user(share: Share) -> None:
    _, handover = share()

    with answering(handover) as held, pytest.raises(PermissionError):
        taken_over(name_of(held), os.geteuid() + 1, PATIENCE)


def test_a_connection_that_rests_is_told_that_it_ends_where_another_has_the_address(share: Share) -> None:
    listening, handover = share()
    server = Server(Rig().front, [listening], handover=handover)
    running = Thread(target=server.run)
    running.start()
    share(port_of(listening))

    with connect(server) as wire:
        wire.sendall(KEPT)
        first = wire.recv(10_000)
        stands_still(server)
        server.stop()
        assert until(lambda: server.is_ending)
        leaps(server, 2 * PARTING_SECONDS)
        wire.sendall(KEPT)
        last = read_on(wire)
    running.join(PATIENCE)

    assert b"Connection: close" not in first
    assert b"Connection: close" in last
