"""What was acknowledged is there after the process was killed, whenever that was."""

from __future__ import annotations

import subprocess
import sys

from connector.store.database import open_store
from connector.store.schema import deliveries
from tests.store.script import ROOT

ROUNDS = 20


def test_no_acknowledged_delivery_is_lost_when_the_process_is_killed(fresh_url: str) -> None:
    store = open_store(fresh_url)
    store.migrate()
    store.close()

    command = [sys.executable, "-m", "tests.store.crasher", fresh_url, str(ROUNDS)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)

    acknowledged = ended.stdout.split()
    store = open_store(fresh_url)
    with store.reading() as tx:
        stored = set(tx.scalars(deliveries.select().with_only_columns(deliveries.c.id)))
    store.close()
    assert len(acknowledged) >= ROUNDS
    assert set(acknowledged) <= stored
