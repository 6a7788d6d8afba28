"""Writes down what came of actions: that they are done, or what becomes of them, and all that follows.

Long because all of it is one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from connector.errors import DispatchError, Rejected, Unauthorized, Unseen
from connector.journey.verdicts import hear, verdict
from connector.mapping.mapping import Mapping
from connector.model.event import Event, Identity
from connector.model.light import light
from connector.platforms.base import FORGOTTEN, LEFT, Call, Done, Outcome, Platform
from connector.runtime import echoing, fuses
from connector.runtime.breaker import Breaker
from connector.runtime.deciding import DecisionFailedError
from connector.runtime.learning import learn, take_note
from connector.runtime.looking import Doubt, Found
from connector.runtime.meaning import Meaning
from connector.runtime.news import News
from connector.runtime.observing import UNOBSERVED, Observer
from connector.runtime.together import Sent
from connector.store import contacts, endings, families, inbox, outbox, rereading
from connector.store.database import Transaction
from connector.store.endings import Ending

log = logging.getLogger(__name__)


@light
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


@light
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
        self._connection = connection
        self._meaning = Meaning(platform, breaker or Breaker())
        self._mapping = mapping
        self._clock = clock
        self._news = News(connection)

    def go_by(self, mapping: Mapping) -> None:
        """From now on what is learned is decided by this mapping."""
        self._mapping = mapping

    @property
    def version(self) -> str:
        """Of the mapping by which is decided what is learned."""
        return self._mapping.version

    def settle(self, tx: Transaction, ended: Sequence[Ended], *, learns: bool = True) -> Sequence[Over]:
        """Calls have ended, each with its outcome; what is over now. Written twice it changes nothing.

        `learns`: the ids of contacts that the platform told with it are remembered.
        """
        now = self._clock()
        for one in ended:
            if not one.is_to_be_parted:
                self._news.of(one.outcome, one.sent.queued[0].id)
        done = [(one.sent, it) for one in ended if isinstance(it := one.outcome, Done)]
        settled = outbox.done(tx, {name: it.reference for sent, it in done for name in sent.ids}, now)
        rereading.note(tx, [(name, it.note) for sent, it in done if it.note for name in sent.ids])
        failed = self._missed(tx, ended, now) if len(done) < len(ended) else set[int]()
        is_over = settled | failed
        over = [Over(it, it.id in failed) for one in ended for it in one.sent.queued if it.id in is_over]
        self._count(tx, over, now)
        new = [(sent, it) for sent, it in done if not settled.isdisjoint(sent.ids)]
        echoing.settle(tx, ((sent.queued[0].id, it) for sent, it in new))
        told = [(sent.call, it) for sent, it in new]
        if learns:
            self._learn(tx, told, now)
        self._hear_departures(tx, told, now)
        if failed:
            self._hear_refusals(tx, [one for one in ended if not failed.isdisjoint(one.sent.ids)], now)
        return over

    def _missed(self, tx: Transaction, ended: Sequence[Ended], now: datetime) -> set[int]:
        """Write down what is not done; which actions were open and are given up by that."""
        missed = [(one.sent, it) for one in ended if isinstance(it := one.outcome, DispatchError)]
        looks = _looks(tx, ((sent.queued[0], it) for sent, it in missed))
        is_parted = {one.sent.queued[0].id for one in ended if one.is_to_be_parted}
        some: list[Ending] = []
        for sent, it in missed:
            if sent.queued[0].id in is_parted:
                some += _parted(sent, it, now)
            else:
                some += [self._meaning.sent(one, it, now, looks.get(one.id, 0)) for one in sent.queued]
        given_up = self._end(tx, some)
        refused = [(sent.queued[0].id, it) for sent, it in missed if isinstance(it, Rejected)]
        echoing.refused(tx, [(name, it) for name, it in refused if name in given_up | is_parted])
        self._pause(tx, [it for _, it in missed], now)
        self._news.gave_up(given_up - {name for name, _ in refused})
        return given_up

    def looked(
        self, tx: Transaction, looked: Sequence[tuple[Doubt, Found]], *, learns: bool = True
    ) -> Sequence[Over]:
        """What is known of actions of unknown outcome. `learns` as in `settle`.

        One that a person has given up meanwhile stays so.
        """
        now = self._clock()
        done = [(doubt, it) for doubt, it in looked if isinstance(it, Done)]
        references = {doubt.queued.id: it.reference for doubt, it in done}
        settled = outbox.done(tx, references, now, outcome="looked_done")
        told = [(doubt, it) for doubt, it in done if doubt.queued.id in settled]
        rereading.note(tx, [(doubt.queued.id, it.note) for doubt, it in told if it.note])
        failed = self._not_found(tx, looked, now)
        is_over = settled | failed
        over = [Over(it.queued, it.queued.id in failed) for it, _ in looked if it.queued.id in is_over]
        self._count(tx, over, now)
        calls = [(doubt.call, it) for doubt, it in told]
        if learns:
            self._learn(tx, calls, now)
        self._hear_departures(tx, calls, now)
        return over

    def _not_found(self, tx: Transaction, looked: Sequence[tuple[Doubt, Found]], now: datetime) -> set[int]:
        """Write down what is not known to be done; which actions were open and are given up by that."""
        missed = [(doubt.queued, it) for doubt, it in looked if not isinstance(it, Done)]
        looks = _looks(tx, missed)
        some = [self._meaning.looked(one, it, now, looks.get(one.id, 0)) for one, it in missed]
        given_up = self._end(tx, [one for one in some if one is not None])
        self._pause(tx, [it for _, it in missed], now)
        self._news.gave_up(given_up)
        return given_up

    def _end(self, tx: Transaction, some: Sequence[Ending]) -> set[int]:
        """Which of the actions were open and are given up by that."""
        ended = outbox.end(tx, some)
        return {
            one.action_id for one in some if one.to is outbox.ActionStatus.DEAD and one.action_id in ended
        }

    def _pause(self, tx: Transaction, outcomes: Sequence[Found], now: datetime) -> None:
        """Where the platform does not know us, nothing is sent until it does; its last words are kept."""
        whys = [it.unread if isinstance(it, Unseen) else it for it in outcomes]
        strange = [why for why in whys if isinstance(why, Unauthorized)]
        if strange:
            outbox.pause(tx, self._connection, now, strange[-1].words)

    def tell(self, over: Sequence[Over]) -> None:
        """What is over, on record by now, to whoever observes."""
        for one in over:
            self._observer.ended(self._connection, is_failed=one.is_failed)

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


def _looks(tx: Transaction, outcomes: Iterable[tuple[outbox.Queued, Found]]) -> dict[int, int]:
    """How many reads have not shown those of these actions that were read and not seen now."""
    unseen = [one.id for one, it in outcomes if isinstance(it, Unseen) and it.unread is None]
    return rereading.looks(tx, unseen) if unseen else {}


def _parted(sent: Sent, outcome: DispatchError, now: datetime) -> list[Ending]:
    """A run was refused as one, or is not seen: each of it is tried alone, so that only what is refused
    then is dead.
    """
    what = "not seen" if isinstance(outcome, Unseen) else "refused"
    words = f"{what} together with {len(sent.queued) - 1} others, now tried alone: {outcome.words}"
    return [endings.apart(one, now, words) for one in sent.ids]
