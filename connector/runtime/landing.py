"""Keeps what the calls of one connection came to until it is written down, then tells it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from connector.failpoints import reach
from connector.runtime.calling import Answered, Landed
from connector.runtime.noting import Noting
from connector.runtime.observing import Called, Observer
from connector.runtime.outcomes import Ended
from connector.store.lease import Lease


@dataclass(frozen=True, slots=True)
class _Open:
    """What a call came to, still to be written down; then it is told."""

    ended: Sequence[Ended]
    called: Called


class Landing:
    """Where a writing fails, what is left over stays, and the next begins with it."""

    def __init__(self, connection: str, noting: Noting, observer: Observer) -> None:
        self._connection, self._noting, self._observer = connection, noting, observer
        self._open: deque[_Open] = deque()

    @property
    def ids(self) -> frozenset[int]:
        """Actions whose calls have ended, of which that is not written down yet."""
        return frozenset(id_ for some in self._open for one in some.ended for id_ in one.sent.ids)

    def take(self, lease: Lease, landed: Landed) -> None:
        """A call has ended. What a look has shown is written down at once: lost, it is looked at again."""
        match landed:
            case Answered(claimed, outcomes):
                ended = [Ended(*one) for one in zip(claimed.sent, outcomes, strict=True)]
                self._open.append(_Open(ended, _told(self._connection, landed)))
            case looked:
                self._noting.looked(lease, looked)

    def settle(self, lease: Lease) -> None:
        """Write down what came of calls, in their order, each told once it is written."""
        while self._open:
            one = self._open[0]
            self._noting.ended(lease, one.ended)
            self._open.popleft()
            reach("settled-after-commit")
            self._observer.called(one.called)

    def forget(self) -> None:
        """It is not ours to write down any more."""
        self._open.clear()


def _told(connection: str, landed: Answered) -> Called:
    """A call for an observer, when what came of it is written down."""
    pairs = zip(landed.claimed.sent, landed.outcomes, strict=True)
    came = [(one, outcome) for sent, outcome in pairs for one in sent.queued]
    actions, theirs = zip(*came, strict=True)
    return Called(connection, actions[0].action.name, actions, theirs, landed.seconds)
