"""Faults as we might have made them: one function of ours is replaced for each, and all have to be found.

Nothing else uses them, and nothing of them is ever in the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from sqlalchemy import false, not_

from connector.errors import Rejected, StoreError, Transient, Unknown
from connector.journey import (
    apply,
    arbitration,
    consent,
    hearing,
    questions,
    triggers,
    walk,
)
from connector.journey.guards import Guarded
from connector.journey.waiting import Waiting
from connector.mapping.rules import Trigger
from connector.model.contact import Contact
from connector.model.delivery import DeliveryStatus
from connector.platforms.base import Done, Outcome
from connector.runtime import leaving, pasts
from connector.runtime.batch import Batch
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.looking import Doubt, Found
from connector.runtime.outcomes import Ended, Outcomes
from connector.runtime.processor import Processor
from connector.runtime.restraint import Restraint
from connector.store import contacts, endings, history, inbox, lines, outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus, Queued
from connector.store.schema import actions
from connector.store.stops import is_held


class Bug(NamedTuple):
    """What is replaced: an attribute of a module or class, by what is made of the right one."""

    owner: Any
    name: str
    wrong: Callable[[Any], Any]


def _no_wakes(right: Any) -> Any:
    return lambda tx, people, wakes=None: right(tx, people)


def _all_are_new(right: Any) -> Any:
    def wrong(tx: Transaction, keys: Sequence[tuple[str, str]], now: datetime) -> set[tuple[str, str]]:
        right(tx, keys, now)
        return set(keys)

    return wrong


def _swallows(right: Any) -> Any:
    def wrong(self: Processor, deliveries: Sequence[Any], batch: Batch, now: datetime) -> int:
        try:
            done: int = right(self, deliveries, batch, now)
        except StoreError:
            settled = [inbox.Settled(one.id, DeliveryStatus.DONE, "", now) for one in deliveries]
            self._store.write(lambda tx: inbox.settle(tx, settled))
            return 0
        return done

    return wrong


def _sends_again(right: Any) -> Any:
    def wrong(tx: Transaction, connection: str, now: datetime, *rest: Any) -> list[Queued]:
        found: list[Queued] = right(tx, connection, now, *rest)
        for one in found:
            outbox.end(tx, [endings.again(one.id, endings.Missed(now, now, ""), "transient")])
        return found

    return wrong


def _forgets_what_was_in_hand(right: Any) -> Any:
    def wrong(tx: Transaction, now: datetime, worker: str = "") -> list[str]:
        ids: list[str] = right(tx, now, worker)
        inbox.settle(tx, [inbox.Settled(one, DeliveryStatus.DONE, "", now) for one in ids])
        return ids

    return wrong


def _loses(right: Any) -> Any:
    def wrong(tx: Transaction, identities: Any) -> list[Any]:
        right(tx, identities)
        return []

    return wrong


def _taken_for(right: Any, kind: type[Outcome], other: Outcome) -> Any:
    def wrong(self: Outcomes, tx: Transaction, ended: Sequence[Ended], *, learns: bool) -> Any:
        changed = [replace(one, outcome=other) if isinstance(one.outcome, kind) else one for one in ended]
        return right(self, tx, changed, learns=learns)

    return wrong


def _found_anyway(right: Any) -> Any:
    def wrong(self: Outcomes, tx: Transaction, looked: Sequence[tuple[Doubt, Found]], *, learns: bool) -> Any:
        return right(self, tx, [(one, found or Done()) for one, found in looked], learns=learns)

    return wrong


def _by_the_first_mapping(right: Any) -> Any:
    def wrong(self: Processor) -> int:
        live = self._live
        first = SimpleNamespace(mapping=self._mapping, learn=live.learn, heed=lambda _: self._mapping)
        self._live = first  # type: ignore[assignment]  # all it is asked
        try:
            done: int = right(self)
        finally:
            self._live = live
        return done

    return wrong


def _an_hour_short(right: Any) -> Any:
    def wrong(*what: Any) -> Waiting | None:
        waiting: Waiting | None = right(*what)
        return replace(waiting, wakes_at=waiting.wakes_at - timedelta(hours=1)) if waiting else None

    return wrong


def _drawn_anew(right: Any) -> Any:
    def wrong(contact: Contact, trigger: Trigger) -> str:
        if not trigger.arms:
            return ""
        return "held_out" if sum(contact.counters.values()) % 2 else "treated"

    return wrong


def _twice(right: Any) -> Any:
    return lambda contact, event: right(right(contact, event), event)


def _always(answer: Any) -> Callable[[Any], Any]:
    return lambda right: lambda *what, **more: answer


def _out_of_order(right: Any) -> Any:
    return lambda: outbox._due_first(ActionStatus.WAITING).where(not_(is_held(actions)))


def _claimed_with(name: str, wrong: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The statements of a claim, made with one function replaced."""

    def made(right: Any) -> Any:
        with patch.object(outbox, name, wrong(getattr(outbox, name))):
            return outbox._claims()

    return made


BUGS: Final = {
    "nobody is looked at again": Bug(contacts, "save", _no_wakes),
    "what came before happens again": Bug(history, "new_keys", _all_are_new),
    "an error of the database is swallowed": Bug(Processor, "_written", _swallows),
    "what was being sent is left so": Bug(Dispatcher, "recover", _always(None)),
    "what was being sent is sent again": Bug(outbox, "interrupted", _sends_again),
    "actions overtake each other": Bug(outbox, "_CLAIMS", _claimed_with("_heads", _out_of_order)),
    "what stands between is passed by": Bug(lines, "takewhile", lambda right: filter),
    "nothing is asked before an action leaves": Bug(leaving, "hold_back", _always("")),
    "consent is not asked": Bug(questions, "guard", _always(Guarded())),
    "pressure is not counted": Bug(questions, "is_too_much", _always(False)),
    "limits are not counted": Bug(questions, "is_used_up", _always(False)),
    "nothing is called off": Bug(hearing, "_call_off", _always(False)),
    "who is held out gets it": Bug(walk, "is_held_out", _always(False)),
    "erasing erases nothing": Bug(
        apply, "erase", lambda right: lambda contact, at: replace(contact, erased_at=at)
    ),
    "no answer is taken for success": Bug(
        Outcomes, "settle", lambda right: _taken_for(right, Unknown, Done())
    ),
    "a refusal is tried again": Bug(
        Outcomes, "settle", lambda right: _taken_for(right, Rejected, Transient("busy"))
    ),
    "what has not happened is found": Bug(Outcomes, "looked", _found_anyway),
    "the first word on consent stands": Bug(consent, "_wins", _always(False)),
    "a stop stops nothing": Bug(
        outbox, "_CLAIMS", _claimed_with("is_held", lambda right: lambda some: false())
    ),
    "a pause pauses nothing": Bug(
        outbox, "_CLAIMS", _claimed_with("is_paused", lambda right: lambda connection: false())
    ),
    "waits are an hour short": Bug(walk, "begin", _an_hour_short),
    "a new mapping is not followed": Bug(Processor, "step", _by_the_first_mapping),
    "what was in hand is forgotten": Bug(inbox, "recover", _forgets_what_was_in_hand),
    "hands are never emptied": Bug(inbox, "take_out", _always(None)),
    "what was parked is lost": Bug(history, "unpark", _loses),
    "arms are drawn anew": Bug(triggers, "draw", _drawn_anew),
    "who asks to be left alone is not": Bug(Restraint, "_hold", _always(None)),
    "a group has no winner": Bug(arbitration, "winner", _always(None)),
    "the same is entered again": Bug(triggers, "_entered_before", _always(None)),
    "an event is counted twice": Bug(apply, "count", _twice),
    "what comes late is taken for the newest": Bug(pasts, "is_late", _always(False)),
    "what rules did to our own state is forgotten": Bug(pasts, "deeds", _always(())),
}
"""By what goes wrong."""


@contextmanager
def planted(name: str) -> Iterator[None]:
    """The program has this fault meanwhile."""
    bug = BUGS[name]
    right = getattr(bug.owner, bug.name)
    with patch.object(bug.owner, bug.name, bug.wrong(right)):
        yield
