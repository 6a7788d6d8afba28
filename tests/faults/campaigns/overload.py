"""Ten times as many senders as are served at their best, for as many seconds as there are cycles."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Final

from tests.bench.load import Result, run_beside
from tests.faults.rig.asked import DATABASES, Asked
from tests.faults.rig.checker import Finding, Verdict
from tests.faults.rig.posts import SECRET
from tests.faults.rig.report import Report
from tests.faults.traffic.honest import Honest

AT_ONCE: Final = 32
SHED: Final = frozenset({"429", "503"})


def run(asked: Asked) -> Iterator[Report]:
    """Rated first, then pressed; beside it a shop that never resends, which must not be turned away."""
    for database in DATABASES:
        loods = asked.installed(database)
        process = loods.starts(starter=asked.zygote)
        options = ("--connections", str(AT_ONCE), "--seconds", "5", "--seed", str(asked.seed % 1000))
        rated = run_beside(loods.port, SECRET, *options)
        more = ("--connections", str(10 * AT_ONCE), "--seconds", str(asked.cycles), "--first", "1000000")
        with Honest(loods) as honest:
            pressed = run_beside(loods.port, SECRET, *more)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        verdict = Verdict(
            sum(pressed.statuses.values()), pressed.acknowledged, 0, tuple(_wrong(pressed, honest))
        )
        yield Report(
            "overload", database, asked.seed, asked.cycles, verdict, figures=_figures(rated, pressed, honest)
        )


def _wrong(pressed: Result, honest: Honest) -> Iterator[Finding]:
    for status, number in pressed.statuses.items():
        if not status.startswith("2") and status not in SHED:
            yield Finding("unexpected", f"status {status}", f"answered {number} times")
    for refused, number in honest.statuses.items():
        if refused != 200:
            yield Finding(
                "unexpected", f"status {refused}", f"heard {number} times by a shop that never resends"
            )


def _figures(rated: Result, pressed: Result, honest: Honest) -> list[str]:
    return [
        f"rated {rated.rate:.0f}/s, goodput {pressed.rate:.0f}/s ({pressed.rate / rated.rate:.2f})",
        f"accepted p99 {pressed.p99:.0f} ms, shed p99 {pressed.shed_p99:.0f} ms, {dict(pressed.statuses)}",
        f"a shop that never resends p99 {honest.p99 * 1000:.0f} ms",
    ]
