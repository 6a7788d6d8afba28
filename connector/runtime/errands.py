"""What a person asks of Loods while it runs: stop, go on, drop what waited, fire a moment, recompute, undo.

Whoever is asked writes it down. Beside a process that writes a SQLite file alone the errand is left where
that one finds it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connector.errors import HeldError, StoreError
from connector.journey.stopping import drop, held_rules
from connector.runtime import taking_back
from connector.runtime.bringing import Brought, take_in
from connector.runtime.undoing import Wish
from connector.store import contacts, held, looks, publications, stops, sweeps, tallies, undoing, waiting
from connector.store.database import Store, Transaction
from connector.store.encoding import decode, encode
from connector.store.looks import Look
from connector.store.stops import EVERYTHING, Stop
from connector.store.sweeps import EVERYBODY, Asked, Only, SweepKind

log = logging.getLogger(__name__)

AT_ONCE: Final = 500
"""Actions, or contacts of whom runs wait, that are dropped in one transaction."""

STOP, GO_ON, DROP, FIRE, RECOMPUTE = "stop", "go on", "drop", "fire", "recompute"
UNDO, IMPORT = "undo", "import"
TRIGGER: Final = undoing.TRIGGER


@dataclass(frozen=True, slots=True)
class Errand:
    """`what` is to be done about `name`: a rule (`trigger:welcome`, or all), the moment that is fired, or the
    version under which contacts are recomputed, or of which everything is undone.

    `expected` has by rule how many runs were shown to the person, who confirmed; `only` says for whom it is.
    What is undone was decided `since` then; `through` has the platform of each connection. With a `version`
    histories are folded again by that one, which is live, without what is undone. What is `brought` comes by
    the connection of this name.
    """

    what: str
    name: str
    who: str
    at: datetime
    words: str = ""
    expected: Mapping[str, int] = field(default_factory=dict)
    only: Only = EVERYBODY
    since: datetime | None = None
    through: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    brought: tuple[Brought, ...] = ()

    @property
    def folding(self) -> Asked:
        """The pass by which histories are folded again, where something is undone."""
        only = Only(undone=self.name, since=self.since)
        return Asked(SweepKind.RECOMPUTE, self.version, self.at, self.who, only=only)


def carry_out(store: Store, errand: Errand, now: datetime) -> bool:
    """Do it, or a part of it; whether all is done. Doing it again after a death changes nothing more."""
    match errand.what:
        case "stop":
            store.write(lambda tx: stops.stop(tx, Stop(errand.name, errand.at, errand.who, errand.words)))
        case "go on":
            store.write(lambda tx: _go_on(tx, errand))
        case "drop":
            if store.write(lambda tx: _drop(tx, errand)):
                return False
            store.write(lambda tx: _go_on(tx, errand))
        case "fire":
            store.write(lambda tx: _begin(tx, SweepKind.MOMENT, errand, now))
        case "recompute":
            store.write(lambda tx: _begin(tx, SweepKind.RECOMPUTE, errand, now))
        case "undo":
            return taking_back.carry_out(store, wish_of(store, errand))
        case "import":
            store.write(lambda tx: take_in(tx, errand.name, errand.brought, errand.at))
        case unheard_of:
            log.error("somebody asks for %r, of which nothing is known", unheard_of)
    return True


def ask(store: Store, errand: Errand, patience: float) -> bool:
    """Do it now, or have it done by the process that writes; whether it is done.

    It is not where that process takes longer than `patience` seconds; then it stays asked for.
    """
    try:
        while not carry_out(store, errand, errand.at):
            pass
    except HeldError:
        if store.errands is None:
            raise
        return _is_done(store, leave(store, errand), patience)
    return True


def leave(store: Store, errand: Errand) -> str:
    """Leave it for the process that writes alone; the name under which it waits. Raises StoreError."""
    if store.errands is None:
        raise StoreError("nothing is left beside this database: every process writes it")
    try:
        return store.errands.leave(encode(errand), errand.at)
    except OSError as error:
        raise StoreError(f"nothing can be left beside the database: {error.strerror}") from error


def _is_done(store: Store, name: str, patience: float) -> bool:
    """Whether what waits under this name is done within so many seconds."""
    until = time.monotonic() + patience
    while is_left(store, name) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_left(store, name)


def is_left(store: Store, name: str) -> bool:
    """Whether what was left under this name is not done yet."""
    return store.errands is not None and store.errands.waits(name)


def wish_of(store: Store, errand: Errand) -> Wish:
    """What is to be undone: by a trigger, or by all rules while a version was live."""
    with store.reading() as tx:
        which = undoing.which(tx, errand.name, errand.since)
    return Wish(
        which=which,
        who=errand.who,
        at=errand.at,
        through=errand.through,
        trigger=which.rule.removeprefix(TRIGGER),
        since=errand.since,
        folding=errand.folding if errand.version else None,
    )


class Clerk:
    """Does what was left beside the database. One thread calls `step`; `went_on` hears what was done."""

    def __init__(self, store: Store, clock: Callable[[], datetime], went_on: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._went_on = went_on

    def step(self) -> int:
        """Do one errand, or a part of it; 0 where nothing is asked."""
        errands = self._store.errands
        found = errands.first() if errands else None
        if errands is None or found is None:
            return 0
        name, said = found
        errand = _understood(said)
        if errand is None or carry_out(self._store, errand, self._clock()):
            errands.done(name)
            self._went_on()
        return 1


def _understood(said: Mapping[str, Any] | None) -> Errand | None:
    try:
        return decode(Errand, said or {})
    except (TypeError, ValueError, AttributeError, KeyError):
        log.error("something was asked beside the database that cannot be read; it is passed over")  # noqa: TRY400 - where it was raised helps nobody
        return None


def _drop(tx: Transaction, errand: Errand) -> int:
    """Give up a part of what waits: actions, then runs that wait for the stop to end; how many went."""
    gone = stops.drop(tx, errand.name, errand.who, errand.at, AT_ONCE)
    return gone or _drop_runs(tx, errand)


def _drop_runs(tx: Transaction, errand: Errand) -> int:
    ids = held.some(tx, errand.name, AT_ONCE)
    people = contacts.load(tx, ids)
    dropped = {name: drop(one, errand.name, errand.who) for name, one in people.items()}
    after = [one.contact for one in dropped.values()]
    contacts.save(tx, after, contacts.wakes_of(tx, list(people)))
    live = publications.live(tx)
    version = live.version if live else ""
    waiting.note(tx, after, version)
    held.note(tx, {name: held_rules(dropped[name].contact) if name in dropped else () for name in ids})
    looks.record(tx, [Look(name, errand.at, version, (), one.trace) for name, one in dropped.items()])
    return len(ids)


def _go_on(tx: Transaction, errand: Errand) -> None:
    if not stops.start(tx, errand.name):
        return
    for rule, count in ({errand.name: 0} | held.counts(tx, errand.name)).items():
        if rule != EVERYTHING:
            tallies.forgive(tx, rule, errand.at, count)
    held.wake(tx, errand.name, errand.at)


def _begin(tx: Transaction, kind: SweepKind, errand: Errand, now: datetime) -> None:
    asked = Asked(kind, errand.name, errand.at, errand.who, errand.expected, errand.only)
    sweeps.begin(tx, asked, now)
