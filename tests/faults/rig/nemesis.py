"""Chance with a seed: the same faults at the same moments, as far as a machine's own speed allows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Nemesis:
    """Draws moments and victims. Without a seed it takes one by chance, and tells it."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = random.SystemRandom().randrange(10**6) if seed is None else seed
        self._chance = random.Random(self.seed)

    def seconds(self, least: float, most: float) -> float:
        """A length of time between these."""
        return self._chance.uniform(least, most)

    def one_of(self, things: Sequence[T]) -> T:
        """Any of them."""
        return self._chance.choice(things)

    def some(self, things: Sequence[T], count: int) -> list[T]:
        """So many different ones, in any order."""
        return self._chance.sample(things, count)
