"""`loods web` and `loods work` beside each other: stopped, killed, ended, and replaced."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from typing import Final

from tests.faults.rig.campaign import Campaign
from tests.faults.rig.program import Running, Starter, is_alive
from tests.patience import PATIENCE

PAST_A_LEASE: Final = 8.0
"""Seconds: longer than the server lets a silent holder of a lease have it."""


def prepare(run: Campaign, starter: Starter) -> None:
    """The schema is there and the mapping published, as the release step does it."""
    for words in (("migrate",), ("publish", "--if-new")):
        assert run.loods.begins(*words, starter=starter).wait(PATIENCE) == 0, run.loods.log.read_text()


def web(run: Campaign, starter: Starter) -> Running:
    """A receiver on the address of the installation, which others may share."""
    return run.loods.begins("web", starter=starter, environment={"REUSE_PORT": "1"})


def wait_until_listening(run: Campaign, process: Running, times: int) -> None:
    """Until so many receivers have said in the log that they listen: at a shared address one cannot ask."""
    _wait_until_said(run, process, "Loods listens at", times)


def _wait_until_said(run: Campaign, process: Running, words: str, times: int) -> None:
    deadline = time.monotonic() + 60
    while _said(run, words) < times:
        assert is_alive(process), run.loods.log.read_text()
        assert time.monotonic() < deadline, run.loods.log.read_text()
        time.sleep(0.02)


def _said(run: Campaign, words: str) -> int:
    return run.loods.log.read_text().count(words)


def workers(run: Campaign, starter: Starter, count: int) -> list[Running]:
    """So many that process and dispatch."""
    return [run.loods.begins("work", starter=starter) for _ in range(count)]


def sleep_past_their_leases(run: Campaign, working: Sequence[Running], times: int) -> None:
    """One of them after the other is stopped for longer than its lease, and goes on as if nothing was."""
    for number in range(times):
        zombie = working[number % len(working)]
        run.history.say("fault", told=f"SIGSTOP of {zombie.pid}")
        zombie.send_signal(signal.SIGSTOP)
        time.sleep(PAST_A_LEASE)
        zombie.send_signal(signal.SIGCONT)
        time.sleep(run.nemesis.seconds(0.2, 1.0))


def end_and_begin_again(
    run: Campaign, starter: Starter, working: list[Running], signals: Sequence[signal.Signals]
) -> list[tuple[signal.Signals, int]]:
    """Each signal ends one of them with work in hand, and another takes its place; how each ended.

    On SQLite there is one, and the next one begins at its end; it is asked to end only when it works.
    """
    ends, began = [], 0
    for one in signals:
        time.sleep(run.nemesis.seconds(0.2, 1.0))
        leaving = working.pop(0)
        if run.loods.is_embedded and one is not signal.SIGKILL:
            _wait_until_said(run, leaving, "Loods works", began + 1)
        run.history.say("fault", told=one.name)
        leaving.send_signal(one)
        if run.loods.is_embedded:
            leaving.wait(PATIENCE)
        began = _said(run, "Loods works")
        working += workers(run, starter, 1)
        ends.append((one, leaving.wait(PATIENCE)))
    return ends


def kill_receivers(run: Campaign, starter: Starter, serving: list[Running], times: int) -> None:
    """One of several receivers at one address dies, and another takes its place, so many times."""
    for _ in range(times):
        time.sleep(run.nemesis.seconds(0.1, 0.6))
        dying = serving.pop(0)
        run.history.say("fault", told="kill -9 of a receiver")
        dying.kill()
        serving.append(web(run, starter))
        dying.wait(PATIENCE)


def roll(run: Campaign, starter: Starter, serving: Running, times: int) -> Running:
    """A receiver takes over from the first on the same address, and so on, so many times; the last one."""
    for number in range(times):
        following = web(run, starter)
        wait_until_listening(run, following, 2 + number)
        time.sleep(run.nemesis.seconds(0.0, 0.3))
        run.history.say("fault", told="a receiver is replaced")
        serving.terminate()
        assert serving.wait(PATIENCE) == 0, run.loods.log.read_text()
        serving = following
    return serving
