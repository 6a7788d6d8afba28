"""A receiver alone, in a process of its own: the house with one door, and the server; nothing behind it.

    python -m tests.bench.receiver --port 8080 --secret S --database sqlite:///…

With `--database none` it stores nothing: what is left is the server, the signature and the reading.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from flask import Flask

from connector import bootstrap
from connector.bootstrap.cores import keep_to_one
from connector.bootstrap.edge import settle
from connector.model.delivery import Delivery
from connector.store.database import open_store
from connector.store.inbox import Received
from webhooks.door import Door
from webhooks.front import Front
from webhooks.listen import bound
from webhooks.receive import Receiver, Shelf
from webhooks.serve import Server
from webhooks.shedding import Room

SECRET: Final = "a-secret-of-at-least-24-bytes"


def house(database: str, secret: str) -> Front:
    """The house with the door of a Shopify shop, over this database, in a process that is as ready to work
    as that of `loods run`.
    """
    [source] = [one for one in bootstrap.shipped_sources() if one.name == "shopify"]
    door = Door("shopify", source, (secret.encode(),))
    if database == "none":
        shelf = Shelf(_forget, lambda *_: _forget([]), lambda: None)
    else:
        store = open_store(database)
        store.migrate()
        shelf = Shelf(store.receive_soon, lambda *_: store.receive_soon([]), lambda: None)
    settle()
    receiver = Receiver({"shopify": door}.get, shelf, _now, Room(time.monotonic, lambda: False))
    return Front(receiver, Flask("nothing"), ThreadPoolExecutor(1))


@contextmanager
def running(database: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """A receiver in a process of its own, which listens; it is ended afterwards."""
    command = [sys.executable, "-m", "tests.bench.receiver", "--port", str(port), "--secret", SECRET]
    with subprocess.Popen([*command, "--database", database], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.terminate()


def processor_seconds(process: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory_of(process: int) -> int:
    """The memory that a process has, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def _forget(deliveries: Sequence[Delivery]) -> Future[list[Received]]:
    done: Future[list[Received]] = Future()
    done.set_result([Received("01K00000000000000000000000", True) for _ in deliveries])
    return done


def _stop_when(stop: threading.Event, server: Server) -> None:
    stop.wait()
    server.stop()


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def main() -> None:
    """Serve until SIGTERM."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--secret", default=SECRET)
    asked.add_argument("--database", required=True)
    given = asked.parse_args()
    server = Server(house(given.database, given.secret), [bound("127.0.0.1", given.port)])
    stop = threading.Event()
    if not given.database.startswith("postgresql"):
        keep_to_one(stop)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_stop_when, args=(stop, server), daemon=True).start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
