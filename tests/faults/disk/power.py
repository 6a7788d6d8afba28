"""Power cuts in a row: what was acknowledged before each is there afterwards, and the file is sound."""

from __future__ import annotations

import signal
import time
from collections.abc import Set
from pathlib import Path
from typing import Final

from sqlalchemy import select

from connector.model.delivery import DeliveryStatus
from connector.store.database import open_store
from connector.store.schema import deliveries
from connector.store.sqlite import driver
from tests.faults.disk.image import Disk
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.checker import Verdict
from tests.faults.rig.program import Running, Starter
from tests.patience import PATIENCE, until

RATE: Final = 25.0
"""Posts a second while the power goes."""

_AT_START: Final = 5
"""Every which cut comes while Loods starts, the first of them while it makes the tables."""

_STOPPED: Final = frozenset("TtZX")
"""States of a thread that does nothing: stopped, or ended."""

_WITHIN_THE_DISK: Final = frozenset("D")

_DEATHS: Final = 2
"""In how many deaths in a row a delivery may have been in hand when the next comes; five set it aside."""

_OFTEN_IN_HAND: Final = (
    select(deliveries.c.id)
    .where(deliveries.c.status == DeliveryStatus.WAITING, deliveries.c.attempts >= _DEATHS)
    .limit(1)
)


def cut(run: Campaign, disk: Disk, starter: Starter, cycles: int) -> Verdict:
    """So many cuts while senders post; then Loods settles all, and is judged.

    Raises AssertionError where SQLite finds its file unsound after a cut.
    """
    process = run.loods.begins(starter=starter)
    with run.posting(rate=RATE):
        for cycle in range(cycles):
            if cycle % _AT_START:
                run.loods.waits_until_up(process)
                _lets_work(run)
            time.sleep(run.nemesis.seconds(0.0, 0.4))
            process = _through_a_cut(run, disk, process, starter)
        run.loods.waits_until_up(process)
        run.history.say("up")
    verdict = run.verdict()
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    run.history.close()
    return verdict


def _lets_work(run: Campaign) -> None:
    """Until what was in hand at the last deaths is done, for at most half a minute."""
    store = open_store(run.loods.database)
    deadline = time.monotonic() + 30
    is_left = True
    while is_left and time.monotonic() < deadline:
        with store.reading() as tx:
            is_left = tx.execute(_OFTEN_IN_HAND).first() is not None
        time.sleep(0.01)
    store.close()


def _through_a_cut(run: Campaign, disk: Disk, process: Running, starter: Starter) -> Running:
    stands_still(process, _WITHIN_THE_DISK)
    disk.loses_power()
    run.history.say("fault", told="power cut")
    process.kill()
    process.wait()
    disk.unmounts()
    disk.mounts()
    complaint = unsound(disk.at / "loods.db")
    assert not complaint, f"seed {run.nemesis.seed}: {complaint}"
    run.history.say("up")
    return run.loods.begins(starter=starter)


def stands_still(process: Running, also: Set[str] = frozenset()) -> None:
    """A machine goes with its disk: nobody learns of what is on its way to the disk as that goes.

    An fsync that ext4 answers during the milliseconds of a shutdown, or while it turns read-only, may not be
    kept: the last commit of SQLite 3.40, alone on such a disk, was lost in 14 of 300 cuts, and in none of 600
    behind a SIGSTOP. In the states `also` a thread may be besides.
    """
    process.send_signal(signal.SIGSTOP)
    threads = Path(f"/proc/{process.pid}/task")
    assert until(lambda: all(_state(one) in _STOPPED | also for one in threads.iterdir()), pause=0.0002)


def _state(thread: Path) -> str:
    """The letter of proc(5), behind the name in brackets."""
    return (thread / "stat").read_text().rpartition(")")[2].split()[0]


def unsound(database: Path) -> str:
    """What SQLite finds wrong with the file; nothing where it is sound, or was never made."""
    if not database.exists() or not database.stat().st_size:
        return ""
    connection = driver.module().connect(database)
    try:
        ((found,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    finally:
        connection.close()
    return "" if found == "ok" else str(found)
