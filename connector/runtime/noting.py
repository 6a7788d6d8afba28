"""Writes down what came of the calls of one connection: some at a time, each time in one transaction."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from connector.failpoints import reach
from connector.mapping.mapping import Mapping
from connector.runtime.arrivals import ContendedError
from connector.runtime.calling import Looked
from connector.runtime.contention import Contention
from connector.runtime.deciding import DecisionFailedError, set_aside
from connector.runtime.keeping import UnknownTextError
from connector.runtime.live import Live
from connector.runtime.looking import UNTOLD
from connector.runtime.outcomes import Ended, Outcomes, Over
from connector.runtime.pace import LONG_LIMIT, SOFT_LIMIT, Pace
from connector.store.database import Store, Transaction
from connector.store.lease import Lease

log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[bool, Transaction], Sequence[Over]]
"""Writes something down, and says what is over by it; the first says whether what was told is learned."""

AT_A_TIME: Final = 100
"""Actions that are claimed, or settled, in one transaction at most."""


class Noting:
    """Goes by the mapping of `outcomes`; of one that `live` has learned meanwhile `go_by` is told."""

    def __init__(
        self,
        connection: str,
        outcomes: Outcomes,
        store: Store,
        live: Live,
        clock: Callable[[], datetime],
        go_by: Callable[[Mapping], None],
    ) -> None:
        self._connection, self._outcomes = connection, outcomes
        self._live, self._clock, self._go_by = live, clock, go_by
        self._pace = Pace(
            largest=AT_A_TIME,
            limit=SOFT_LIMIT if store.is_embedded else LONG_LIMIT,
            is_waited_for=store.is_waited_for,
        )

    def ended(self, lease: Lease, ended: Sequence[Ended]) -> None:
        """Calls have ended. Raises a StoreError where not all is written down; twice is as good as once.

        What is not written down when the program dies is in doubt then, whatever was before.
        """
        for some in self._pieces(ended):
            self._outcomes.tell(self._written(lease, partial(self._settle, some)))

    def looked(self, lease: Lease, looked: Looked) -> None:
        """It was asked what came of some. Raises a StoreError where it is not written down."""
        over = self._written(lease, lambda learns, tx: self._outcomes.looked(tx, looked.found, learns=learns))
        if any(found is UNTOLD for _, found in looked.found):
            reach("repeated-after-commit")
        self._outcomes.tell(over)

    def _pieces(self, ended: Sequence[Ended]) -> Iterator[Sequence[Ended]]:
        """As much together as keeps nobody waiting for long; what one outcome settles stays together."""
        left = deque(ended)
        while left:
            most, some = self._pace.size, [left.popleft()]
            actions = len(some[0].sent.queued)
            while left and (actions := actions + len(left[0].sent.queued)) <= most:
                some.append(left.popleft())
            yield some

    def _settle(self, ended: Sequence[Ended], learns: bool, tx: Transaction) -> Sequence[Over]:
        over = self._pace.timed(lambda _: self._outcomes.settle(tx, ended, learns=learns))
        reach("settled-before-commit")
        return over

    def _written(self, lease: Lease, work: Work) -> Sequence[Over]:
        """In one transaction; what is over by it. A parked event that it releases and that breaks a rule of
        ours is set aside.

        Where what the platform told of contacts breaks one, that is not learned, so that all is settled.
        Raises ContendedError where others get in the way all the time; then the next step tries again.
        """
        contention, learns = Contention(), True
        while True:
            try:
                return lease.write(partial(work, learns))
            except ContendedError as error:
                contention.again(error)
            except UnknownTextError as unknown:
                self._go_by(self._live.learn(unknown))
            except DecisionFailedError as failed:
                if failed.delivery_id:
                    self._set_aside(lease, failed)
                elif learns:
                    learns = False
                    log.exception("%s: what it told of contacts is not learned", self._connection)
                else:
                    raise

    def _set_aside(self, lease: Lease, failed: DecisionFailedError) -> None:
        log.error("delivery %s is set aside", failed.delivery_id, exc_info=failed)
        now, version = self._clock(), self._outcomes.version
        lease.write(lambda tx: set_aside(tx, failed, version, now))
