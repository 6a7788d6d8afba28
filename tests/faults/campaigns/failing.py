"""Writes and fsyncs that fail at the N-th call, once or for ever: nothing is acknowledged in vain."""

from __future__ import annotations

import errno
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from tests.faults.disk import shim
from tests.faults.disk.failing import Failing, in_vain, struck
from tests.faults.disk.shim import Calls, Shim
from tests.faults.rig.asked import Asked
from tests.faults.rig.campaign import campaign
from tests.faults.rig.checker import Finding
from tests.faults.rig.program import Loods, Zygote
from tests.faults.rig.report import Report

CHAPTER: Final = 50
FAILURES: Final = (
    Failing(Calls.SYNC, errno.EIO, times=1),
    Failing(Calls.SYNC, errno.EIO),
    Failing(Calls.WRITE, errno.EIO, times=1),
    Failing(Calls.WRITE, errno.EIO),
)


def run(asked: Asked) -> Iterator[Report]:
    """So many failures, of each kind in turn. Raises LookupError where none can be made."""
    if shim.lacking():
        raise LookupError(shim.lacking())
    with tempfile.TemporaryDirectory(prefix="loods-shim-") as folder:
        faulty = Shim(Path(folder), "loods.db")
        with Zygote(faulty.environment) as zygote:
            for seed, cycles in asked.chapters(CHAPTER):
                yield _chapter(asked, faulty, zygote, (seed, cycles))


def _chapter(asked: Asked, faulty: Shim, zygote: Zygote, chapter: tuple[int, int]) -> Report:
    seed, cycles = chapter
    with tempfile.TemporaryDirectory(prefix="loods-failing-") as folder:
        begun = campaign(Loods(Path(folder), asked.platforms.url), asked.platforms, seed)
        recoveries = [struck(begun, faulty, one, zygote) for one in islice(cycle(FAILURES), cycles)]
        process = begun.loods.starts(starter=zygote)
        verdict = begun.verdict()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        begun.history.close()
    vain = [
        Finding("unexpected", one, "acknowledged after a failure") for one in in_vain(begun.history.lines)
    ]
    judged = replace(verdict, findings=(*verdict.findings, *vain))
    return Report("EIO", "sqlite", seed, cycles, judged, recoveries)
