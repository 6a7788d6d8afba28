"""What happens in a process, told to whoever measures it; nobody does unless bootstrap says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connector.model.decision import TraceEntry
from connector.model.delivery import Delivery, DeliveryStatus
from connector.platforms.base import Outcome
from connector.store.outbox import Queued


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries that were settled together, each with how it ended, committed.

    `actions` are new. `seconds` is all that it took, `deciding` what was decided and loaded of that. `traces`
    say what each rule made of each event.
    """

    settled: Sequence[tuple[Delivery, DeliveryStatus]]
    actions: int
    traces: Sequence[Sequence[TraceEntry]]
    seconds: float
    deciding: float


@dataclass(frozen=True, slots=True)
class Called:
    """Actions of one name that went to their platform in one call, each with its outcome."""

    connection: str
    name: str
    actions: Sequence[Queued]
    outcomes: Sequence[Outcome]
    seconds: float


class Observer:
    """Hears what happens, from several threads. Must be quick, and must not raise. This one does nothing."""

    def settled(self, batch: Batch) -> None:
        """A batch of deliveries is settled."""

    def looked(self, traces: Sequence[Sequence[TraceEntry]]) -> None:
        """Contacts were looked at because time went by; each trace says what rules made of one."""

    def called(self, call: Called) -> None:
        """A platform was called."""

    def ended(self, connection: str, *, is_failed: bool) -> None:
        """An action is done, or dead."""

    def held_back(self, connection: str, actions: int) -> None:
        """So many actions were due and did not leave."""

    def asked_to_wait(self, connection: str, seconds: float) -> None:
        """The platform wants no call for so long."""


class Several(Observer):
    """Tells several observers what it hears."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def settled(self, batch: Batch) -> None:
        """A batch of deliveries is settled."""
        for one in self._observers:
            one.settled(batch)

    def looked(self, traces: Sequence[Sequence[TraceEntry]]) -> None:
        """Contacts were looked at."""
        for one in self._observers:
            one.looked(traces)

    def called(self, call: Called) -> None:
        """A platform was called."""
        for one in self._observers:
            one.called(call)

    def ended(self, connection: str, *, is_failed: bool) -> None:
        """An action is done, or dead."""
        for one in self._observers:
            one.ended(connection, is_failed=is_failed)

    def held_back(self, connection: str, actions: int) -> None:
        """So many actions were due and did not leave."""
        for one in self._observers:
            one.held_back(connection, actions)

    def asked_to_wait(self, connection: str, seconds: float) -> None:
        """The platform wants no call for so long."""
        for one in self._observers:
            one.asked_to_wait(connection, seconds)


UNOBSERVED: Final = Observer()
