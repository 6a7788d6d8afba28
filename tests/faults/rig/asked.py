"""What `make faults` asks of a campaign, and what it gives it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.rig.platforms import Platforms
from tests.faults.rig.program import Loods, Zygote

DATABASES: Final = ("sqlite", "postgres")


@dataclass(frozen=True, slots=True)
class Asked:
    """A seed, how many cycles, and the means. `make_postgres` makes an empty database, if it can."""

    seed: int
    cycles: int
    platforms: Platforms
    zygote: Zygote
    make_postgres: Callable[[], str] | None = None

    def installed(self, database: str) -> Loods:
        """Loods on an empty database of this kind, not started. Raises LookupError where there is none."""
        folder = Path(tempfile.mkdtemp(prefix="loods-faults-"))
        if database == "sqlite":
            return Loods(folder, self.platforms.url)
        if self.make_postgres is None:
            raise LookupError("no PostgreSQL")
        return Loods(folder, self.platforms.url, database=self.make_postgres())

    def chapters(self, size: int) -> Iterator[tuple[int, int]]:
        """The cycles in pieces of at most so many, each with a seed of its own: `(seed, cycles)`."""
        left, seed = self.cycles, self.seed
        while left > 0:
            yield seed, min(size, left)
            left, seed = left - size, seed + 1
