"""Ways in which PostgreSQL, and the wire to it, break while Loods works on it."""

from __future__ import annotations

import time
from typing import Final

from tests.faults.rig.campaign import Campaign
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.proxy import Proxy

SILENCE: Final = 6.0
"""Seconds for which nothing passes."""


def crash(run: Campaign, server: Postgres, times: int) -> None:
    """It crashes or is stopped at once, in turn, and starts again; the fault is over when it is up."""
    for number in range(times):
        time.sleep(run.nemesis.seconds(0.2, 1.5))
        server.crashes() if number % 2 else server.stops_at_once()
        time.sleep(run.nemesis.seconds(0.0, 1.0))
        server.starts()
        run.history.say("fault", told="PostgreSQL crashed, and is up again")
    time.sleep(1.0)


def end_connections(run: Campaign, server: Postgres, database: str, times: int) -> None:
    """The server ends any one of our connections, again and again."""
    for _ in range(times):
        time.sleep(run.nemesis.seconds(0.0, 0.3))
        run.history.say("fault", told="a connection was ended")
        server.ends_a_connection(database)
    time.sleep(1.0)


def run_short(run: Campaign, server: Postgres, database: str) -> None:
    """For some seconds the server has next to no connection for us, and ends those that there are."""
    run.history.say("fault", told="the server has no connections left")
    server.allows(1)
    until = time.monotonic() + SILENCE
    while time.monotonic() < until:
        server.ends_a_connection(database)
        time.sleep(0.1)
    server.allows(-1)
    time.sleep(1.0)


def leave_unanswered(run: Campaign, wire: Proxy, times: int) -> None:
    """So many commits reach the database whose answers reach nobody."""
    for _ in range(times):
        time.sleep(run.nemesis.seconds(0.1, 0.5))
        run.history.say("fault", told="a commit without an answer")
        wire.cut_at_commit()
    time.sleep(1.0)


def fall_silent(run: Campaign, wire: Proxy) -> None:
    """For some seconds nothing passes; a little later every connection is cut."""
    run.history.say("fault", told="nothing passes")
    wire.hold()
    time.sleep(SILENCE)
    wire.let_go()
    time.sleep(run.nemesis.seconds(0.1, 0.5))
    run.history.say("fault", told="all connections cut")
    wire.cut()
    time.sleep(1.0)
