"""How soon many updates that wait are at HubSpot, against the time that its own limit takes for them.

A hundred contacts go in a call, and a small HubSpot takes a hundred calls in ten seconds: 100,000 updates
take it 100 seconds. The sandbox, a process of its own, counts as HubSpot does, and refuses a call too many.

    python -m tests.bench.bench_drain --count 100000 --after 0.0

The end of an outage: a million updates wait, of as many contacts, or ten of each of 100,000. Those of one
contact go together in one call. The first two minutes are told.

    python -m tests.bench.bench_drain --count 1000000 --seconds 120
    python -m tests.bench.bench_drain --count 100000 --each 10 --seconds 120
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, Final

from sqlalchemy import exists, func, insert, select

from connector import bootstrap
from connector.bootstrap.system import System
from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.threads import Threads
from connector.settings import read_settings
from connector.store import contacts, outbox
from connector.store.database import Store, Transaction
from connector.store.schema import ActionStatus, actions, attempts
from tests.bench.bench_both import PLATFORMS, SANDBOX, beside
from tests.bench.heading import heading
from tests.bench.receiver import memory_of
from tests.runtime.conftest import MAPPING

PER_CALL: Final = 100
CALLS: Final = 100
WITHIN: Final = 10.0
"""HubSpot's smallest limit: so many calls in so many seconds."""
AT_ONCE: Final = 5_000
"""Updates that are decided in one transaction."""


def main() -> None:
    """Measure and print."""
    asked = _asked()
    many = f"{asked.count * asked.each:,} updates of {asked.count:,} contacts"
    heading(f"{many} that wait, to a HubSpot of {CALLS} calls in {WITHIN:.0f} s")
    words = ("--port", str(SANDBOX), "--calls", str(CALLS), "--after", str(asked.after))
    around = dict(os.environ)  # noqa: TID251 the surroundings of another process
    with tempfile.TemporaryDirectory() as folder, beside((PLATFORMS, *words), SANDBOX, around):
        settings = read_settings(_environment(Path(folder)))
        system = bootstrap.build(settings)
        try:
            _measure(system, asked)
        finally:
            system.store.close()


def _measure(system: System, asked: Any) -> None:
    for first in range(0, asked.count, AT_ONCE):
        system.store.write(partial(_decide, range(first, min(first + AT_ONCE, asked.count))))
    for number in range(1, asked.each):
        system.store.write(partial(_once_more, number=number, count=asked.count))
    before = memory_of(os.getpid())
    [dispatcher] = [one for one in system.dispatchers if one.connection == "hubspot"]
    dispatcher.spread(Threads("calls"))
    began, used = time.monotonic(), time.process_time()
    while time.monotonic() - began < asked.seconds and _is_any_waiting(system.store):
        _drain(dispatcher)
    dispatcher.drain()
    seconds, used = time.monotonic() - began, time.process_time() - used
    _tell(system.store, asked.each, (seconds, used), before)


def _drain(dispatcher: Dispatcher) -> None:
    """As a worker does: step while something is due, then wait for what is not."""
    if not dispatcher.step():
        dispatcher.bell.wait(dispatcher.seconds_to_wait())


def _tell(store: Store, each: int, took: tuple[float, float], before: int) -> None:
    """`took`: seconds of the wall's clock, and of this process's processor."""
    ends, (seconds, used) = _ends(store), took
    done = ends.pop("done", 0) or 1
    of_limit = (done / each / PER_CALL / CALLS) * WITHIN
    sys.stdout.write(
        f"{done:,} done in {seconds:.1f} s, {seconds / of_limit:.2f} of the {of_limit:.0f} s of the limit; "
        f"{used / done * 1e6:.0f} µs of processor each, {memory_of(os.getpid())} MiB, {before} before; "
        f"tries that ended otherwise: {ends or 'none'}; "
        f"{_out_of_turn(store)} done before an earlier one of the contact\n"
    )


def _out_of_turn(store: Store) -> int:
    """How many were done although the same contact has an earlier one that still waits."""
    earlier = actions.alias()
    is_behind = exists().where(
        earlier.c.contact_id == actions.c.contact_id,
        earlier.c.id < actions.c.id,
        earlier.c.status != ActionStatus.DONE,
    )
    with store.reading() as tx:
        done = select(func.count()).where(actions.c.status == ActionStatus.DONE, is_behind)
        return tx.execute(done).scalar_one()


def _ends(store: Store) -> dict[str, int]:
    """How many tries ended in which way: one that was refused as too many is transient."""
    with store.reading() as tx:
        rows = tx.execute(select(attempts.c.outcome, func.count()).group_by(attempts.c.outcome))
        return {row[0]: row[1] for row in rows}


def _is_any_waiting(store: Store) -> bool:
    with store.reading() as tx:
        return outbox.earliest(tx, "hubspot") is not None


def _once_more(tx: Transaction, number: int, count: int) -> None:
    """Each contact has one more that waits, like its first."""
    columns = [one for one in actions.c if one.name not in {"id", "key"}]
    like = select(actions.c.key + f"-{number}", *columns).where(actions.c.id <= count)
    tx.execute(insert(actions).from_select(["key", *(one.name for one in columns)], like))


def _decide(numbers: Sequence[int], tx: Transaction) -> None:
    """Each contact has an update that waits."""
    now, people = bootstrap.clock(), [f"c{number}" for number in numbers]
    contacts.save(tx, [Contact(one, now) for one in people])
    contacts.claim(tx, [(Identity("email", "", f"{one}@example.com"), one) for one in people])
    cause = Cause("trigger:bench", 1, "order.paid", "e1")
    outbox.add(tx, [_update(one, cause, now) for one in people], now)


def _update(contact_id: str, cause: Cause, now: datetime) -> Action:
    return Action(
        key=contact_id,
        connection="hubspot",
        name="update_contact",
        contact_id=contact_id,
        arguments={"fields": {"city": f"City of {contact_id}", "numemployees": len(contact_id)}},
        kind=Kind.INTERNAL,
        cause=cause,
        decided_at=now,
    )


def _environment(folder: Path) -> dict[str, str]:
    return {
        "LOODS_MAPPINGS": str(shutil.copytree(MAPPING, folder / "mapping")),
        "DATABASE_URL": f"sqlite:///{folder}/loods.db",
        "HUBSPOT_TOKEN": "pat-bench",
        "HUBSPOT_URL": f"http://127.0.0.1:{SANDBOX}",
    }


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="contacts")
    parser.add_argument("--each", type=int, default=1, help="updates of each that wait")
    parser.add_argument("--seconds", type=float, default=inf, help="after which the rest is left waiting")
    parser.add_argument("--after", type=float, default=0.0, help="seconds until each of HubSpot's answers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
