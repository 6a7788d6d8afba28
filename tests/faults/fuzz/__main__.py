"""`python -m tests.faults.fuzz`: so many requests, what became of them. SIGINT stops it after a parcel."""

from __future__ import annotations

import argparse
import signal
import threading
from functools import partial
from random import SystemRandom

from tests.faults.fuzz.fuzzing import Outcome, Plan, run
from tests.faults.rig.report import heading

OFTEN = 500_000
"""Requests after which is said how far it is."""


def main() -> int:
    """The exit code: 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz")
    parser.add_argument("--count", type=int, default=50_000, help="how many requests")
    parser.add_argument("--seed", type=int, default=None, help="where they come from; by chance")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first of them")
    asked = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    interrupted = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    outcome = run(Plan(seed, asked.count, asked.first), partial(_tells, interrupted))
    print(report(seed, outcome))  # noqa: T201 - a command
    if not outcome.wrongs and (left := asked.count - outcome.asked):
        print(f"stopped; goes on with --count {left} --seed {seed} --from {asked.first + outcome.asked}")  # noqa: T201
    return 0 if outcome.is_well else 1


def _tells(interrupted: threading.Event, seen: Outcome) -> bool:
    """How far it is, now and then: ten million requests take hours. Whether nobody has interrupted it."""
    if seen.asked % OFTEN == 0:
        print(f"{seen.asked:,} requests, memory +{seen.grown / 1e6:.1f} MB", flush=True)  # noqa: T201
    return not interrupted.is_set()


def report(seed: int, outcome: Outcome) -> str:
    """What the run has seen, in some lines."""
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(outcome.statuses.items()))
    lines = [
        heading(),
        f"fuzz, seed {seed}: {outcome.asked:,} requests in {outcome.seconds:.0f} s",
        f"answers {statuses}",
        f"slowest {outcome.slowest * 1000:.0f} ms of processor time; memory +{outcome.grown / 1e6:.1f} MB",
        *outcome.wrongs[:20],
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
