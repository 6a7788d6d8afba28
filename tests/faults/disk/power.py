"""Power cuts in a row: what was acknowledged before each is there afterwards, and the file is sound."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from sqlalchemy import select

from connector.model.delivery import DeliveryStatus
from connector.store.database import open_store
from connector.store.schema import deliveries
from connector.store.sqlite import driver
from tests.faults.disk.image import Disk
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.checker import Verdict, check
from tests.faults.rig.history import Line
from tests.faults.rig.program import Running, Starter
from tests.faults.rig.reading import evidence, wait_until_settled
from tests.patience import PATIENCE

RATE: Final = 25.0
"""Posts a second while the power goes."""

_AT_START: Final = 5
"""Every which cut comes while Loods starts, the first of them while it makes the tables."""

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
    verdict = judged(run)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    run.history.close()
    return verdict


def judged(run: Campaign) -> Verdict:
    """The verdict on all that was proven to be acknowledged before a fault, with a process that runs."""
    wait_until_settled(run.loods.database)
    found = evidence(run.loods.database, run.history, run.posts, run.platforms)
    return check(replace(found, history=tuple(proven(run.history.lines))))


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
    run.history.say("fault", told="power cut")
    disk.loses_power()
    process.kill()
    process.wait()
    disk.unmounts()
    disk.mounts()
    complaint = unsound(disk.at / "loods.db")
    assert not complaint, f"seed {run.nemesis.seed}: {complaint}"
    run.history.say("up")
    return run.loods.begins(starter=starter)


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


def proven(lines: Iterable[Line]) -> Iterator[Line]:
    """The history, in which an acknowledgement counts only if it was read before a cut.

    One that is read while the power goes may be of a commit that was on its way to the disk.
    """
    is_dark = False
    for line in lines:
        if line.said in {"fault", "up"}:
            is_dark = line.said == "fault"
        yield replace(line, said="info") if is_dark and line.said == "ok" else line
