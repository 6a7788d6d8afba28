"""Deaths while old things go, while a backup is made, and while one takes the place of the database.

Each function yields in words what is wrong.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from connector.model.delivery import Delivery, DeliveryStatus
from connector.store import months
from connector.store.database import Store, open_store
from connector.store.inbox import Settled, settle
from connector.store.schema import deliveries
from tests.faults.killing import ON_AGING, ON_COPYING, ON_MONTHS, ON_RESTORING
from tests.faults.rig.platforms import ROOT
from tests.faults.rig.program import Loods, Starter

NOW: Final = datetime(2027, 4, 10, tzinfo=UTC)
WHOLLY_OVER: Final = (datetime(2026, 12, 15, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC))
"""Moments in months of which nothing has to stay: the first death keeps its month, the second lets it go."""

PARTLY_OVER: Final = datetime(2027, 2, 15, tzinfo=UTC)
LATELY: Final = datetime(2027, 4, 5, tzinfo=UTC)
MANY: Final = 450
"""Deliveries that go: more than two pages of them."""

STAYING: Final = (DeliveryStatus.WAITING, DeliveryStatus.PARKED, DeliveryStatus.FAILED)
LARGE: Final = 2_500
"""Deliveries of 4 KB: more than SQLite copies in one step."""


def dies_while_old_things_go(loods: Loods) -> Iterator[str]:
    """At each place; afterwards one pass goes through. What has to stay is there all the time."""
    staying = _filled_with_old_things(loods.database)
    for name in [*sorted(ON_MONTHS if loods.database.startswith("postgres") else ()), *sorted(ON_AGING)]:
        wanted = f"{name}:kill" if name in ON_MONTHS else f"{name}:kill@2"
        if _ages(loods, {"LOODS_FAILPOINT": wanted}) != -signal.SIGKILL:
            yield f"{name} was not reached"
        if lost := staying - _stored(loods.database):
            yield f"after {name} {len(lost)} are gone that had to stay: {sorted(lost)[:3]}"
    if ended := _ages(loods, {}):
        yield f"the pass behind ended with {ended}"
    if _stored(loods.database) != staying:
        yield f"{len(_stored(loods.database) - staying)} stay behind the last pass"


def dies_while_a_copy_is_made(loods: Loods, starter: Starter) -> Iterator[str]:
    """At each place, first where no copy is, then where an older one is to be replaced."""
    file = loods.folder / "copy.db"
    _receives(loods.database, LARGE, "first")
    for name in ON_COPYING:
        yield from _killed(loods, starter, ("backup", str(file)), name)
        if file.exists():
            yield from _is_whole(file, [_all_of(loods)], name)
            file.unlink()
    yield from _ended_well(loods, starter, ("backup", str(file)))
    first = _all_of(loods)
    _receives(loods.database, 10, "second")
    for name in ON_COPYING[:-1]:
        yield from _killed(loods, starter, ("backup", str(file), "--force"), name)
        yield from _is_whole(file, [first], name)
    yield from _ended_well(loods, starter, ("backup", str(file), "--force"))
    yield from _is_whole(file, [_all_of(loods)], "all of them")


def dies_while_a_copy_takes_its_place(loods: Loods, starter: Starter) -> Iterator[str]:
    """At each place: the old database or the new one, and in the end the new one."""
    file = loods.folder / "copy.db"
    _receives(loods.database, 10, "first")
    new = _all_of(loods)
    yield from _ended_well(loods, starter, ("backup", str(file)))
    for name in ON_RESTORING:
        _receives(loods.database, 5, f"later than {name}")
        old = _all_of(loods)
        yield from _killed(loods, starter, ("restore", str(file)), name)
        yield from _is_whole(_file_of(loods), [old, new], name)
        aside = max(loods.folder.glob("loods.db.before-*"), default=None, key=lambda one: one.stat().st_ctime)
        if _all_of(loods) == new and (aside is None or _held_by(aside) != old):
            yield f"after {name} nobody has what was there before"
    yield from _ended_well(loods, starter, ("restore", str(file)))
    yield from _is_whole(_file_of(loods), [new], "all of them")


def _filled_with_old_things(database: str) -> set[str]:
    """Old deliveries of months that go and of one that stays; the prints of those that have to stay."""
    store = open_store(database)
    store.migrate()
    for moment in (*WHOLLY_OVER, PARTLY_OVER, LATELY):
        _make_months(store, moment)
        _come(store, moment, [DeliveryStatus.DONE] * MANY)
    _come(store, PARTLY_OVER, STAYING)
    store.close()
    kept = {f"{PARTLY_OVER} {one.value} {number}" for number, one in enumerate(STAYING)}
    return kept | {f"{LATELY} {DeliveryStatus.DONE.value} {number}" for number in range(MANY)}


def _make_months(store: Store, moment: datetime) -> None:
    with store.reading() as tx:
        wanted = months.missing(tx, moment) if months.may_change(tx) else []
    for one in wanted:
        store.write(partial(months.make, month=one))


def _come(store: Store, at: datetime, ends: Sequence[DeliveryStatus]) -> None:
    """Deliveries came then, and ended so, a minute later."""
    prints = [f"{at} {end.value} {number}" for number, end in enumerate(ends)]
    ids = store.receive([Delivery("webshop", "orders/create", {}, {}, b"{}", at, one) for one in prints])
    ended = [
        Settled(one.id, end, "v1", at + timedelta(minutes=1))
        for one, end in zip(ids, ends, strict=True)
        if end is not DeliveryStatus.WAITING
    ]
    store.write(lambda tx: settle(tx, ended))


def _ages(loods: Loods, more: dict[str, str]) -> int:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), **loods.environment, **more}
    command = [sys.executable, "-m", "tests.faults.aging", NOW.isoformat()]
    with loods.log.open("ab") as log:
        return subprocess.run(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False
        ).returncode


def _stored(database: str) -> set[str]:
    store = open_store(database)
    with store.reading() as tx:
        found = set(tx.scalars(deliveries.select().with_only_columns(deliveries.c.fingerprint)))
    store.close()
    return found


def _receives(database: str, count: int, name: str) -> None:
    store = open_store(database)
    store.migrate()
    came = [Delivery("webshop", "x", {}, {}, bytes(4000), LATELY, f"{name} {one}") for one in range(count)]
    store.receive(came)
    store.close()


def _killed(loods: Loods, starter: Starter, words: Sequence[str], name: str) -> Iterator[str]:
    process = loods.begins(*words, starter=starter, environment={"LOODS_FAILPOINT": f"{name}:kill"})
    if process.wait(60) != -signal.SIGKILL:
        yield f"{name} was not reached"


def _ended_well(loods: Loods, starter: Starter, words: Sequence[str]) -> Iterator[str]:
    if ended := loods.begins(*words, starter=starter).wait(60):
        yield f"loods {words[0]} ended with {ended}"


def _file_of(loods: Loods) -> Path:
    return Path(loods.database.removeprefix("sqlite:///"))


def _all_of(loods: Loods) -> set[str]:
    return _stored(loods.database)


def _is_whole(file: Path, allowed: Sequence[set[str]], name: str) -> Iterator[str]:
    """Whether SQLite finds it sound, and it holds all of one of these."""
    with closing(sqlite3.connect(file)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchall()
    if said != [("ok",)]:
        yield f"after {name} {file.name} is damaged: {said[0][0]}"
    elif _held_by(file) not in allowed:
        yield f"after {name} {file.name} holds neither the old nor the new: {len(_held_by(file))} deliveries"


def _held_by(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {one for (one,) in connection.execute("SELECT fingerprint FROM deliveries")}
