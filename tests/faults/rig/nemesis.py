"""Chance with a seed: the same faults at the same moments, as far as a machine's own speed allows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Nemesis:
    """Draws moments and victims; the same for the same seed, which it tells."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._chance = random.Random(seed)

    def seconds(self, least: float, most: float) -> float:
        """A length of time between these."""
        return self._chance.uniform(least, most)

    def one_of(self, things: Sequence[T]) -> T:
        """Any of them."""
        return self._chance.choice(things)

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """So many different ones, in any order."""
        return self._chance.sample(things, count)
