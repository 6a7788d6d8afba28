"""kill -9, at random and at each place between two side effects."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Select, select

from connector.errors import StoreError
from connector.failpoints import NAMES
from connector.model.delivery import DeliveryStatus
from connector.store.database import open_store
from connector.store.schema import ActionStatus, actions, deliveries, status_is
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.program import Running, Starter, is_alive
from tests.patience import PATIENCE

LIVES: Final = 0.6
"""Seconds that a process lives at most, once it answers, before it is killed."""

ON_EDITS: Final = frozenset({"published-before-commit", "mapping-swapped", "sweep-page"})
"""Places that are reached where somebody edits the mapping."""

ON_UNKNOWN: Final = frozenset({"unknown-before-look", "unknown-after-look", "repeated-after-commit"})
"""Places that are reached when an action of unknown outcome is looked up: after a call's deadline."""

AFTER: Final = {
    "recovered-before-commit": "taken-after-commit",
    "recovered-after-commit": "taken-after-commit",
    "interrupted-after-commit": "claimed-before-call",
}
"""Places in what a start takes up, and where the process before has to die for it."""

ON_LOOKS: Final = ("looking-after-commit", "looked-before-commit", "looked-after-commit")
"""Places that are reached when people are due who wait."""

ON_AGING: Final = frozenset({"aged-before-commit", "aged-after-commit"})
"""Places that are reached while what has been kept long enough goes, a page at a time."""

ON_MONTHS: Final = frozenset({"month-dropped-before-commit", "month-dropped-after-commit"})
"""Places that are reached while a month is dropped, on PostgreSQL."""

ON_COPYING: Final = ("copied-page", "copied-before-check", "copied-before-named", "copy-has-two-names")
"""Places that are reached while a backup is made, in their order."""

ON_RESTORING: Final = (
    "restoring-before-prepared",
    "restoring-before-aside",
    "database-set-aside",
    "restored-before-synced",
)
"""Places that are reached while a backup takes the place of the database, in their order."""

_KEEPING: Final = frozenset({*ON_AGING, *ON_MONTHS, *ON_COPYING, *ON_RESTORING})

BY_POSTS: Final = tuple(sorted(NAMES - ON_EDITS - ON_UNKNOWN - AFTER.keys() - frozenset(ON_LOOKS) - _KEEPING))
"""Places that any posts reach."""


def kill(run: Campaign, process: Running) -> None:
    """End it, and say so."""
    run.history.say("fault", told="kill -9")
    process.kill()
    process.wait(PATIENCE)


def killed_at_random(run: Campaign, starter: Starter, times: int) -> None:
    """So many processes, one after the other, each killed at any moment of its life, or of its start."""
    for _ in range(times):
        process = run.loods.begins(starter=starter)
        if run.nemesis.seconds(0, 1) < 0.8:
            run.loods.waits_until_up(process)
        time.sleep(run.nemesis.seconds(0.0, LIVES))
        until_nobody_is_suspected(run.loods.database)
        kill(run, process)


def until_nobody_is_suspected(database: str, deaths: int = 2, seconds: float = PATIENCE) -> None:
    """Until no delivery waits that was in hand at so many deaths.

    One that is in hand at five in a row is taken for poison, as promised: who kills faster than a delivery
    is done, and that often in a row, is told so.
    """
    suspected = select(deliveries.c.id).where(
        status_is(deliveries, DeliveryStatus.WAITING), deliveries.c.attempts >= deaths
    )
    store = open_store(database)
    deadline = time.monotonic() + seconds
    try:
        while store.is_there and time.monotonic() < deadline:
            with store.reading() as tx:
                if tx.execute(suspected.limit(1)).first() is None:
                    return
            time.sleep(0.05)
    except StoreError:
        return
    finally:
        store.close()


def dies_at(run: Campaign, starter: Starter, name: str, seconds: float = PATIENCE) -> bool:
    """A process that dies at this place; whether it came there in time, or else is killed."""
    process = run.loods.begins(starter=starter, environment={"LOODS_FAILPOINT": f"{name}:kill"})
    is_edited = name not in ON_EDITS
    deadline = time.monotonic() + seconds
    while is_alive(process) and time.monotonic() < deadline:
        if not is_edited and run.loods.is_up():
            edit(run.loods.mapping)
            is_edited = True
        time.sleep(0.01)
    is_there = not is_alive(process)
    run.history.say("fault", told=f"{name}{'' if is_there else ' not reached, kill -9'}")
    process.kill()
    process.wait(PATIENCE)
    return is_there


def die_at_each(
    run: Campaign, starter: Starter, names: Sequence[str], seconds: float = PATIENCE
) -> list[str]:
    """One process after the other dies at these places, and one at random after each; what none reached."""
    missed = []
    for name in names:
        if before := AFTER.get(name):
            dies_at(run, starter, before, seconds)
        if not dies_at(run, starter, name, seconds):
            missed.append(name)
        killed_at_random(run, starter, 1)
    return missed


def die_looking(run: Campaign, starter: Starter) -> list[str]:
    """Processes die at the places that are reached where people are due; what none reached.

    One right after the other: of any process between them nobody could say whom it leaves.
    """
    missed = [name for name in ON_LOOKS if not dies_at(run, starter, name)]
    killed_at_random(run, starter, 1)
    return missed


def die_in_doubt(run: Campaign, starter: Starter, seconds: float = 150.0) -> list[str]:
    """Processes die while they look up, or repeat, what got no answer; those places where none came."""
    missed = []
    killed_with_a_journey_under_way(run, starter)
    for name in sorted(ON_UNKNOWN):
        run.platforms.script({"method": "POST", "path": "/crm/v3/objects/tasks"}, [{"drop": True}])
        if not dies_at(run, starter, name, seconds):
            missed.append(name)
    return missed


def killed_with_a_journey_under_way(run: Campaign, starter: Starter, seconds: float = 30.0) -> None:
    """A process dies while it waits for the answer to what cannot be looked up afterwards."""
    late = {"method": "POST", "path": "/3.0/customer-journeys"}
    run.platforms.script(late, [{"delay": seconds}])
    process = run.loods.starts(starter=starter)
    sending = select(actions.c.id).where(
        actions.c.name == "start_journey", status_is(actions, ActionStatus.SENDING)
    )
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not _is_any(run.loods.database, sending):
        time.sleep(0.02)
    time.sleep(0.5)
    kill(run, process)


def _is_any(database: str, query: Select[tuple[int]]) -> bool:
    store = open_store(database)
    try:
        with store.reading() as tx:
            return tx.execute(query.limit(1)).first() is not None
    finally:
        store.close()


def edit(folder: Path) -> None:
    """Somebody saves another rule about time."""
    file = folder / "shop.yaml"
    text = file.read_text("utf-8")
    file.write_text(re.sub(r"quiet: (\d+)d", lambda found: f"quiet: {int(found[1]) + 1}d", text), "utf-8")
