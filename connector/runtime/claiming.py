"""Takes in hand what one connection is to call: as much as one call carries, some in each transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from connector.failpoints import reach
from connector.mapping.mapping import Mapping
from connector.platforms.base import Platform
from connector.runtime.breaker import Breaker
from connector.runtime.leaving import Claimed, Leaving
from connector.runtime.looking import Doubt
from connector.runtime.noting import AT_A_TIME
from connector.store import outbox
from connector.store.lease import Lease

log = logging.getLogger(__name__)


class Claiming:
    """Goes by the mapping that it was told last."""

    def __init__(self, connection: str, platform: Platform, breaker: Breaker, mapping: Mapping) -> None:
        self._connection, self._platform, self._breaker = connection, platform, breaker
        self.go_by(mapping)

    def go_by(self, mapping: Mapping) -> None:
        """Ask this mapping, from now on, what may leave."""
        self._leaving = Leaving(self._connection, mapping, self._platform)

    def due(self, lease: Lease, now: datetime, under_way: frozenset[str]) -> Claimed:
        """As many as one call can carry, some at a time: nobody else waits long for the right to write.

        `under_way` as in `Leaving.claim`.
        """
        claimed = more = self._some(lease, now, AT_A_TIME, "", under_way)
        while len(more) == AT_A_TIME and (left := self._most(claimed.name) - len(claimed)) > 0:
            more = self._some(lease, now, min(left, AT_A_TIME), claimed.name, under_way)
            claimed += more
        return claimed

    def is_full(self, claimed: Claimed) -> bool:
        """Whether a call could not have carried more, so that more may be due."""
        return 0 < len(claimed) >= self._most(claimed.name)

    def unknown(self, lease: Lease, now: datetime, limit: Callable[[str], int]) -> list[Doubt]:
        """Actions whose outcome is unknown and is to be looked up now; as `Leaving.unknown`."""
        return lease.write(lambda tx: self._leaving.unknown(tx, now, limit))

    def interrupt(self, lease: Lease, now: datetime, ours: frozenset[int]) -> None:
        """What is said to be sent though none of our calls is about it has an unknown outcome.

        It is looked at once a call has certainly ended.
        """
        look_at = now + timedelta(seconds=self._platform.deadline)
        rows = lease.write(lambda tx: outbox.interrupted(tx, self._connection, now, look_at, ours))
        reach("interrupted-after-commit")
        if rows:
            log.warning(
                "%s: the outcome of %d actions is unknown; looking first", self._connection, len(rows)
            )

    def _some(self, lease: Lease, now: datetime, most: int, name: str, under_way: frozenset[str]) -> Claimed:
        def limit(name: str) -> int:
            return min(most, self._most(name))

        return lease.write(lambda tx: self._leaving.claim(tx, now, limit, name, under_way))

    def _most(self, name: str) -> int:
        """How many actions leave in one call: one alone, to try whether the platform serves again."""
        return 1 if self._breaker.is_trying else self._platform.batch_size(name)
