"""What one dead account costs the others of a worker: how soon what is wanted of them is done.

Each account is an address of its own, of which some have a post wanted every second. Then one more account,
which takes connections and never answers, has as many wanted; the two take turns. SQLite, one process.

    python -m tests.bench.bench_accounts --accounts 500 --posts 50 --seconds 20 --turns 3
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import requests
from sqlalchemy import select

from connector import bootstrap
from connector.bootstrap.system import System
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact
from connector.model.ids import new_id
from connector.settings import read_settings
from connector.store import contacts, outbox
from connector.store.database import Transaction
from connector.store.schema import actions
from tests.bench.bench_both import PLATFORMS, SANDBOX, beside
from tests.bench.heading import heading
from tests.bench.plenty import at
from tests.bench.receiver import memory_of

SEED: Final = 1
DEAD: Final = "dead"
CAUSE: Final = Cause("trigger:bench", 1, "order.paid", "e1")


def main() -> None:
    """Measure and print."""
    asked = _asked()
    heading(f"{asked.accounts} accounts of one worker, {asked.posts} posts a second, beside a dead one", SEED)
    with ExitStack() as begun:
        folder = Path(begun.enter_context(tempfile.TemporaryDirectory()))
        around = dict(os.environ)  # noqa: TID251 the surroundings of another process
        begun.enter_context(beside((PLATFORMS, "--port", str(SANDBOX), "--after", "0"), SANDBOX, around))
        answers = {"match": {"path": "/posts"}, "answers": [{"status": 200, "delay": 0.05}], "times": None}
        requests.post(f"http://127.0.0.1:{SANDBOX}/script", json=answers, timeout=60).raise_for_status()
        system = bootstrap.build(read_settings(_environment(folder, begun.enter_context(silent()), asked)))
        begun.callback(system.store.close)
        begun.callback(system.service.stop)
        system.service.start()
        _measure(system, asked)


def _measure(system: System, asked: Any) -> None:
    chance = Random(SEED)
    living = [one for one in system.mapping.connections if one != DEAD]
    _wants(system, living)
    _until_done(system, living)
    alone, beside_dead = list[float](), list[float]()
    for _ in range(asked.turns):
        for extra, times in ((0, alone), (asked.posts, beside_dead)):
            began = bootstrap.clock()
            for _ in range(asked.seconds):
                _wants(system, [*chance.choices(living, k=asked.posts), *[DEAD] * extra])
                time.sleep(1.0)
            _until_done(system, living)
            times.extend(_taken(system, living, began))
    _tell("without it", alone)
    _tell("beside it", beside_dead)
    ratio = at(beside_dead, 0.99) / at(alone, 0.99)
    held = f"{threading.active_count()} threads, {memory_of(os.getpid())} MiB"
    sys.stdout.write(f"ratio of the p99s {ratio:.2f}; {held}; {_left(system)} wait for the dead one\n")


def _tell(what: str, times: list[float]) -> None:
    figures = f"p50 {at(times, 0.5) * 1000:.0f}, p99 {at(times, 0.99) * 1000:.0f} ms"
    sys.stdout.write(f"{what}: {len(times):,} done, {figures} from the decision to what came of it\n")


def _wants(system: System, names: Sequence[str]) -> None:
    """Each of them has one more post wanted, as if a rule had decided so."""
    now = bootstrap.clock()
    wanted = [_post(name, new_id(now), now) for name in names]

    def decide(tx: Transaction) -> None:
        contacts.save(tx, [Contact(one.contact_id, now) for one in wanted])
        outbox.add(tx, wanted, now)

    system.store.write(decide)
    system.crew.ring()


def _post(connection: str, contact_id: str, now: datetime) -> Action:
    body = {"body": {"contact": contact_id}}
    return Action(contact_id, connection, "post", contact_id, body, Kind.INTERNAL, CAUSE, now)


def _until_done(system: System, living: Sequence[str]) -> None:
    while any(_taking(system, living)):
        time.sleep(0.1)


def _taking(system: System, living: Sequence[str]) -> Sequence[int]:
    open_ones = select(actions.c.id).where(
        actions.c.connection.in_(living), actions.c.status.in_(("waiting", "sending"))
    )
    with system.store.reading() as tx:
        return tx.execute(open_ones.limit(1)).scalars().all()


def _taken(system: System, living: Sequence[str], began: datetime) -> list[float]:
    """Seconds from each decision since then to what came of it."""
    done = select(actions.c.decided_at, actions.c.settled_at).where(
        actions.c.connection.in_(living), actions.c.status == "done", actions.c.decided_at >= began
    )
    with system.store.reading() as tx:
        return [(settled - decided).total_seconds() for decided, settled in tx.execute(done)]


def _left(system: System) -> int:
    with system.store.reading() as tx:
        return outbox.counts(tx)["waiting"]


@contextmanager
def silent() -> Iterator[int]:
    """The port of somebody who takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        yield listening.getsockname()[1]


def _environment(folder: Path, port: int, asked: Any) -> dict[str, str]:
    (folder / "mapping").mkdir()
    named = [f"  a{number}: {{platform: http, url: $LIVING}}" for number in range(asked.accounts)]
    lines = "\n".join(["connections:", *named, f"  {DEAD}: {{platform: http, url: $DEAD}}", ""])
    (folder / "mapping" / "accounts.yaml").write_text(lines, "utf-8")
    return {
        "LOODS_MAPPINGS": str(folder / "mapping"),
        "DATABASE_URL": f"sqlite:///{folder}/loods.db",
        "LIVING": f"http://127.0.0.1:{SANDBOX}/posts",
        "DEAD": f"http://127.0.0.1:{port}/posts",
    }


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--accounts", type=int, default=500, help="that live")
    parser.add_argument("--posts", type=int, default=50, help="that are wanted a second, of any of them")
    parser.add_argument("--seconds", type=int, default=20, help="of each turn")
    parser.add_argument("--turns", type=int, default=3, help="with and without the dead one")
    return parser.parse_args()


if __name__ == "__main__":
    main()
