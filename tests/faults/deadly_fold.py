"""A Loods that is killed while it folds one history: `python -m tests.faults.deadly_fold EMAIL`."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from connector import bootstrap
from connector.runtime.recomputing import Recomputer
from connector.settings import read_settings
from tests.faults.deadly import Deadly


def main() -> None:
    """Go on with what is to be recomputed, until that is done or the contact comes."""
    system = bootstrap.build(read_settings(os.environ))  # noqa: TID251 - as `loods run` does
    mapping = system.mapping
    journey = mapping.journeys["main"]
    deadly = tuple(replace(one, when=Deadly(sys.argv[1])) for one in journey.moves)
    mapping = replace(mapping, journeys={"main": replace(journey, moves=(*deadly, *journey.moves))})
    recomputer = Recomputer(system.store, bootstrap.clock, rest=0)
    while recomputer.step(mapping):
        pass
    system.store.close()


if __name__ == "__main__":
    main()
