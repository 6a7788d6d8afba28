"""A post that kills the process whenever it is decided: it is set aside, and all others are done."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from connector.store.inbox import MAX_ATTEMPTS
from tests.faults.posting import post_once
from tests.faults.rig.campaign import Campaign, campaign
from tests.faults.rig.platforms import ROOT, Platforms
from tests.faults.rig.posts import reader
from tests.faults.rig.program import Loods
from tests.faults.rig.report import Report

DEADLY = reader(999_999)
EMAIL = "reader999999@example.com"


class Supervisor(threading.Thread):
    """Starts the process again whenever it has died, as systemd would; `ends` says how it died each time."""

    def __init__(self, loods: Loods) -> None:
        super().__init__(name="supervisor", daemon=True)
        self.ends: list[int] = []
        self._loods = loods
        self._is_over = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        words = [sys.executable, "-m", "tests.faults.traffic.deadly_order", EMAIL]
        while not self._is_over:
            with self._loods.log.open("ab") as log:
                environment = self._loods.environment
                self._process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
            self.ends.append(self._process.wait())

    def ends_all(self) -> None:
        """Start it no more."""
        self._is_over = True
        if self._process is not None:
            self._process.terminate()
        self.join(30)


@pytest.fixture
def run(installed: Loods, platforms: Platforms) -> Iterator[Campaign]:
    """A campaign on each database."""
    begun = campaign(installed, platforms)
    yield begun
    begun.history.close()


@pytest.mark.slow
def test_what_kills_whoever_decides_it_is_set_aside_and_all_else_is_done(run: Campaign) -> None:
    supervisor = Supervisor(run.loods)
    supervisor.start()
    with run.posting(rate=10.0):
        while not post_once(run, DEADLY).status:
            time.sleep(0.1)
        while len(supervisor.ends) < MAX_ATTEMPTS and supervisor.is_alive():
            supervisor.join(0.1)

    verdict = run.verdict()
    supervisor.ends_all()

    found = [(one.about, one.words) for one in verdict.findings]
    told = Report("deadly", run.loods.database, run.nemesis.seed, MAX_ATTEMPTS, verdict)
    assert found == [(DEADLY.name, "the delivery is failed")], told
    assert supervisor.ends[:MAX_ATTEMPTS] == [-signal.SIGKILL] * MAX_ATTEMPTS
    assert -signal.SIGKILL not in supervisor.ends[MAX_ATTEMPTS:]
