"""Deliveries in hand: what they mean, and how each of them ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connector.model.delivery import Delivery, DeliveryStatus
from connector.runtime import observing
from connector.runtime.arrivals import Arrival
from connector.runtime.deciding import Applied
from connector.sources.translate import Translation
from connector.store import inbox


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries in hand, translated. `broken` names those that are set aside, with the reason.

    As many as `most_next` more are taken in hand with the commit of these.
    """

    translations: dict[str, Translation] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    most_next: int = 0

    def breaks(self, delivery_id: str, error: Exception) -> None:
        """This delivery is to be set aside: a fault of ours."""
        first, _, _ = str(error).partition("\n")
        self.broken[delivery_id] = f"our own code broke: {type(error).__name__}: {first}"

    def arrivals(self, waiting: Sequence[str]) -> list[Arrival]:
        """The events of those that still wait and are not set aside."""
        sound = [one for one in waiting if one not in self.broken]
        return [Arrival(event, one) for one in sound for event in self.translations[one].events]

    def settled(
        self, delivery_id: str, parked: Collection[str], version: str, now: datetime
    ) -> inbox.Settled:
        """How this delivery ends, now that its events are decided, or `parked`."""
        status, reason, path = self._end(delivery_id, parked)
        return inbox.Settled(delivery_id, status, version, now, reason, path)

    def _end(self, delivery_id: str, parked: Collection[str]) -> tuple[DeliveryStatus, str, str]:
        if reason := self.broken.get(delivery_id):
            return DeliveryStatus.FAILED, reason, ""
        translation = self.translations[delivery_id]
        if translation.failures:
            first, *others = translation.failures
            more = f" (and {len(others)} more)" if others else ""
            return DeliveryStatus.FAILED, first.reason + more, first.path
        if delivery_id in parked:
            return DeliveryStatus.PARKED, _unknown_person(translation), ""
        if not translation.events:
            return DeliveryStatus.IGNORED, translation.ignored, ""
        return DeliveryStatus.DONE, "", ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a transaction has written; `deciding` is how long the decisions took, in seconds.

    `taken` is in hand from its commit on.
    """

    applied: Applied
    verdicts: Sequence[inbox.Settled]
    deciding: float
    taken: Sequence[Delivery]

    def told(self, deliveries: Sequence[Delivery], seconds: float) -> observing.Batch:
        """The same for an observer."""
        by_id = {one.id: one for one in deliveries}
        settled = [(by_id[one.id], one.status) for one in self.verdicts]
        return observing.Batch(settled, self.applied.actions, self.applied.traces, seconds, self.deciding)


def _unknown_person(translation: Translation) -> str:
    """Why a delivery is parked, with what was let go of it: an address that is none may be the reason."""
    notes = dict.fromkeys(event.note for event in translation.events if event.note)
    return "; ".join(("nobody is known whom it is about", *notes))
