"""One run under faults, from the first post to the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.faults.rig.checker import Verdict, check
from tests.faults.rig.driver import Driver
from tests.faults.rig.evidence import Waited
from tests.faults.rig.history import History
from tests.faults.rig.nemesis import Nemesis
from tests.faults.rig.platforms import Platforms
from tests.faults.rig.posts import Post, posting
from tests.faults.rig.program import Loods
from tests.faults.rig.reading import evidence, wait_until_settled

SEED: Final = 1
"""Of the faults of a test, each time the same. `make faults` draws others."""


@dataclass
class Campaign:
    """An installation, who posts to it, and what is remembered of it. `nemesis` draws the faults."""

    loods: Loods
    platforms: Platforms
    nemesis: Nemesis
    history: History
    posted: int = 0
    posts: dict[str, Post] = field(default_factory=dict)
    waited: tuple[Waited, ...] = ()

    @contextmanager
    def posting(self, *, rate: float = 40.0, senders: int = 4) -> Iterator[Driver]:
        """Senders post as long as the context lasts, and then until all that is resent is acknowledged."""
        nth, begin = posting(self.platforms.contact), self.posted
        driver = Driver(self.loods.target, self.history, lambda n: nth(begin + n), senders=senders, rate=rate)
        with driver:
            yield driver
        self.posts |= driver.posts
        self.posted += len(driver.posts)

    def verdict(self, seconds: float = 120.0) -> Verdict:
        """Wait until everything has settled, with a process that runs, and judge it all."""
        wait_until_settled(self.loods.database, seconds)
        found = evidence(self.loods.database, self.history, self.posts, self.platforms, self.waited)
        return check(found)


def campaign(loods: Loods, platforms: Platforms, seed: int = SEED) -> Campaign:
    """A new one; its history goes into the installation's folder."""
    platforms.reset()
    history = History(Path(loods.folder) / "history.jsonl")
    return Campaign(loods, platforms, Nemesis(seed), history)
