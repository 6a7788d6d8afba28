"""An address that outlives a process: no sender is turned away while one server takes over from another."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from connector.errors import SettingsError
from tests.patience import PATIENCE
from tests.webhooks.rig import Rig
from tests.webhooks.wire import post, read_on
from webhooks.handover import shared
from webhooks.listen import bound, inherited
from webhooks.serve import Server

BROKEN_OFF = (ConnectionResetError, BrokenPipeError)


def test_sockets_that_are_handed_over_are_ours() -> None:
    """As systemd does it: descriptors from 3 on, and the id of the process that they are for."""
    program = textwrap.dedent("""
        import os
        from webhooks.listen import inherited
        given = {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
        print(*(one.getsockname()[1] for one in inherited(given, os.getpid())))
    """)
    with socket.create_server(("127.0.0.1", 0)) as held:
        ran = subprocess.run(
            [sys.executable, "-c", f"import os; os.dup2({held.fileno()}, 3)\n{program}"],
            pass_fds=[held.fileno()], capture_output=True, text=True, check=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        port = held.getsockname()[1]

    assert ran.stdout.strip() == str(port)


@pytest.mark.parametrize("given", [{}, {"LISTEN_FDS": "1", "LISTEN_PID": "1"}])
def test_sockets_of_another_process_are_not_ours(given: dict[str, str]) -> None:
    assert inherited(given, os.getpid()) == []


def test_a_number_of_sockets_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="LISTEN_FDS"):
        inherited({"LISTEN_FDS": "many", "LISTEN_PID": "7"}, 7)


def test_the_limit_of_open_files_is_raised_as_far_as_it_goes() -> None:
    program = textwrap.dedent("""
        import resource
        from webhooks.listen import connections_that_fit
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, 1000))
        print(connections_that_fit(500), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        print(connections_that_fit(5000))
    """)
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )

    assert ran.stdout.split() == ["500", "700", "800"]


def test_an_address_may_be_shared_only_where_both_want_it() -> None:
    with bound("127.0.0.1", 0, is_shared=True) as first:
        first.listen()
        port = first.getsockname()[1]
        bound("127.0.0.1", port, is_shared=True).close()

        with pytest.raises(SettingsError):
            bound("127.0.0.1", port)


def test_no_sender_notices_that_one_server_follows_another_on_a_socket_that_is_held() -> None:
    assert restarted(is_shared=False) == []


def test_no_sender_notices_that_one_server_takes_over_from_another() -> None:
    assert restarted(is_shared=True) == []


def restarted(*, is_shared: bool) -> list[bytes]:
    """What senders heard that was no success, while three servers followed each other at one address."""
    held, handover = shared("127.0.0.1", 0) if is_shared else (bound("127.0.0.1", 0), None)
    port = held.getsockname()[1]
    failed: list[bytes] = []
    sent, enough = Event(), Event()

    def send() -> None:
        while not enough.is_set():
            said = b""
            with suppress(*BROKEN_OFF), socket.create_connection(("127.0.0.1", port), 5) as wire:
                wire.sendall(post("/health/live", b"").replace(b"POST", b"GET"))
                said = read_on(wire)
            if not said.startswith(b"HTTP/1.1 200"):
                failed.append(said)
            sent.set()

    def next_server() -> Server:
        if not is_shared:
            return Server(Rig().front, [held.dup()])
        listening, handover = shared("127.0.0.1", port)
        return Server(Rig().front, [listening], handover=handover)

    running = Server(Rig().front, [held if is_shared else held.dup()], handover=handover)
    thread = Thread(target=running.run)
    thread.start()
    senders = [Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for _ in range(3):
        sent.clear()
        sent.wait(PATIENCE)
        following = next_server()
        follows = Thread(target=following.run)
        follows.start()
        running.stop()
        thread.join(PATIENCE)
        running, thread = following, follows
    enough.set()
    for sender in senders:
        sender.join(PATIENCE)
    running.stop()
    thread.join(PATIENCE)
    held.close()
    return failed
