"""What an attempt's outcome means for its action: done, again later, to be looked up, or given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.mapping.mapping import Mapping
from connector.model.action import ActionSpec
from connector.model.event import Identity
from connector.platforms.base import Call, Done, Outcome, Platform
from connector.runtime.backoff import next_attempt
from connector.runtime.deciding import learn
from connector.store import inbox, outbox
from connector.store.database import Transaction


class Outcomes:
    """Writes down what came of one connection's actions. Every method works in the caller's transaction."""

    def __init__(
        self, connection: str, platform: Platform, mapping: Mapping, clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._specs: dict[str, ActionSpec] = {spec.name: spec for spec in platform.specs}
        self._deadline = timedelta(seconds=platform.deadline)
        self._mapping = mapping
        self._clock = clock
        self._random = Random()

    def can_look_up(self, name: str) -> bool:
        """Whether the platform can say if an action of this name happened."""
        return name in self._specs and self._specs[name].can_look_up

    def settle(self, tx: Transaction, queued: outbox.Queued, call: Call, outcome: Outcome) -> None:
        """A call has ended with this outcome."""
        now = self._clock()
        match outcome:
            case Done():
                outbox.done(tx, queued.id, now, outcome.reference)
                self._learn(tx, call, outcome, now)
            case Rejected():
                outbox.dead(tx, queued.id, now, "rejected", outcome.words)
            case Unauthorized():
                outbox.give_back(tx, [queued.id], now, outcome.words)
                outbox.pause(tx, self._connection, now, outcome.words)
            case Unknown() if self.can_look_up(queued.action.name):
                outbox.unknown(tx, queued.id, now, now + self._deadline, outcome.words)
            case Unknown():
                self._again(tx, queued, "unknown", outcome)
            case _:
                self._again(tx, queued, "transient", outcome)

    def looked(self, tx: Transaction, queued: outbox.Queued, call: Call, found: Done | None) -> None:
        """The platform has said whether an action of unknown outcome happened."""
        now = self._clock()
        if found is None:
            outbox.again(tx, queued.id, now, now, "looked_absent", "looked: it had not happened")
            return
        outbox.done(tx, queued.id, now, found.reference, outcome="looked_done")
        self._learn(tx, call, found, now)

    def look_later(self, tx: Transaction, queued: outbox.Queued, words: str) -> None:
        """The platform could not say; it is asked again, and in the end a person has to look."""
        now = self._clock()
        due = next_attempt(queued.failures + 1, now, self._random)
        if due is None:
            outbox.dead(tx, queued.id, now, "unknown", f"its outcome could not be looked up: {words}")
        else:
            outbox.unknown(tx, queued.id, now, due, words)

    def repeat(self, tx: Transaction, queued: outbox.Queued) -> None:
        """Nobody can say whether it happened: it is repeated, and the unknown attempt stands recorded."""
        now = self._clock()
        outbox.again(tx, queued.id, now, now, "unknown", queued.words)

    def hold_back(self, tx: Transaction, queued: outbox.Queued) -> None:
        """It may not be done any more: consent was withdrawn since it was decided."""
        words = "held back: consent was withdrawn after this was decided"
        outbox.dead(tx, queued.id, self._clock(), "held_back", words)

    def _again(self, tx: Transaction, queued: outbox.Queued, outcome: str, error: DispatchError) -> None:
        now = self._clock()
        failures = queued.failures + 1
        due = next_attempt(failures, now, self._random)
        if due is None:
            words = f"given up after {failures} attempts: {error.words}"
            outbox.dead(tx, queued.id, now, outcome, words)
            return
        if isinstance(error, Transient) and error.retry_after is not None:
            due = max(due, now + timedelta(seconds=error.retry_after))
        outbox.again(tx, queued.id, now, due, outcome, error.words)

    def _learn(self, tx: Transaction, call: Call, done: Done, now: datetime) -> None:
        """The platform told its own id of the person: events that waited for it are decided now."""
        if done.platform_id is None or done.platform_id == call.addressee.platform_id:
            return
        scope = self._mapping.connections[self._connection].ids
        identity = Identity("contact", scope, done.platform_id)
        applied = learn(tx, self._mapping, call.addressee.contact_id, identity, now)
        inbox.release(tx, sorted(applied.decided), self._mapping.version, now)
