"""A draft mapping tried on what was recorded: what each contact would have got, beside what it did get.

Each contact lives once more, from nothing, through all its recorded events in the order in which they
happened, on a clock that stands at the event's own time: every webhook comes at once, and none is late.
Between them the clock goes on to whatever the draft waits for, a date, the end of a wait, a quiet period,
and after the last until the end of the window. The draft's rules decide; its sources are not asked, since the
events stand as they were read. Only what falls into the window counts. Nothing is written or sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final

from connector.insight.pairing import Paired, pairs
from connector.journey.agenda import knows_time
from connector.journey.decide import decide
from connector.journey.own_state import is_deed
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping as Rules
from connector.model.action import Action
from connector.model.contact import Contact
from connector.model.decision import HELD_BACK, Answer, Decision, TraceEntry
from connector.model.event import Event
from connector.model.order import place_of
from connector.store import contacts, recordings
from connector.store.database import Store, Transaction
from connector.store.outbox import Queued

REFUSALS: Final = HELD_BACK | {Answer.FAILED}
"""Why a rule that was asked to act did not: a guard, or its own failure."""

_PAGE: Final = 50
"""Contacts that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class Window:
    """What counts: from `since` until `until`, where the simulated clock stops."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Compared:
    """One action: the draft would make it, it was made, or both. `rule` is that of the trace."""

    at: datetime
    rule: str
    action: str
    by_draft: bool
    by_live: bool

    @property
    def differs(self) -> bool:
        """Whether only one of the two makes it."""
        return self.by_draft != self.by_live


@dataclass(frozen=True, slots=True)
class Outcome:
    """One contact's part in the window: its events, actions by time, and what the draft refused, by rule.

    `contact` is the address in use, or our id where none is known or the person was erased. `left_out` counts
    events of connections to which the draft does not listen.
    """

    contact: str
    events: int
    compared: tuple[Compared, ...]
    refused: Mapping[tuple[str, Answer], int]
    left_out: Mapping[str, int]

    @property
    def differences(self) -> tuple[Compared, ...]:
        """The actions that only one of the two makes."""
        return tuple(one for one in self.compared if one.differs)


def backtest(store: Store, draft: Rules, window: Window) -> Iterator[Outcome]:
    """What became of everybody to whom something happened in the window, a contact at a time.

    Where the draft listens to time itself, that may be anybody. However much is recorded, little is held.
    Raises StoreError.
    """
    after, since = "", heard_since(draft, window)
    while True:
        with store.reading() as tx:
            ids = recordings.people(tx, since, after, _PAGE)
            outcomes = list(_page(tx, draft, window, ids))
        if not ids:
            return
        yield from outcomes
        after = ids[-1]


def heard_since(draft: Rules, window: Window) -> datetime | None:
    """From when on something must have happened to a contact for it to be gone through; None is ever."""
    return None if knows_time(draft) else window.since


def _page(tx: Transaction, draft: Rules, window: Window, ids: Sequence[str]) -> Iterator[Outcome]:
    identities = contacts.identities_of(tx, ids)
    made = recordings.actions_of(tx, ids)
    for contact_id, theirs in groupby(recordings.events_of(tx, ids), itemgetter(0)):
        # No rule reads when the contact was made.
        nobody = Contact(id=contact_id, created_at=window.since, identities=identities[contact_id])
        life = _Life(draft, window, nobody, made.get(contact_id, ()))
        for _, same_moment in groupby((event for _, event in theirs), attrgetter("occurred_at")):
            for event in sorted(same_moment, key=place_of):
                life.hears(event)
        yield life.outcome()


class _Life:
    """One contact under the draft."""

    def __init__(self, draft: Rules, window: Window, contact: Contact, made: Sequence[Queued]) -> None:
        self._draft = draft
        self._window = window
        self._contact = contact
        self._made = [one.action for one in made]
        self._happened: dict[tuple[str, str], datetime | None] = dict.fromkeys(map(_cause, self._made))
        self._would: dict[str, Action] = {}
        self._events = 0
        self._wakes_at: datetime | None = None
        self._refused = Counter[tuple[str, Answer]]()
        self._left_out = Counter[str]()

    def hears(self, event: Event) -> None:
        """The next event. What live rules did to our own state is none: the draft decides that for itself."""
        if is_deed(event):
            return
        name = (event.name, event.key)
        if name in self._happened:
            self._happened[name] = event.occurred_at
        self._passes_until(event.occurred_at)
        counts = event.occurred_at >= self._window.since
        self._events += counts
        if not self._listens(event):
            self._left_out[event.connection] += counts
            return
        self._takes(decide(self._draft, self._contact, event, event.occurred_at), event.occurred_at)

    def outcome(self) -> Outcome:
        """What became of it by the end of the window."""
        self._passes_until(self._window.until)
        all_of_it = (self._compared(pair) for pair in pairs(self._would.values(), self._made))
        known = self._contact
        return Outcome(
            contact=known.id if known.erased_at else known.email or known.id,
            events=self._events,
            compared=tuple(sorted((one for one in all_of_it if one.at >= self._window.since), key=_in_order)),
            refused=self._refused,
            left_out=+self._left_out,
        )

    def _listens(self, event: Event) -> bool:
        """Whether the draft would hear of it. Who was erased stays so under any draft."""
        connection = self._draft.connections.get(event.connection)
        return event.name == "contact.erased" or (connection is not None and connection.source is not None)

    def _passes_until(self, moment: datetime) -> None:
        """The clock goes on, and stops wherever the draft wants to look at the contact again."""
        while self._wakes_at is not None and self._wakes_at <= moment:
            now = self._wakes_at
            self._takes(wake(self._draft, self._contact, now), now)

    def _takes(self, decision: Decision, at: datetime) -> None:
        self._contact, self._wakes_at = decision.contact, decision.wakes_at
        for action in decision.actions:
            self._would.setdefault(action.key, action)
        if at >= self._window.since:
            self._note(decision.trace)

    def _note(self, trace: Sequence[TraceEntry]) -> None:
        for entry in trace:
            if entry.answer in REFUSALS and entry.rule != "event":
                self._refused[entry.rule, entry.answer] += 1

    def _compared(self, pair: Paired) -> Compared:
        action = pair.action
        at = None if pair.by_draft else self._happened[_cause(action)]
        return Compared(
            at=at or action.decided_at,
            rule=action.cause.rule,
            action=f"{action.connection}.{action.name}",
            by_draft=pair.by_draft,
            by_live=pair.by_live,
        )


def _cause(action: Action) -> tuple[str, str]:
    return action.cause.event, action.cause.event_key


def _in_order(one: Compared) -> tuple[datetime, str, str]:
    return one.at, one.rule, one.action
