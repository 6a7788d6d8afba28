"""A load of signed orders on one address, from a process of its own: how fast, how soon, and answered how.

    python -m tests.bench.load --port 8080 --secret S --seconds 10
    python -m tests.bench.load --port 8080 --secret S --seconds 60 --rate 1500 --connections 64

Without `--rate` every connection sends its next order when its last was answered (a closed loop). With it
orders fall due at that rate whatever the answers are, and their time counts from when they were due, also
while no connection is free: a server that stalls is not excused from what it would have got meanwhile. The
first `--prepared` requests are made before; the rest as they are needed, 10 µs each.
"""

from __future__ import annotations

import argparse
import json
import select
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import chain, islice

from tests.bench.orders import Orders, Requests

BROKEN = 0
"""The status of a request whose connection ended before its answer."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a load. Times are in milliseconds; `statuses` counts by status, 0 for no answer at all.

    `p50`, `p99` and `longest` are of the answers of 200 to 299, `shed_p99` of all others.
    """

    seconds: float
    statuses: dict[str, int]
    p50: float
    p99: float
    longest: float
    shed_p99: float
    next_number: int

    @property
    def acknowledged(self) -> int:
        """How many were answered with a 2xx."""
        return sum(number for status, number in self.statuses.items() if status.startswith("2"))

    @property
    def rate(self) -> float:
        """Acknowledged a second."""
        return self.acknowledged / self.seconds


def run_beside(port: int, secret: str, *options: str) -> Result:
    """A load from another process; returns at its end."""
    return finished(start_beside(port, secret, *options))


def start_beside(port: int, secret: str, *options: str) -> subprocess.Popen[str]:
    """A load that runs from now on, in another process."""
    command = [sys.executable, "-m", "tests.bench.load", "--port", str(port), "--secret", secret, "--json"]
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)


def finished(load: subprocess.Popen[str]) -> Result:
    """What came of it; waits for its end."""
    said, _ = load.communicate()
    if load.returncode:
        raise RuntimeError(f"the load ended with {load.returncode}")
    return Result(**json.loads(said))


@dataclass(slots=True)
class Wire:
    """One connection: what is still to be sent, what has come of the answer, and since when it is due."""

    socket: socket.socket
    unsent: bytes = b""
    heard: bytes = b""
    due: float = 0.0
    is_busy: bool = False


@dataclass(slots=True)
class Load:
    """`connections` senders to one port; `rate` a second, or None for a closed loop."""

    port: int
    requests: Iterator[bytes]
    connections: int
    rate: float | None
    statuses: Counter[int] = field(default_factory=Counter)
    times: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    _poll: select.epoll = field(default_factory=select.epoll)
    _wires: dict[int, Wire] = field(default_factory=dict)
    _idle: deque[Wire] = field(default_factory=deque)
    _due: deque[float] = field(default_factory=deque)
    _begun_at: float = 0.0
    _planned: int = 0

    def run(self, seconds: float) -> float:
        """Send for so long; how long it was until the last answer, in seconds."""
        for _ in range(self.connections):
            self._connect()
        self._begun_at = time.perf_counter()
        until = self._begun_at + seconds
        while (now := time.perf_counter()) < until:
            self._plan(now)
            self._turn(until)
        self._due.clear()
        while any(wire.is_busy for wire in self._wires.values()) and time.perf_counter() < until + 10:
            self._turn(None)
        return time.perf_counter() - self._begun_at

    def _plan(self, now: float) -> None:
        """What has fallen due goes out, as far as connections are free."""
        if self.rate is None:
            self._due.extend([now] * (len(self._idle) - len(self._due)))
        else:
            wanted = int((now - self._begun_at) * self.rate)
            self._due.extend(self._begun_at + one / self.rate for one in range(self._planned, wanted))
            self._planned = max(self._planned, wanted)
        while self._due and self._idle:
            self._send(self._idle.popleft(), self._due.popleft())

    def _turn(self, until: float | None) -> None:
        for number, event in self._poll.poll(0.001 if self.rate and until else 0.05):
            wire = self._wires[number]
            if event & select.EPOLLOUT and wire.unsent:
                self._push(wire)
            if event & ~select.EPOLLOUT:
                self._hear(wire, until)

    def _send(self, wire: Wire, due: float) -> None:
        wire.unsent, wire.due, wire.is_busy = next(self.requests), due, True
        self._push(wire)

    def _push(self, wire: Wire) -> None:
        try:
            sent = wire.socket.send(wire.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._end(wire, BROKEN)
            return
        was_blocked, wire.unsent = sent < len(wire.unsent), wire.unsent[sent:]
        if was_blocked:
            self._poll.modify(wire.socket, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def _hear(self, wire: Wire, until: float | None) -> None:
        try:
            piece = wire.socket.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._end(wire, BROKEN if wire.is_busy else None)
            return
        wire.heard += piece
        status = _status_of(wire.heard)
        if status is None:
            return
        self._note(wire, status)
        if b"connection: close" in wire.heard.lower():
            self._end(wire, None)
            return
        wire.heard, wire.is_busy = b"", False
        if self.rate is None and until is not None:
            self._send(wire, time.perf_counter())
        else:
            self._idle.append(wire)

    def _note(self, wire: Wire, status: int) -> None:
        self.statuses[status] += 1
        self.times[200 <= status < 300].append(time.perf_counter() - wire.due)

    def _end(self, wire: Wire, status: int | None) -> None:
        if status is not None:
            self._note(wire, status)
        if not wire.is_busy:
            self._idle.remove(wire)
        del self._wires[wire.socket.fileno()]
        wire.socket.close()
        self._connect()

    def _connect(self) -> None:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = self._wires[opened.fileno()] = Wire(opened)
        self._poll.register(opened, select.EPOLLIN | select.EPOLLET)
        self._idle.append(wire)


def _status_of(heard: bytes) -> int | None:
    """The status of an answer that has come whole; every answer of ours says how long it is."""
    end = heard.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = heard[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return int(head[9:12]) if len(heard) >= end + 4 + length else None


def measured(load: Load, seconds: float, first: int) -> Result:
    """Run it, and sum it up."""
    took = load.run(seconds)
    accepted, others = (sorted(load.times[is_accepted]) for is_accepted in (True, False))
    return Result(
        seconds=took,
        statuses={str(status): number for status, number in sorted(load.statuses.items())},
        p50=_at(accepted, 0.5),
        p99=_at(accepted, 0.99),
        longest=_at(accepted, 1.0),
        shed_p99=_at(others, 0.99),
        next_number=first + sum(load.statuses.values()),
    )


def _at(times: list[float], share: float) -> float:
    return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 2) if times else 0.0


def _asked() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--secret", required=True)
    asked.add_argument("--path", default="/webhooks/shopify")
    asked.add_argument("--seconds", type=float, default=10.0)
    asked.add_argument("--connections", type=int, default=32)
    asked.add_argument("--rate", type=float)
    asked.add_argument("--first", type=int, default=0, help="the number of the first order")
    asked.add_argument("--people", type=int, help="so many customers buy in turn")
    asked.add_argument("--prepared", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--json", action="store_true")
    return asked.parse_args()


def main() -> None:
    """Load what the arguments say, and print what came of it."""
    asked = _asked()
    orders = Orders(asked.seed, datetime.fromtimestamp(time.time(), UTC), asked.people)
    made = Requests(orders, asked.secret.encode(), path=asked.path).since(asked.first)
    ready = list(islice(made, asked.prepared))
    load = Load(asked.port, chain(ready, made), asked.connections, asked.rate)
    result = measured(load, asked.seconds, asked.first)
    if asked.json:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
        return
    sys.stdout.write(f"acknowledged {result.rate:,.0f}/s; answers by status {result.statuses}\n")
    sys.stdout.write(f"p50 {result.p50} ms, p99 {result.p99} ms, longest {result.longest} ms\n")


if __name__ == "__main__":
    main()
