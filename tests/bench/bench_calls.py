"""Calls that a thousand updates of contacts cost HubSpot, when each came by itself and they wait together.

A workflow tool makes one to three calls for each: to find the contact, to write, perhaps to look. Here all
that waits of a contact is one update, and a hundred contacts are one call. That is measured with one update
of each contact, and with several of each of fewer. They go all the way: outbox, dispatcher, SDK, sandbox.

    python -m tests.bench.bench_calls --count 1000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any, Final

from connector.model.action import Action, Cause, Kind
from connector.model.contact import Contact
from connector.model.event import Identity
from connector.sandbox import Sandbox, start
from connector.store import contacts, outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus
from tests.bench.heading import heading
from tests.bench.plenty import databases
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop

GOAL: Final = 12
"""Writes, and reads, that a thousand updates may cost."""
OF_EACH: Final = (1, 4)
"""Updates of one contact."""


def main() -> None:
    """Count and print."""
    asked = _asked()
    heading("calls for updates of contacts")
    with tempfile.TemporaryDirectory(prefix="pg") as folder, start() as sandbox:
        for each in OF_EACH:
            sandbox.reset()
            with (
                databases("sqlite", Path(folder)) as url,
                Shop(url(f"calls{each}"), sandbox, MAPPING) as shop,
            ):
                _tell(sandbox, _dispatched(shop, asked.count, each), each)


def _tell(sandbox: Sandbox, count: int, each: int) -> None:
    made = sandbox.state()["calls"]
    reads = [one for one in made if one["method"] == "GET" or one["path"].endswith("/batch/read")]
    writes, most = len(made) - len(reads), GOAL * count / 1000
    sys.stdout.write(
        f"{count:,} updates, {each} of each contact: {writes} writes and {len(reads)} reads, "
        f"{writes / most:.2f} and {len(reads) / most:.2f} of what they may be; "
        f"a workflow tool makes {count:,} to {3 * count:,} calls\n"
    )
    sys.stdout.flush()


def _dispatched(shop: Shop, count: int, each: int) -> int:
    """Let all of them take effect; how many they were."""
    shop.system.store.write(partial(_decide, shop, count, each))
    [dispatcher] = [one for one in shop.system.dispatchers if one.connection == "hubspot"]
    while dispatcher.step():
        pass
    done = [one for one in shop.actions() if one.status is ActionStatus.DONE]
    if len(done) != count:
        raise SystemExit(f"only {len(done)} of {count} updates are done")
    return count


def _decide(shop: Shop, count: int, each: int, tx: Transaction) -> None:
    """Of each contact several updates wait, which were decided one after the other."""
    now, people = shop.clock(), [f"c{number}" for number in range(count // each)]
    contacts.save(tx, [Contact(one, now) for one in people])
    contacts.claim(tx, [(Identity("email", "", f"{one}@example.com"), one) for one in people])
    actions = [
        Action(
            key=f"{one}:{number}",
            connection="hubspot",
            name="update_contact",
            contact_id=one,
            arguments={"fields": {"city": f"City {number}", "numemployees": number}},
            kind=Kind.INTERNAL,
            cause=Cause("trigger:bench", 1, "order.paid", f"e{number}"),
            decided_at=now,
        )
        for number in range(each)
        for one in people
    ]
    outbox.add(tx, actions, now)


def _asked() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000, help="updates")
    return parser.parse_args()


if __name__ == "__main__":
    main()
