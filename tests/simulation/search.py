"""One seed's run, as a process of many takes it."""

from __future__ import annotations

import logging
from functools import cache

from tests.simulation.checker import Violation
from tests.simulation.memory import Memory
from tests.simulation.steps import simulate


@cache
def store() -> Memory:
    """The database of this process."""
    logging.disable(logging.CRITICAL)
    return Memory()


def fault_of(seed: int) -> str:
    """What is wrong in the run of a seed; empty where nothing is."""
    try:
        simulate(seed, store())
    except Violation as found:
        return str(found)
    except Exception as error:
        raise RuntimeError(f"seed {seed} broke") from error
    return ""
