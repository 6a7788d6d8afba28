"""What an attempt's outcome means for its action: done, again later, to be looked up, or given up.

Long because what an outcome means and all that follows from it is written down in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown, Unseen
from connector.journey.verdicts import hear, verdict
from connector.mapping.mapping import Mapping
from connector.model.action import ActionSpec
from connector.model.event import Event, Identity
from connector.platforms.base import FORGOTTEN, LEFT, UNTRIED, Call, Done, Outcome, Platform
from connector.runtime import echoing, fuses
from connector.runtime.backoff import next_attempt
from connector.runtime.breaker import Breaker, is_absence
from connector.runtime.deciding import DecisionFailedError
from connector.runtime.learning import learn, take_note
from connector.runtime.looking import Doubt, Found
from connector.runtime.news import News
from connector.runtime.observing import UNOBSERVED, Observer
from connector.runtime.together import Sent
from connector.store import contacts, families, inbox, outbox, rereading
from connector.store.database import Transaction

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=3))
"""Waits before each further read of what was answered to be done and is not seen."""


LONGEST_OUTAGE: Final = timedelta(days=7)
"""How old an action is at most of which an outage is no failure."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that has ended, for the actions in the outbox that it is made of."""

    sent: Sent
    outcome: Outcome

    @property
    def is_to_be_parted(self) -> bool:
        """Whether a run was refused as one, or is not seen: then each of it is tried alone, and nothing is
        refused yet.
        """
        return isinstance(self.outcome, Rejected | Unseen) and len(self.sent.queued) > 1


@dataclass(frozen=True, slots=True)
class Over:
    """An action that has ended by what the platform made of it: done, or given up."""

    queued: outbox.Queued
    is_failed: bool


class Outcomes:
    """Writes down what came of one connection's actions. Every method works in the caller's transaction."""

    def __init__(
        self,
        connection: str,
        platform: Platform,
        mapping: Mapping,
        clock: Callable[[], datetime],
        observer: Observer = UNOBSERVED,
        breaker: Breaker | None = None,
    ) -> None:
        self._observer = observer
        self._breaker = breaker or Breaker()
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

    @property
    def version(self) -> str:
        """Of the mapping by which is decided what is learned."""
        return self._mapping.version

    def can_look_up(self, name: str) -> bool:
        """Whether the platform can say if an action of this name happened."""
        return name in self._specs and self._specs[name].can_look_up

    def settle(self, tx: Transaction, ended: Sequence[Ended], *, learns: bool = True) -> Sequence[Over]:
        """Calls have ended, each with its outcome; what is over now. Written twice it changes nothing.

        `learns`: the ids of contacts that the platform told with it are remembered.
        """
        now = self._clock()
        for one in ended:
            if not one.is_to_be_parted:
                self._news.of(one.outcome, one.sent.ids[0])
        done = [(one.sent, it) for one in ended if isinstance(it := one.outcome, Done)]
        references = {name: it.reference for sent, it in done for name in sent.ids}
        settled = outbox.done(tx, references, now)
        rereading.note(tx, [(name, it.note) for sent, it in done if it.note for name in sent.ids])
        failed = {name for one in ended for name in self._failed(tx, one, now)}
        actions = [queued for one in ended for queued in one.sent.queued if queued.id in settled | failed]
        over = [Over(one, one.id in failed) for one in actions]
        self._count(tx, over, now)
        new = [(sent, it) for sent, it in done if not settled.isdisjoint(sent.ids)]
        echoing.settle(tx, ((sent.ids[0], it) for sent, it in new))
        told = [(sent.call, it) for sent, it in new]
        if learns:
            self._learn(tx, told, now)
        self._hear_departures(tx, told, now)
        self._hear_refusals(tx, [one for one in ended if not failed.isdisjoint(one.sent.ids)], now)
        return over

    def _failed(self, tx: Transaction, ended: Ended, now: datetime) -> list[int]:
        """Write down what is not done; which actions were open and are given up now."""
        match ended.outcome:
            case Done():
                return []
            case Rejected() | Unseen() as outcome if ended.is_to_be_parted:
                self._part(tx, ended.sent, outcome, now)
                return []
            case outcome:
                given_up = [one for one in ended.sent.queued if self._has_failed(tx, one, outcome)]
                return [one.id for one in given_up]

    def _part(self, tx: Transaction, sent: Sent, outcome: Rejected | Unseen, now: datetime) -> None:
        """A run was refused as one, or is not seen: each of it is tried alone, so that only what is refused
        then is dead.
        """
        what = "not seen" if isinstance(outcome, Unseen) else "refused"
        words = f"{what} together with {len(sent.queued) - 1} others, now tried alone: {outcome.words}"
        outbox.apart(tx, sent.ids, now, words)
        if isinstance(outcome, Rejected):
            echoing.refused(tx, sent.queued[0].id, outcome)

    def _has_failed(self, tx: Transaction, queued: outbox.Queued, outcome: DispatchError) -> bool:
        now = self._clock()
        match outcome:
            case Rejected():
                if not outbox.dead(tx, queued.id, now, "rejected", outcome.words):
                    return False
                echoing.refused(tx, queued.id, outcome)
                return True
            case Transient(code=code) if code == UNTRIED:
                outbox.give_back(tx, [queued.id], now, outcome.words)
            case Unauthorized():
                outbox.give_back(tx, [queued.id], now, outcome.words)
                outbox.pause(tx, self._connection, now, outcome.words)
            case Unseen():
                return self._unseen(tx, queued, outcome, is_first=True)
            case Unknown() if self.can_look_up(queued.action.name):
                outbox.lost(tx, queued.id, self._missed(queued, now + self._deadline, outcome))
            case Unknown():
                return self._again(tx, queued, "unknown", outcome)
            case _:
                return self._again(tx, queued, "transient", outcome)
        return False

    def looked(
        self, tx: Transaction, looked: Sequence[tuple[Doubt, Found]], *, learns: bool = True
    ) -> Sequence[Over]:
        """What is known of actions of unknown outcome. `learns` as in `settle`.

        One that a person has given up meanwhile stays so.
        """
        over = [one for doubt, found in looked for one in self._looked(tx, doubt, found)]
        self._count(tx, over, self._clock())
        settled = {one.queued.id for one in over}
        told = [
            (doubt.call, it) for doubt, it in looked if isinstance(it, Done) and doubt.queued.id in settled
        ]
        if learns:
            self._learn(tx, told, self._clock())
        self._hear_departures(tx, told, self._clock())
        return over

    def _looked(self, tx: Transaction, doubt: Doubt, found: Found) -> Sequence[Over]:
        queued = doubt.queued
        match found:
            case Done():
                return self._is_done(tx, queued, found)
            case Unseen():
                is_failed = self._unseen(tx, queued, found, is_first=False)
                return [Over(queued, is_failed=True)] if is_failed else ()
            case DispatchError():
                return self._look_failed(tx, queued, found)
            case None:
                return self._repeat(tx, queued, "looked_absent", "looked: it had not happened")
            case _:
                return self._repeat(tx, queued, "unknown", queued.words)

    def _is_done(self, tx: Transaction, queued: outbox.Queued, found: Done) -> Sequence[Over]:
        now = self._clock()
        if not outbox.done(tx, {queued.id: found.reference}, now, outcome="looked_done"):
            return ()
        rereading.note(tx, [(queued.id, found.note)] if found.note else ())
        return [Over(queued, is_failed=False)]

    def _unseen(self, tx: Transaction, queued: outbox.Queued, outcome: Unseen, *, is_first: bool) -> bool:
        """The platform said that it was done, and nobody has seen it; whether it was open and is given up.

        It is read again after growing waits. What cannot be read is asked for as long as anything that fails.
        """
        now, why = self._clock(), outcome.unread
        if why is None:
            looks = rereading.looks(tx, [queued.id]).get(queued.id, 0)
            due = now + LOOK_AGAIN[looks] if looks < len(LOOK_AGAIN) else None
        else:
            due = self._due(queued.failures + self._counts(queued, why), why)
        if due is None:
            words = f"the platform answered that it was done, but {outcome.words}"
            is_open = outbox.dead(tx, queued.id, now, "unknown" if why else "rejected", words)
            if is_open:
                self._news.gave_up(queued.id)
            return is_open
        counts = why is not None and self._counts(queued, why)
        again = rereading.Again(due, outcome.words, outcome.reference, is_first, counts)
        rereading.wait(tx, queued.id, now, again, rereading.UNSEEN if why is None else rereading.UNREAD)
        if isinstance(why, Unauthorized):
            outbox.pause(tx, self._connection, now, why.words)
        return False

    def _look_failed(self, tx: Transaction, queued: outbox.Queued, error: DispatchError) -> Sequence[Over]:
        """The platform could not say; it is asked again, and in the end a person has to look.

        One that does not know us is asked again when it does: that is no failure of the action.
        """
        now = self._clock()
        if isinstance(error, Unauthorized):
            outbox.pause(tx, self._connection, now, error.words)
            return ()
        due = self._due(queued.failures + self._counts(queued, error), error)
        if due is not None:
            outbox.unknown(tx, queued.id, self._missed(queued, due, error))
            return ()
        words = f"its outcome could not be looked up: {error.words}"
        return [Over(queued, is_failed=True)] if outbox.dead(tx, queued.id, now, "unknown", words) else []

    def tell(self, over: Sequence[Over]) -> None:
        """What is over, on record by now, to whoever observes."""
        for one in over:
            self._observer.ended(self._connection, is_failed=one.is_failed)

    def _again(self, tx: Transaction, queued: outbox.Queued, outcome: str, error: DispatchError) -> bool:
        """Let it wait for its next attempt; whether it was open and is given up instead."""
        failures = queued.failures + self._counts(queued, error)
        due = self._due(failures, error)
        if due is None:
            return self._give_up(tx, queued, outcome, f"{failures} attempts: {error.words}")
        outbox.again(tx, queued.id, self._missed(queued, due, error), outcome)
        return False

    def _repeat(self, tx: Transaction, queued: outbox.Queued, outcome: str, words: str) -> Sequence[Over]:
        """After an unknown outcome, which was counted as a failure when it was written down."""
        due = self._due(queued.failures)
        if due is not None:
            outbox.again(tx, queued.id, outbox.Missed(self._clock(), due, words), outcome)
            return ()
        is_over = self._give_up(tx, queued, outcome, f"{queued.failures} attempts: {queued.words}")
        return [Over(queued, is_failed=True)] if is_over else []

    def _missed(self, queued: outbox.Queued, due: datetime, error: DispatchError) -> outbox.Missed:
        return outbox.Missed(self._clock(), due, error.words, counts=self._counts(queued, error))

    def _counts(self, queued: outbox.Queued, error: DispatchError) -> bool:
        """Whether the action failed; for a week it has not where the platform serves nobody just then."""
        is_old = self._clock() - queued.action.decided_at > LONGEST_OUTAGE
        return is_old or not (self._breaker.is_trying and is_absence(error))

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

    def _count(self, tx: Transaction, over: Sequence[Over], now: datetime) -> None:
        """For the fuses of their triggers: actions have ended by what the platform made of them."""
        results = [(one.queued.action.cause.rule, one.is_failed) for one in over]
        fuses.ended(tx, self._mapping, results, now)

    def _hear_departures(self, tx: Transaction, told: Sequence[tuple[Call, Done]], now: datetime) -> None:
        """By what was done somebody has left the platform."""
        for call, outcome in told:
            if outcome.has_left:
                self._has_left(tx, call, "done", now)

    def _hear_refusals(self, tx: Transaction, refused: Sequence[Ended], now: datetime) -> None:
        """A refusal for good may be the platform's verdict on an address."""
        for one in refused:
            outcome, call = one.outcome, one.sent.call
            if isinstance(outcome, Rejected) and outcome.code in LEFT:
                is_closed = outcome.code == FORGOTTEN or not call.addressee.has_consent
                self._has_left(tx, call, outcome.words, now, is_closed=is_closed)

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
            self._take_note(tx, event, contact_id, now)

    def _take_note(self, tx: Transaction, event: Event, contact_id: str, now: datetime) -> None:
        """Where a rule of ours breaks upon it, all else is settled; the words stay with the action."""
        try:
            with tx.begin_nested():
                take_note(tx, self._mapping, event, now)
        except DecisionFailedError as failed:
            if failed.delivery_id:
                raise
            log.exception("%s: that contact %s has left is not noted", self._connection, contact_id)

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
