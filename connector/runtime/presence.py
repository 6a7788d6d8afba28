"""That a worker is there: its name, and the right to be the only one of that name."""

from __future__ import annotations

import time
from typing import Final

from connector.store.database import Store

PAUSE: Final = 5.0
"""Seconds between two looks for workers that have died.

After a database that was away every worker seems dead until it has said that it is there; so long is waited
then, too.
"""


class Presence:
    """One worker's, on the machine's monotonic clock."""

    def __init__(self, store: Store, worker: str) -> None:
        self._lease = store.lease(worker)
        self._is_alone = store.is_embedded
        self._times = 0
        self._next_look = 0.0

    def is_known(self) -> bool:
        """Whether other workers see that this one is there. Raises StoreError where nobody can be told."""
        is_ours = self._lease.hold()
        if self._lease.times != self._times:
            self._times = self._lease.times
            self._looked()
        return is_ours

    def is_time_to_look(self) -> bool:
        """Whether to look now for workers that have died; not where there can be no other."""
        if self._is_alone or time.monotonic() < self._next_look:
            return False
        self._looked()
        return True

    def leave(self) -> None:
        """Be there no more."""
        self._lease.give_up()

    def _looked(self) -> None:
        self._next_look = time.monotonic() + PAUSE
