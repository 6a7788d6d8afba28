"""Calls that fail, a full disk, one that turns read-only, and a reader that stays: on SQLite's own files."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store.sqlite import driver
from tests.faults.campaigns.failing import FAILURES
from tests.faults.disk import image, shim
from tests.faults.disk.failing import (
    RATE,
    again,
    heard_again,
    in_vain,
    judged,
    proven,
    refused,
    struck,
    struck_together,
    until_unready,
)
from tests.faults.disk.image import Disk
from tests.faults.disk.power import stands_still
from tests.faults.disk.shim import Calls, Shim
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.history import Line
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Running, Zygote
from tests.faults.rig.report import Report
from tests.faults.roles import prepare
from tests.patience import PATIENCE, until

LOG_FOR_A_POST = 256 * 1024
"""Bytes that one may add to the log, received, decided and carried out: twice what was seen, 115,000."""

LARGEST_LOG = 16 * 1024 * 1024
"""Bytes from which the file is cut once nobody reads."""

NEEDS_A_DISK = pytest.mark.skipif(bool(image.lacking()), reason=image.lacking())
NEEDS_A_SHIM = pytest.mark.skipif(bool(shim.lacking()), reason=shim.lacking())


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Shim:
    """Failing calls on SQLite's files."""
    return Shim(tmp_path_factory.mktemp("shim"), "loods.db")


@pytest.fixture(scope="module")
def faulty_zygote(faulty: Shim) -> Iterator[Zygote]:
    """Starts processes whose calls can be made to fail."""
    with Zygote(faulty.environment) as running:
        yield running


@pytest.fixture
def run(on_sqlite: Loods, platforms: Platforms) -> Iterator[Campaign]:
    """A campaign on a file."""
    begun = campaign(on_sqlite, platforms)
    yield begun
    begun.history.close()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk for nothing but the database."""
    with Disk(tmp_path) as mounted:
        yield mounted


@pytest.fixture
def on_disk(disk: Disk, tmp_path: Path, platforms: Platforms) -> Iterator[Campaign]:
    """A campaign on such a disk."""
    loods = Loods(tmp_path, platforms.url, database=f"sqlite:///{disk.at}/loods.db")
    begun = campaign(loods, platforms)
    yield begun
    begun.history.close()


def settles(run: Campaign, fault: str, process: Running) -> None:
    """A process that is sound now settles everything as it must be, but for what the fault met half-way."""
    verdict = judged(run)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    assert verdict.findings == (), Report(fault, "sqlite", run.nemesis.seed, 1, verdict)


@pytest.mark.slow
@NEEDS_A_SHIM
def test_after_a_failed_write_or_fsync_nothing_is_acknowledged_until_a_restart(
    run: Campaign, faulty: Shim, faulty_zygote: Zygote
) -> None:
    for one in FAILURES:
        struck(run, faulty, one, faulty_zygote)

    assert list(in_vain(run.history.lines)) == [], f"seed {run.nemesis.seed}"
    settles(run, "EIO", run.loods.starts(starter=faulty_zygote))


@pytest.mark.slow
@NEEDS_A_SHIM
def test_after_an_fsync_that_failed_for_one_no_process_of_the_file_acknowledges_until_all_have_ended(
    run: Campaign, faulty: Shim, faulty_zygote: Zygote
) -> None:
    prepare(run, faulty_zygote)
    failures = [one for one in FAILURES if one.calls is Calls.SYNC]

    for one in failures * 2:
        struck_together(run, faulty, one, faulty_zygote)

    assert list(in_vain(run.history.lines)) == [], f"seed {run.nemesis.seed}"
    settles(run, "EIO of one of several", run.loods.starts(starter=faulty_zygote))


@pytest.mark.slow
@NEEDS_A_SHIM
def test_without_room_for_a_while_senders_are_put_off_and_served_again_without_a_restart(
    run: Campaign, faulty: Shim, faulty_zygote: Zygote
) -> None:
    process = run.loods.starts(starter=faulty_zygote)
    with run.posting(rate=RATE):
        time.sleep(0.3)
        faulty.fails(Calls.WRITE, errno.ENOSPC)
        told = refused(run)
        faulty.is_sound()
        heard_again(run)

    assert faulty.failed
    assert told == {"503"}
    settles(run, "ENOSPC", process)


@pytest.mark.slow
@NEEDS_A_DISK
def test_a_disk_that_is_full_for_a_while_costs_nothing(on_disk: Campaign, disk: Disk, zygote: Zygote) -> None:
    process = on_disk.loods.starts(starter=zygote)
    with on_disk.posting(rate=RATE):
        time.sleep(0.3)
        disk.fills_up()
        time.sleep(2.0)
        told = {one.told for one in on_disk.history.lines if one.said == "fail"}
        disk.has_room()
        heard_again(on_disk)

    assert told <= {"503"}
    settles(on_disk, "full disk", process)


@pytest.mark.slow
@NEEDS_A_DISK
def test_a_disk_that_turns_read_only_stops_the_acknowledgements_and_loses_none(
    on_disk: Campaign, disk: Disk, zygote: Zygote
) -> None:
    process = on_disk.loods.starts(starter=zygote)
    with on_disk.posting(rate=RATE):
        time.sleep(0.5)
        stands_still(process)
        disk.turns_read_only()
        on_disk.history.say("fault", told="is read-only")
        process.send_signal(signal.SIGCONT)
        until_unready(on_disk)
        process.kill()
        process.wait()
        disk.unmounts()
        disk.mounts()
        process = again(on_disk, process, zygote)
        heard_again(on_disk)

    assert list(in_vain(on_disk.history.lines)) == []
    settles(on_disk, "read-only", process)


@pytest.mark.slow
def test_a_reader_that_stays_costs_room_and_no_acknowledgement(run: Campaign, zygote: Zygote) -> None:
    log = Path(run.loods.database.removeprefix("sqlite:///") + "-wal")
    process = run.loods.starts(starter=zygote)
    reader = driver.module().connect(log.with_name("loods.db"), isolation_level=None)
    with run.posting(rate=6 * RATE, senders=8):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM deliveries").fetchall()
        is_kept = until(lambda: log.stat().st_size > 2 * LARGEST_LOG)
        posted = sum(one.said == "ok" for one in run.history.lines)
        largest = log.stat().st_size
        reader.close()
        is_cut = until(lambda: log.stat().st_size < LARGEST_LOG)
    refused = [one for one in run.history.lines if one.said not in {"ok", "invoke"}]
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)

    assert refused == []
    assert is_kept
    assert largest < LOG_FOR_A_POST * posted
    assert is_cut
    assert not log.exists() or log.stat().st_size == 0


def run_python(words: str, faulty: Shim) -> str:
    """What a process says that does this with the shim."""
    done = subprocess.run(
        [sys.executable, "-c", words],
        env=dict(faulty.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr


@NEEDS_A_SHIM
def test_calls_fail_when_they_are_told_to(faulty: Shim, tmp_path: Path) -> None:
    """The shim is a real one: the fault reaches Python as the kernel's own would."""
    file = f"os.open('{tmp_path}/loods.db', os.O_CREAT | os.O_WRONLY)"
    words = f"import os; file = {file}; os.write(file, b'x'); os.fsync(file)"
    faulty.fails(Calls.SYNC, errno.EIO, times=1)

    ends = [run_python(words, faulty) for _ in range(2)]

    assert ["Input/output error" in one for one in ends] == [True, False]
    assert faulty.failed == 1


def test_an_acknowledgement_after_the_disk_failed_is_seen() -> None:
    said = [Line("invoke", "a"), Line("fault"), Line("ok", "a"), Line("invoke", "b"), Line("ok", "b")]

    assert list(in_vain(said)) == ["b"]
    assert list(in_vain([*said[:4], Line("up"), Line("ok", "b")])) == []


def test_an_acknowledgement_that_is_read_while_a_disk_fails_proves_nothing() -> None:
    said = [Line("ok", "a"), Line("fault"), Line("ok", "b"), Line("up"), Line("ok", "c")]

    assert [one.said for one in proven(said)] == ["ok", "fault", "info", "up", "ok"]
