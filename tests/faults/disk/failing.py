"""A disk that fails while senders post: what they hear, what is acknowledged in vain, and recovery."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, NamedTuple

import requests

from tests import patience
from tests.faults.disk.shim import FOR_EVER, Calls, Shim
from tests.faults.rig.campaign import Campaign
from tests.faults.rig.checker import Verdict, check
from tests.faults.rig.history import Line
from tests.faults.rig.program import Running, Starter
from tests.faults.rig.reading import evidence, wait_until_settled
from tests.faults.roles import web, workers
from tests.patience import PATIENCE

RATE: Final = 40.0


class Failing(NamedTuple):
    """Which calls go wrong, with which errno, and how many of them."""

    calls: Calls
    error: int
    times: int = FOR_EVER


def struck(run: Campaign, shim: Shim, failing: Failing, starter: Starter) -> float:
    """A process whose disk fails in its work; it is started again, on a disk that is sound.

    How many seconds later somebody is told that a post is on disk.
    """
    process = run.loods.starts(starter=starter)
    run.history.say("up")
    with run.posting(rate=RATE):
        _strike(run, shim, failing)
        time.sleep(0.4)
        shim.is_sound()
        time.sleep(0.2)
        until_unready(run)
        process = again(run, process, starter)
        recovery = heard_again(run)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    return recovery


def _strike(run: Campaign, shim: Shim, failing: Failing) -> None:
    """Soon a call fails, at a moment that chance chooses."""
    time.sleep(0.2)
    shim.fails(failing.calls, failing.error, after=run.nemesis.one_of(range(40)), times=failing.times)
    until(lambda: shim.failed > 0, "no call failed")
    run.history.say("fault", told=f"{failing.calls.name} {failing.error}")


def struck_together(run: Campaign, shim: Shim, failing: Failing, starter: Starter) -> float:
    """The same for two receivers and a worker on one file: whomever the failure meets, all stop and end."""
    processes = _together(run, starter)
    run.history.say("up")
    with run.posting(rate=RATE):
        _strike(run, shim, failing)
        time.sleep(0.6)
        shim.is_sound()
        until_unready(run)
        for process in processes:
            process.kill()
            process.wait()
        run.history.say("up")
        processes = _together(run, starter)
        recovery = heard_again(run)
    for process in processes:
        process.terminate()
        process.wait(PATIENCE)
    return recovery


def _together(run: Campaign, starter: Starter) -> list[Running]:
    receivers = [web(run, starter) for _ in range(2)]
    processes = [*receivers, *workers(run, starter, 1)]
    run.loods.waits_until_up(receivers[0])
    return processes


def again(run: Campaign, process: Running, starter: Starter) -> Running:
    """The process is ended, and another one started."""
    process.kill()
    process.wait()
    run.history.say("up")
    return run.loods.begins(starter=starter)


def heard_again(run: Campaign) -> float:
    """Seconds until a sender is told that its post is on disk."""
    lines, begun = len(run.history.lines), time.monotonic()
    until(lambda: any(one.said == "ok" for one in run.history.lines[lines:]), "nothing is acknowledged")
    return time.monotonic() - begun


def _ready(run: Campaign) -> int:
    """The status of the health page; 0 where nobody answers."""
    with suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{run.loods.port}/health/ready", timeout=PATIENCE).status_code
    return 0


def refused(run: Campaign) -> set[str]:
    """What those are told whose posts are not taken: from the first of them on, for a second."""
    until(lambda: bool(_refusals(run)), "nobody is refused")
    time.sleep(1.0)
    return _refusals(run)


def _refusals(run: Campaign) -> set[str]:
    return {one.told for one in run.history.lines if one.said == "fail"}


def until_unready(run: Campaign) -> None:
    """Until the health page says that the process takes nothing."""
    until(lambda: _ready(run) == 503, "the health page does not say that nothing is taken")


def until(holds: Callable[[], bool], complaint: str) -> None:
    """Wait for it; AssertionError where it does not come."""
    assert patience.until(holds), complaint


def in_vain(lines: Sequence[Line]) -> Iterator[str]:
    """Posts that were begun after the disk had failed, and acknowledged by the process that had seen it."""
    is_failed, begun = False, set[str]()
    for line in lines:
        match line.said:
            case "fault" | "up":
                is_failed, begun = line.said == "fault", set()
            case "invoke" if is_failed:
                begun.add(line.post)
            case "ok" if line.post in begun:
                yield line.post


def judged(run: Campaign) -> Verdict:
    """The verdict on all that was proven to be acknowledged before a fault, with a process that runs."""
    wait_until_settled(run.loods.database)
    found = evidence(run.loods.database, run.history, run.posts, run.platforms)
    return check(replace(found, history=tuple(proven(run.history.lines))))


def proven(lines: Iterable[Line]) -> Iterator[Line]:
    """The history, in which an acknowledgement counts only if it was read before a fault.

    One that is read while a disk fails may be of a commit that was on its way to it.
    """
    is_dark = False
    for line in lines:
        if line.said in {"fault", "up"}:
            is_dark = line.said == "fault"
        yield replace(line, said="info") if is_dark and line.said == "ok" else line
