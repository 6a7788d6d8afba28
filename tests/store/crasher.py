"""A store that is killed while it receives: `python -m tests.store.crasher URL ROUNDS`.

Each round a child opens the store, receives from four threads, and writes down what was acknowledged; after
some milliseconds it is killed. Printed are the ids that were acknowledged in all rounds.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from threading import Thread

import alembic.command  # noqa: F401 loaded once here, and not by each child

from connector.store.database import Store, open_store
from tests.store.make import delivery


def main() -> None:
    """Crash, and tell what was promised."""
    url, rounds = sys.argv[1], int(sys.argv[2])
    chance = random.Random(7)
    for number in range(rounds):
        for line in crash(url, number, chance.uniform(0.005, 0.08)):
            sys.stdout.write(f"{line}\n")


def crash(url: str, number: int, seconds: float) -> list[str]:
    """One round: the ids that were acknowledged before the child was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        receive(url, number, writing)
    os.close(writing)
    with os.fdopen(reading) as acknowledged:
        first = acknowledged.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [line.strip() for line in (first, *acknowledged) if line.endswith("\n")]


def receive(url: str, number: int, told: int) -> None:
    """Receive until killed."""
    store = open_store(url)
    senders = [Thread(target=send, args=(store, f"{number}-{sender}", told)) for sender in range(4)]
    for sender in senders:
        sender.start()
    senders[0].join()
    os._exit(1)


def send(store: Store, name: str, told: int) -> None:
    """One sender: the next delivery when the last was acknowledged."""
    count = 0
    while True:
        count += 1
        (received,) = store.receive([delivery(f"{name}-{count}", body=bytes(4000))])
        os.write(told, f"{received.id}\n".encode())


if __name__ == "__main__":
    main()
