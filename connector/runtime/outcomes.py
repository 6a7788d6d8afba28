"""What an attempt's outcome means for its action: done, again later, to be looked up, or given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.journey.verdicts import hear, verdict
from connector.mapping.mapping import Mapping
from connector.model.action import ActionSpec
from connector.model.event import Identity
from connector.platforms.base import FORGOTTEN, LEFT, Call, Done, Outcome, Platform
from connector.runtime import echoing, fuses
from connector.runtime.backoff import next_attempt
from connector.runtime.learning import learn, take_note
from connector.runtime.news import News
from connector.runtime.observing import UNOBSERVED, Observer
from connector.store import contacts, families, inbox, outbox
from connector.store.database import Transaction


class Outcomes:
    """Writes down what came of one connection's actions. Every method works in the caller's transaction."""

    def __init__(
        self,
        connection: str,
        platform: Platform,
        mapping: Mapping,
        clock: Callable[[], datetime],
        observer: Observer = UNOBSERVED,
    ) -> None:
        self._observer = observer
        self._connection = connection
        self._specs: dict[str, ActionSpec] = {spec.name: spec for spec in platform.specs}
        self._deadline = timedelta(seconds=platform.deadline)
        self._mapping = mapping
        self._clock = clock
        self._random = Random()
        self._news = News(connection)

    def go_by(self, mapping: Mapping) -> None:
        """From now on what is learned is decided by this mapping."""
        self._mapping = mapping

    def can_look_up(self, name: str) -> bool:
        """Whether the platform can say if an action of this name happened."""
        return name in self._specs and self._specs[name].can_look_up

    def settle(self, tx: Transaction, queued: outbox.Queued, call: Call, outcome: Outcome) -> None:
        """A call has ended with this outcome. To write that down once more changes nothing."""
        now = self._clock()
        self._news.of(outcome, queued.id)
        match outcome:
            case Done():
                if not outbox.done(tx, {queued.id: outcome.reference}, now):
                    return
                self._count(tx, queued, now, is_failed=False)
                echoing.settle(tx, queued.id, outcome)
                self._learn(tx, call, outcome, now)
                if outcome.has_left:
                    self._has_left(tx, call, "done", now)
            case Rejected():
                if not outbox.dead(tx, queued.id, now, "rejected", outcome.words):
                    return
                echoing.refused(tx, queued.id, outcome)
                self._count(tx, queued, now, is_failed=True)
                if outcome.code in LEFT:
                    is_closed = outcome.code == FORGOTTEN or not call.addressee.has_consent
                    self._has_left(tx, call, outcome.words, now, is_closed=is_closed)
            case Unauthorized():
                outbox.give_back(tx, [queued.id], now, outcome.words)
                outbox.pause(tx, self._connection, now, outcome.words)
            case Unknown() if self.can_look_up(queued.action.name):
                outbox.lost(tx, queued.id, now, now + self._deadline, outcome.words)
            case Unknown():
                self._again(tx, queued, "unknown", outcome)
            case _:
                self._again(tx, queued, "transient", outcome)

    def looked(self, tx: Transaction, queued: outbox.Queued, call: Call, found: Done | None) -> None:
        """The platform has said whether an action of unknown outcome happened."""
        if found is None:
            self._repeat(tx, queued, "looked_absent", "looked: it had not happened")
            return
        now = self._clock()
        outbox.done(tx, {queued.id: found.reference}, now, outcome="looked_done")
        self._count(tx, queued, now, is_failed=False)
        self._learn(tx, call, found, now)

    def look_failed(self, tx: Transaction, queued: outbox.Queued, error: DispatchError) -> None:
        """The platform could not say; it is asked again, and in the end a person has to look.

        One that does not know us is asked again when it does: that is no failure of the action.
        """
        now = self._clock()
        if isinstance(error, Unauthorized):
            outbox.pause(tx, self._connection, now, error.words)
            return
        due = self._due(queued.failures + 1, error)
        if due is None:
            outbox.dead(tx, queued.id, now, "unknown", f"its outcome could not be looked up: {error.words}")
            self._count(tx, queued, now, is_failed=True)
        else:
            outbox.unknown(tx, queued.id, now, due, error.words)

    def repeat(self, tx: Transaction, queued: outbox.Queued) -> None:
        """Nobody can say whether it happened: it is repeated, and the unknown attempt stands recorded."""
        self._repeat(tx, queued, "unknown", queued.words)

    def _again(self, tx: Transaction, queued: outbox.Queued, outcome: str, error: DispatchError) -> None:
        failures = queued.failures + 1
        due = self._due(failures, error)
        if due is None:
            self._give_up(tx, queued, outcome, f"{failures} attempts: {error.words}")
        else:
            outbox.again(tx, queued.id, self._clock(), due, outcome, error.words)

    def _repeat(self, tx: Transaction, queued: outbox.Queued, outcome: str, words: str) -> None:
        """After an unknown outcome, which was counted as a failure when it was written down."""
        due = self._due(queued.failures)
        if due is None:
            self._give_up(tx, queued, outcome, f"{queued.failures} attempts: {queued.words}")
        else:
            outbox.again(tx, queued.id, self._clock(), due, outcome, words)

    def _due(self, failures: int, error: DispatchError | None = None) -> datetime | None:
        """When to try again, never before the platform wants to be asked; None to give up."""
        now = self._clock()
        due = next_attempt(failures, now, self._random)
        if due is not None and isinstance(error, Transient) and error.retry_after is not None:
            return max(due, now + timedelta(seconds=error.retry_after))
        return due

    def _give_up(self, tx: Transaction, queued: outbox.Queued, outcome: str, after: str) -> None:
        now = self._clock()
        if outbox.dead(tx, queued.id, now, outcome, f"given up after {after}"):
            self._count(tx, queued, now, is_failed=True)
            self._news.gave_up(queued.id)

    def _count(self, tx: Transaction, queued: outbox.Queued, now: datetime, *, is_failed: bool) -> None:
        """For the fuse of its trigger: an action has ended by what the platform made of it."""
        fuses.ended(tx, self._mapping, queued.action.cause.rule, now, is_failed=is_failed)
        self._observer.ended(self._connection, is_failed=is_failed)

    def _has_left(
        self, tx: Transaction, call: Call, words: str, now: datetime, *, is_closed: bool = False
    ) -> None:
        """The platform's verdict on an address is kept: nothing is sent there until the person signs up anew.

        `is_closed`: no call about it is taken, whether it markets or not.
        """
        action, address = call.action, call.addressee.email
        contact_id = families.root(tx, action.contact_id)
        found = contacts.load(tx, [contact_id]).get(contact_id) if address else None
        if found is None or address is None:
            return
        said = f"{self._connection}.{action.name}: {words[:200]}"
        event = verdict(self._connection, address, said, now, key=action.key, is_closed=is_closed)
        if hear(found, self._mapping, event) is not found:
            take_note(tx, self._mapping, event, now)

    def _learn(self, tx: Transaction, call: Call, done: Done, now: datetime) -> None:
        """The platform told its own id of the person: events that waited for it are decided now."""
        if done.platform_id is None or done.platform_id == call.addressee.platform_id:
            return
        scope = self._mapping.connections[self._connection].ids
        identity = Identity("contact", scope, done.platform_id)
        applied = learn(tx, self._mapping, call.addressee.contact_id, identity, now)
        inbox.release(tx, sorted(applied.decided), self._mapping.version, now)
