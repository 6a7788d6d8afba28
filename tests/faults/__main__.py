"""`make faults`: every campaign, or the ones that ONLY names, with what it came to."""

from __future__ import annotations

import argparse
import pkgutil
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module

from tests.faults import campaigns
from tests.faults.rig.asked import Asked
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.postgres import Postgres
from tests.faults.rig.program import Zygote
from tests.faults.rig.report import Report, heading
from tests.ports import free_port


def main() -> int:
    """Print a report a line; 1 where one of them has a finding."""
    words = _words()
    print(f"{heading()}, seed {words.seed}", flush=True)  # noqa: T201 - the report is what is asked for
    with ExitStack() as stack:
        asked = Asked(
            seed=words.seed,
            cycles=words.cycles,
            platforms=stack.enter_context(Platforms(free_port())),
            zygote=stack.enter_context(Zygote()),
            make_postgres=_maker(stack),
        )
        is_well = [_runs(name, asked) for name in words.only]
    return 0 if all(is_well) else 1


def _words() -> argparse.Namespace:
    known = [one.name for one in pkgutil.iter_modules(campaigns.__path__)]
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--cycles", type=int, default=100, help="of each fault, on each database")
    parser.add_argument(
        "--only",
        default=",".join(known),
        help="names of campaigns, or of a part of one (roles.rolling), with commas between them",
    )
    words = parser.parse_args()
    words.only = words.only.split(",")
    if unknown := {name.partition(".")[0] for name in words.only} - set(known):
        parser.error(f"no campaign {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return words


def _maker(stack: ExitStack) -> Callable[[], str] | None:
    """Makes databases on a server of its own; None where none is installed."""
    try:
        server = stack.enter_context(Postgres())
    except ImportError:
        return None
    return lambda: server.url(server.makes())


def _runs(name: str, asked: Asked) -> bool:
    """Whether nothing was found; what lacks here is said, and is no finding."""
    campaign, _, part = name.partition(".")
    module = import_module(f"tests.faults.campaigns.{campaign}")
    run: Callable[[Asked], Iterator[Report]] = getattr(module, part or "run")
    is_well = True
    try:
        for report in run(asked):
            print(report, flush=True)  # noqa: T201
            is_well &= not report.verdict.findings
    except LookupError as lacking:
        print(f"{name}: skipped: {lacking}", flush=True)  # noqa: T201
    return is_well


if __name__ == "__main__":
    sys.exit(main())
