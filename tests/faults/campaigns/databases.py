"""PostgreSQL, and the wire to it, break while `loods run` works."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.faults.breaking import crash, end_connections, fall_silent, leave_unanswered, run_short
from tests.faults.rig.asked import Asked
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.program import Loods, Running
from tests.faults.rig.proxy import Proxy
from tests.faults.rig.report import Report, recoveries


def run(asked: Asked) -> Iterator[Report]:
    """A tenth as many crashes as cycles, and as many ended connections and commits without an answer."""
    try:
        server = Postgres()
    except ImportError as error:
        raise LookupError("no PostgreSQL that may be broken") from error
    with server, Proxy(server.socket) as wire:
        for seed, cycles in asked.chapters(200):
            yield from _chapter(asked, server, wire, seed, cycles)


def _chapter(asked: Asked, server: Postgres, wire: Proxy, seed: int, cycles: int) -> Iterator[Report]:
    begun, process, database = _begun(asked, server, wire, seed)
    with begun.posting():
        crash(begun, server, max(1, cycles // 10))
    yield _reported(begun, "PostgreSQL crashes", process)
    begun, process, database = _begun(asked, server, wire, seed)
    with begun.posting():
        end_connections(begun, server, database, cycles)
        run_short(begun, server, database)
    yield _reported(begun, "connections ended", process)
    begun, process, database = _begun(asked, server, wire, seed)
    with begun.posting():
        leave_unanswered(begun, wire, cycles)
        fall_silent(begun, wire)
    yield _reported(begun, "commits of unknown outcome", process)


def _begun(asked: Asked, server: Postgres, wire: Proxy, seed: int) -> tuple[Campaign, Running, str]:
    folder, database = Path(tempfile.mkdtemp(prefix="loods-faults-")), server.makes()
    loods = Loods(folder, asked.platforms.url, database=server.url(database, wire.port))
    begun = campaign(loods, asked.platforms, seed)
    return begun, loods.starts(starter=asked.zygote), database


def _reported(begun: Campaign, fault: str, process: Running) -> Report:
    verdict = begun.verdict(600)
    process.terminate()
    process.wait(40)
    begun.history.close()
    lines = begun.history.lines
    cycles = sum(line.said == "fault" for line in lines)
    return Report(fault, "postgres", begun.nemesis.seed, cycles, verdict, recoveries(lines))
