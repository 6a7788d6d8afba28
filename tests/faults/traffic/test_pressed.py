"""Senders who post too much, or never get to an end: whoever is honest is served as before."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.bench.load import run_beside
from tests.faults.rig.posts import SECRET
from tests.faults.rig.program import Loods, Zygote
from tests.faults.traffic.honest import Honest
from tests.faults.traffic.wire import request
from tests.patience import PATIENCE, until

IDLE, HALF, UNREAD = 1_400, 400, 200
"""Sockets on which nothing comes, half a request comes, and answers are asked for that nobody reads."""

SECONDS = "6"
AT_ONCE = 16
ORDERS = 200
"""Of the honest shop. How fast it is answered, and how many of the others, `make faults` says."""

SHED = {"429", "503"}


@pytest.fixture
def loods(on_sqlite: Loods, zygote: Zygote) -> Iterator[Loods]:
    """A Loods that runs."""
    process = on_sqlite.starts(starter=zygote)
    yield on_sqlite
    process.kill()
    process.wait()


def opened(loods: Loods, stack: ExitStack, said: bytes) -> socket.socket:
    """A connection on which this was said, and nothing will be read."""
    wire = stack.enter_context(socket.create_connection(("127.0.0.1", loods.port), timeout=PATIENCE))
    wire.setblocking(False)
    if said:
        wire.send(said)
    return wire


@pytest.mark.slow
def test_two_thousand_senders_who_get_to_no_end_keep_nobody_waiting(loods: Loods) -> None:
    half = request(b"x" * 10, "Content-Length: 1000").replace(b"Connection: close\r\n", b"")
    ask = request(b"", method="GET", path="/health/ready").replace(b"Connection: close\r\n", b"")
    with ExitStack() as stack:
        for said in [b""] * IDLE + [half, half[:60]] * (HALF // 2) + [ask * 50] * UNREAD:
            opened(loods, stack, said)
        with Honest(loods) as honest:
            assert until(lambda: honest.statuses.total() >= ORDERS)

    assert honest.statuses.keys() == {200}


@pytest.mark.slow
def test_ten_times_too_much_is_shed_or_served_and_never_breaks_down(loods: Loods) -> None:
    with Honest(loods) as honest:
        asked = ["--seconds", SECONDS, "--connections", str(10 * AT_ONCE), "--first", "1000000"]
        pressed = run_beside(loods.port, SECRET, *asked)

    assert {one for one in pressed.statuses if not one.startswith("2")} <= SHED
    assert pressed.acknowledged > 0
    assert honest.statuses.keys() == {200}
