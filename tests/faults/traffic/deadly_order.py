"""`loods run` in which deciding anything about one person kills the process: `… deadly_order EMAIL`."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import replace

from connector import bootstrap
from connector.settings import read_settings
from tests.faults.deadly import Deadly


def main() -> None:
    """Receive, decide and dispatch, until somebody kills it or the person comes."""
    system = bootstrap.build(read_settings(os.environ))  # noqa: TID251 - as `loods run` does
    journey = system.mapping.journeys["main"]
    deadly = tuple(replace(one, when=Deadly(sys.argv[1])) for one in journey.moves)
    moves = replace(journey, moves=(*deadly, *journey.moves))
    system.live.swap(replace(system.mapping, journeys={"main": moves}))
    bootstrap.run(system, threading.Event(), lambda url: None)


if __name__ == "__main__":
    main()
