"""What an attempt's outcome means for its action: done, again later, to be looked up, or given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that has ended, for the action that is in the outbox."""

    queued: outbox.Queued
    call: Call
    outcome: Outcome


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

    def settle(self, tx: Transaction, ended: Sequence[Ended], *, learns: bool = True) -> None:
        """Calls have ended, each with its outcome. To write that down once more changes nothing.

        `learns`: the ids of contacts that the platform told with it are remembered.
        """
        now = self._clock()
        for one in ended:
            self._news.of(one.outcome, one.queued.id)
        done = {one.queued.id: one.outcome for one in ended if isinstance(one.outcome, Done)}
        settled = outbox.done(tx, {name: one.reference for name, one in done.items()}, now)
        failed = {one.queued.id for one in ended if one.queued.id not in done and self._has_failed(tx, one)}
        over = settled | failed
        results = [(one.queued, one.queued.id in failed) for one in ended if one.queued.id in over]
        self._count(tx, results, now)
        echoing.settle(tx, ((one, done[one]) for one in sorted(settled)))
        told = [(one.call, done[one.queued.id]) for one in ended if one.queued.id in settled]
        if learns:
            self._learn(tx, told, now)
        for call, outcome in told:
            if outcome.has_left:
                self._has_left(tx, call, "done", now)

    def _has_failed(self, tx: Transaction, ended: Ended) -> bool:
        """Write down what is not done; whether it was open and is given up now."""
        now, queued, call = self._clock(), ended.queued, ended.call
        match ended.outcome:
            case Rejected() as outcome:
                if not outbox.dead(tx, queued.id, now, "rejected", outcome.words):
                    return False
                echoing.refused(tx, queued.id, outcome)
                if outcome.code in LEFT:
                    is_closed = outcome.code == FORGOTTEN or not call.addressee.has_consent
                    self._has_left(tx, call, outcome.words, now, is_closed=is_closed)
                return True
            case Unauthorized() as outcome:
                outbox.give_back(tx, [queued.id], now, outcome.words)
                outbox.pause(tx, self._connection, now, outcome.words)
            case Unknown() as outcome if self.can_look_up(queued.action.name):
                outbox.lost(tx, queued.id, now, now + self._deadline, outcome.words)
            case Unknown() as outcome:
                return self._again(tx, queued, "unknown", outcome)
            case DispatchError() as outcome:
                return self._again(tx, queued, "transient", outcome)
        return False

    def looked(
        self, tx: Transaction, about: tuple[outbox.Queued, Call], found: Done | None, *, learns: bool = True
    ) -> None:
        """The platform has said whether an action of unknown outcome happened. `learns` as in `settle`."""
        queued, call = about
        if found is None:
            self._repeat(tx, queued, "looked_absent", "looked: it had not happened")
            return
        now = self._clock()
        outbox.done(tx, {queued.id: found.reference}, now, outcome="looked_done")
        self._count(tx, [(queued, False)], now)
        if learns:
            self._learn(tx, [(call, found)], now)

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
            self._count(tx, [(queued, True)], now)
        else:
            outbox.unknown(tx, queued.id, now, due, error.words)

    def repeat(self, tx: Transaction, queued: outbox.Queued) -> None:
        """Nobody can say whether it happened: it is repeated, and the unknown attempt stands recorded."""
        self._repeat(tx, queued, "unknown", queued.words)

    def _again(self, tx: Transaction, queued: outbox.Queued, outcome: str, error: DispatchError) -> bool:
        """Let it wait for its next attempt; whether it was open and is given up instead."""
        failures = queued.failures + 1
        due = self._due(failures, error)
        if due is None:
            return self._give_up(tx, queued, outcome, f"{failures} attempts: {error.words}")
        outbox.again(tx, queued.id, self._clock(), due, outcome, error.words)
        return False

    def _repeat(self, tx: Transaction, queued: outbox.Queued, outcome: str, words: str) -> None:
        """After an unknown outcome, which was counted as a failure when it was written down."""
        due = self._due(queued.failures)
        if due is not None:
            outbox.again(tx, queued.id, self._clock(), due, outcome, words)
        elif self._give_up(tx, queued, outcome, f"{queued.failures} attempts: {queued.words}"):
            self._count(tx, [(queued, True)], self._clock())

    def _due(self, failures: int, error: DispatchError | None = None) -> datetime | None:
        """When to try again, never before the platform wants to be asked; None to give up."""
        now = self._clock()
        due = next_attempt(failures, now, self._random)
        if due is not None and isinstance(error, Transient) and error.retry_after is not None:
            return max(due, now + timedelta(seconds=error.retry_after))
        return due

    def _give_up(self, tx: Transaction, queued: outbox.Queued, outcome: str, after: str) -> bool:
        is_open = outbox.dead(tx, queued.id, self._clock(), outcome, f"given up after {after}")
        if is_open:
            self._news.gave_up(queued.id)
        return is_open

    def _count(self, tx: Transaction, results: Sequence[tuple[outbox.Queued, bool]], now: datetime) -> None:
        """For the fuses of their triggers: actions have ended by what the platform made of them."""
        fuses.ended(tx, self._mapping, [(one.action.cause.rule, failed) for one, failed in results], now)
        for _, is_failed in results:
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

    def _learn(self, tx: Transaction, done: Sequence[tuple[Call, Done]], now: datetime) -> None:
        """The platform told its own ids of people: events that waited for them are decided now."""
        scope = self._mapping.connections[self._connection].ids
        told = [
            (call.addressee.contact_id, Identity("contact", scope, one.platform_id))
            for call, one in done
            if one.platform_id is not None and one.platform_id != call.addressee.platform_id
        ]
        if told:
            applied = learn(tx, self._mapping, told, now)
            inbox.release(tx, sorted(applied.decided), self._mapping.version, now)
