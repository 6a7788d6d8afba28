"""Runs seeds from the command line, on as many cores as there are, until one shows a fault."""

from __future__ import annotations

import argparse
import multiprocessing

from tests.simulation.search import fault_of, store
from tests.simulation.steps import simulate

AT_ONCE = 20
"""Seeds that a process takes at a time."""


def main() -> int:
    """The exit code: 1 where a seed shows a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=2000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first of them")
    parser.add_argument("--tell", action="store_true", help="tell what happened, line by line")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    return _told(seeds) if asked.tell else _searched(seeds)


def _told(seeds: range) -> int:
    for seed in seeds:
        if fault := fault_of(seed):
            print(fault)  # noqa: T201 - a command
            return 1
        print(simulate(seed, store()).tail(10**6))  # noqa: T201 - a command
    return 0


def _searched(seeds: range) -> int:
    context = multiprocessing.get_context("spawn")
    with context.Pool() as pool:
        for fault in pool.imap_unordered(fault_of, seeds, AT_ONCE):
            if fault:
                print(fault)  # noqa: T201 - a command
                pool.terminate()
                return 1
    print(f"{len(seeds):,} seeds: every promise kept")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
