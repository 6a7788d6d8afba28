"""The simulation is itself tested: faults are planted, and it has to find every one."""

from __future__ import annotations

import pytest

from tests.simulation.bugs import BUGS, planted
from tests.simulation.checker import Violation
from tests.simulation.memory import Memory
from tests.simulation.steps import simulate

WITHIN = 200
"""Seeds within which each fault is found; in `make simulate` that is a tenth of them."""


def seeds_until_found(name: str, store: Memory) -> int | None:
    """After how many seeds a planted fault is found; None where it is not."""
    with planted(name):
        for seed in range(WITHIN):
            try:
                simulate(seed, store)
            except Violation:
                return seed + 1
    return None


def test_there_are_enough_faults() -> None:
    assert len(BUGS) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_fault_is_found(name: str) -> None:
    store = Memory()

    seeds = seeds_until_found(name, store)

    store.close()
    assert seeds is not None, f"not found within {WITHIN} seeds"


def test_a_fault_is_told_with_its_seed_and_what_happened_last() -> None:
    store = Memory()

    with planted("an event is counted twice"), pytest.raises(Violation) as found:
        simulate(3, store)

    store.close()
    assert "seed 3: an_event_changes_the_state_once" in str(found.value)
    assert "accepted" in str(found.value)
