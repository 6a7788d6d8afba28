"""One contact's life, or that of the people of one company, once more under a draft mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connector.insight.outcome import Compared, Outcome, Window
from connector.insight.pairing import Paired, pairs
from connector.journey.bearing import nobody
from connector.journey.companies import Companies
from connector.journey.decide import decide
from connector.journey.for_company import decide_for_company
from connector.journey.own_state import is_deed
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping as Rules
from connector.model.action import Action
from connector.model.contact import Contact
from connector.model.decision import HELD_BACK, Answer, Decision, TraceEntry
from connector.model.event import Event
from connector.store.outbox import Queued

REFUSALS: Final = HELD_BACK | {Answer.FAILED}
"""Why a rule that was asked to act did not: a guard, or its own failure."""


class Life:
    """One contact under the draft; colleagues share `companies`."""

    def __init__(
        self, draft: Rules, window: Window, contact: Contact, made: Sequence[Queued], companies: Companies
    ) -> None:
        self._draft = draft
        self._companies = companies
        self._window = window
        self._contact = contact
        self._made = [one.action for one in made]
        self._happened: dict[tuple[str, str], datetime | None] = dict.fromkeys(map(_cause, self._made))
        self._would: dict[str, Action] = {}
        self._events = 0
        self.wakes_at: datetime | None = None
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
        if not listens(self._draft, event):
            self._left_out[event.connection] += counts
            return
        before = self._companies.before(self._contact, event, event.occurred_at)
        self._takes(decide(self._draft, before, event, event.occurred_at), event.occurred_at)

    def speaks(self, event: Event) -> None:
        """Something happens to the company alone, for whom this contact is addressed."""
        before = self._companies.attach(self._contact)
        self._takes(decide_for_company(self._draft, before, event, event.occurred_at), event.occurred_at)

    def wakes(self, now: datetime) -> None:
        """It is time to look at the contact."""
        self._takes(wake(self._draft, self._companies.attach(self._contact), now), now)

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

    def _passes_until(self, moment: datetime) -> None:
        """The clock goes on, and stops wherever the draft wants to look at the contact again."""
        while self.wakes_at is not None and self.wakes_at <= moment:
            self.wakes(self.wakes_at)

    def _takes(self, decision: Decision, at: datetime) -> None:
        self._contact, self.wakes_at = self._companies.after(decision.contact), decision.wakes_at
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


@dataclass(slots=True)
class Firm:
    """The people of one company under the draft, on one clock."""

    draft: Rules
    companies: Companies
    lives: dict[str, Life] = field(default_factory=dict)

    def hears(self, contact_id: str, event: Event) -> None:
        """The next event of one of them, or of the company alone."""
        self.passes_until(event.occurred_at)
        if contact_id in self.lives:
            self.lives[contact_id].hears(event)
        elif event.is_of_company and listens(self.draft, event):
            self._hears_alone(event)

    def passes_until(self, moment: datetime) -> None:
        """The clock goes on; whoever is to be looked at first is so."""
        while due := [(one.wakes_at, name) for name, one in self.lives.items() if one.wakes_at is not None]:
            at, name = min(due)
            if at > moment:
                return
            self.lives[name].wakes(at)

    def _hears_alone(self, event: Event) -> None:
        company = self.companies.hear(event, event.occurred_at)
        speaker = Companies.longest_of(company) if company is not None else None
        if speaker is not None:
            self.lives[speaker].speaks(event)
        elif company is not None:
            decided = decide_for_company(self.draft, nobody(company), event, event.occurred_at)
            self.companies.after(decided.contact)


def listens(draft: Rules, event: Event) -> bool:
    """Whether the draft would hear of it. Who was erased stays so under any draft."""
    connection = draft.connections.get(event.connection)
    return event.name == "contact.erased" or (connection is not None and connection.source is not None)


def _cause(action: Action) -> tuple[str, str]:
    return action.cause.event, action.cause.event_key


def _in_order(one: Compared) -> tuple[datetime, str, str]:
    return one.at, one.rule, one.action
