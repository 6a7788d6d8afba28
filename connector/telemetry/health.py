"""How the whole is: each check ok, amber (a person should look) or red (a person has to)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from connector.model.showing import local
from connector.telemetry.clocks import APART, FAR_APART, words_of
from connector.telemetry.lookout import Seen

STILL_FOR: Final = timedelta(minutes=1)
"""So long may the same delivery wait first; a batch takes some hundredths of a second."""

STILL_FOR_LONG: Final = timedelta(minutes=5)
"""So long may the same action be due first: its platform may have asked us to wait."""

BLIND_FOR: Final = 60.0
"""Seconds without a look at the database after which that is red."""


class Level(IntEnum):
    """How bad it is."""

    OK = 0
    AMBER = 1
    RED = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what is to be said of it."""

    level: Level = Level.OK
    says: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the process knows of itself, beside what the lookout has `seen` so many `seconds_ago`.

    `trouble` says why nothing is written any more. `workers` are its threads, each with whether it is well.
    `notices` are for a person, by name. `least_free` are the bytes below which a disk is nearly full.
    """

    seen: Seen | None
    seconds_ago: float
    receives: bool = True
    trouble: str = ""
    workers: Mapping[str, bool] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)
    least_free: int = 0


def judge(facts: Facts) -> dict[str, Check]:
    """All checks by name."""
    return {
        "database": _database(facts),
        "receiving": Check() if facts.receives else _red("deliveries could not be stored lately"),
        "workers": _workers(facts.workers),
        **(_of_whole(facts.seen, facts.least_free) if facts.seen else {}),
        **{name: Check(Level.AMBER, said) for name, said in sorted(facts.notices.items())},
    }


def worst(checks: Mapping[str, Check]) -> Level:
    """The level of the whole."""
    return max((one.level for one in checks.values()), default=Level.OK)


def _red(says: str) -> Check:
    return Check(Level.RED, says)


def _database(facts: Facts) -> Check:
    if facts.trouble:
        return _red(facts.trouble)
    if facts.seen is not None and facts.seconds_ago <= BLIND_FOR:
        return Check()
    if facts.seen is None:
        return _red("the database could not be looked at yet")
    return _red(f"the database was last looked at {facts.seconds_ago:.0f} seconds ago")


def _workers(workers: Mapping[str, bool]) -> Check:
    stuck = sorted(name for name, is_well in workers.items() if not is_well)
    return _red(f"stuck or ended: {', '.join(stuck)}") if stuck else Check()


def _of_whole(seen: Seen, least_free: int) -> dict[str, Check]:
    return {
        "inbox": _inbox(seen),
        "outbox": _outbox(seen),
        "looks": _looks(seen),
        "paused": _paused(seen),
        "sources": _sources(seen),
        "disk": _disk(seen, least_free),
        "clock": _clock(seen),
        "months": _months(seen),
    }


def _inbox(seen: Seen) -> Check:
    since = seen.still.get("inbox")
    if since is None or seen.at - since < STILL_FOR:
        return Check()
    return _red(
        f"nothing is taken out of the inbox since {_told(since)}, though {seen.queues.inbox.count} wait; "
        "is a worker running?"
    )


def _outbox(seen: Seen) -> Check:
    stuck = sorted(_stuck(seen))
    if seen.is_stopped or not stuck:
        return Check()
    return Check(Level.AMBER, f"nothing leaves for {', '.join(stuck)}, though something is due")


def _stuck(seen: Seen) -> Iterator[str]:
    for name, since in seen.still.items():
        queue, _, connection = name.partition(" ")
        is_long = seen.at - since >= STILL_FOR_LONG
        if queue == "outbox" and connection not in seen.paused and is_long:
            yield connection


def _looks(seen: Seen) -> Check:
    since = seen.still.get("looks")
    if since is None or seen.is_stopped or seen.at - since < STILL_FOR_LONG:
        return Check()
    return _red(
        f"nobody is looked at since {_told(since)}, though the time of {seen.queues.looks.count} has come"
    )


def _paused(seen: Seen) -> Check:
    said = [f"{name} since {_told(since)}" for name, since in sorted(seen.paused.items())]
    return _red(f"{'; '.join(said)}: the platform does not know us any more") if said else Check()


def _sources(seen: Seen) -> Check:
    said = [f"{name}: {why}" for name, why in sorted(seen.quiet.items())]
    return _red("; ".join(said)) if said else Check()


def _disk(seen: Seen, least_free: int) -> Check:
    if seen.free is None or seen.free >= 4 * least_free:
        return Check()
    says = f"{seen.free // 2**20} MiB are free on the database's disk"
    return Check(Level.RED if seen.free < least_free else Level.AMBER, says)


def _clock(seen: Seen) -> Check:
    ahead = seen.clock.ahead
    if ahead is None or abs(ahead) < APART:
        return Check()
    return Check(Level.AMBER if abs(ahead) < FAR_APART else Level.RED, words_of(ahead))


def _months(seen: Seen) -> Check:
    if not seen.with_rest:
        return Check()
    return Check(
        Level.AMBER,
        f"no month was made in time for some of {', '.join(seen.with_rest)}: let the role of Loods own the "
        "tables, or let their owner run `loods migrate` every month; it then goes by its age",
    )


def _told(at: datetime) -> str:
    return local(at)
