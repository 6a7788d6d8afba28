"""The server that we have beside those that one could take: the same house, storing nothing, in each.

What differs is the way in: bytes, HTTP, threads. Rates, times and the processor time a webhook under 32 kept
connections; the memory; and whether it still answers while 200 senders have stopped half-way through a body.
A server that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any, Final

from flask import Flask

from tests.bench.heading import heading
from tests.bench.load import run_beside
from tests.bench.orders import SIZE
from tests.bench.receiver import SECRET, house, memory_of, processor_seconds
from webhooks.front import Front
from webhooks.message import Request, Waiting
from webhooks.wsgi import Wsgi

PORT: Final = 8894
HALF: Final = 200
AT: Final = ("--host", "127.0.0.1", "--port", str(PORT))

_QUIET: Final = ("--log-level", "error")
_GRANIAN: Final = ("granian", *AT, *_QUIET, "--no-ws", "--factory")

SERVERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ours": ("tests.bench.receiver", "--port", str(PORT), "--database", "none"),
    "uvicorn, ASGI": (
        "uvicorn", *AT, *_QUIET, "--loop", "uvloop", "--http", "httptools", "--lifespan", "off",
        "--no-access-log", "--factory", "tests.bench.bench_servers:asgi",
    ),
    "granian, ASGI": (
        *_GRANIAN, "--interface", "asgi", "--loop", "uvloop", "tests.bench.bench_servers:asgi",
    ),
    "granian, WSGI": (
        *_GRANIAN, "--interface", "wsgi", "--blocking-threads", "4", "tests.bench.bench_servers:wsgi",
    ),
    "gunicorn, gthread": (
        "gunicorn", *_QUIET, "-k", "gthread", "-w", "1", "--threads", "32", "--keep-alive", "30",
        "-b", f"127.0.0.1:{PORT}", "tests.bench.bench_servers:wsgi()",
    ),
    "waitress": (
        "waitress", f"--listen=127.0.0.1:{PORT}", "--threads=32", "--call", "tests.bench.bench_servers:wsgi",
    ),
}  # fmt: skip


def wsgi() -> Wsgi:
    """The house for servers that speak WSGI."""
    return Wsgi(_house())


def asgi() -> Any:
    """The house for servers that speak ASGI: no more than they need for a webhook."""
    front = _house()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pieces, is_more = [], True
        while is_more:
            message = await receive()
            if message["type"] != "http.request":
                return
            pieces.append(message["body"])
            is_more = message.get("more_body", False)
        body = b"".join(pieces)
        headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
        said = front.take(Request(scope["method"], scope["path"], "", headers, body, len(body)))
        if isinstance(said, Waiting):
            said.settle()
            said = said.answer()
        told = [(name.encode(), text.encode()) for name, text in said.headers]
        told.append((b"content-length", str(len(said.body)).encode()))
        await send({"type": "http.response.start", "status": said.status, "headers": told})
        await send({"type": "http.response.body", "body": said.body})

    return app


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=4.0)
    seconds = asked.parse_args().seconds
    heading("one house in several servers, storing nothing", seed=1)
    for name, command in SERVERS.items():
        if find_spec(command[0]) is None:
            sys.stdout.write(f"{name}: not installed\n")
            continue
        sys.stdout.write(f"{name}: {measured(command, seconds)}\n")
        sys.stdout.flush()


def measured(command: tuple[str, ...], seconds: float) -> str:
    """What came of loading one server."""
    with running(command) as process:
        family = [process.pid, *children(process.pid)]
        run_beside(PORT, SECRET, "--seconds", "1", "--first", "900000000")
        before = sum(map(processor_seconds, family))
        result = run_beside(PORT, SECRET, "--seconds", str(seconds))
        spent = (sum(map(processor_seconds, family)) - before) / max(1, result.acknowledged)
        with half_sent():
            beside = run_beside(PORT, SECRET, "--seconds", "2", "--first", "800000000")
        memory = sum(map(memory_of, family))
    return (
        f"{result.rate:,.0f}/s, p50 {result.p50:.1f}, p99 {result.p99:.1f} ms, {spent * 1e6:.0f} µs each, "
        f"{memory} MiB; beside {HALF} half-sent bodies {beside.rate:,.0f}/s, p99 {beside.p99:.1f}"
    )


@contextmanager
def running(command: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own, from the moment at which it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", PORT)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(1)
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def half_sent() -> Iterator[None]:
    """Senders that have stopped half-way."""
    half = (
        f"POST /webhooks/shopify HTTP/1.1\r\nHost: x\r\nContent-Length: {SIZE}\r\n\r\n".encode() + b"{" * 100
    )
    with ExitStack() as open_ones:
        for _ in range(HALF):
            wire = open_ones.enter_context(socket.create_connection(("127.0.0.1", PORT), timeout=5))
            wire.sendall(half)
        yield


def children(process: int) -> list[int]:
    """The processes that a server has made."""
    found = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False)
    return [int(one) for one in found.stdout.split()]


def _house() -> Front:
    front = house("none", SECRET)
    return Front(front.receiver, Flask("nothing"), ThreadPoolExecutor(1))


if __name__ == "__main__":
    main()
