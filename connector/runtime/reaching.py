"""Whom a mapping would reach that is about to be published, by its triggers that are new or ask otherwise.

What entering a stage or a cell of the grid does is asked of as triggers are.
What time brings is looked up: every contact is looked at as it would be, at once and as often as time means
something for it within a day. How often events come is read from what was recorded. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connector.errors import ExpressionFailed
from connector.journey.agenda import next_look
from connector.journey.conditions import ask
from connector.journey.entries import entries
from connector.journey.view import View
from connector.journey.wake import wake
from connector.mapping.mapping import Mapping
from connector.mapping.rules import StageEntered, Trigger
from connector.model.contact import Contact
from connector.runtime.clockwork import plain
from connector.runtime.entrances import entrances, rule_of
from connector.runtime.forecast import BEGINS, everybody
from connector.runtime.waking import AT_LEAST
from connector.store import contacts, recordings
from connector.store.database import Store
from connector.store.recordings import Happened
from connector.store.tallies import REMEMBERED_FOR, hour_of

AHEAD: Final = timedelta(days=1)
"""How far what time brings is looked up."""
MOST_EVENTS: Final = 20_000
"""Recorded events that are counted, the newest."""
_MOST_READ: Final = 10 * MOST_EVENTS
"""Recorded events that are read for that, with those that were imported: some ten seconds."""

_MOST_LOOKS: Final = 50
"""Looks at one contact within a day; nobody is to turn in circles."""
_PAGE: Final = 500

_Entry: TypeAlias = tuple[str, str, str, datetime]


@dataclass(slots=True)
class Reach:
    """How many contacts a trigger would reach by time, at once and within a day, those at once included.

    `busiest` is how often it would have begun in the busiest hour that was recorded, by events and stages.
    `people` are the ids of all whom either concerns.
    """

    at_once: int = 0
    within_a_day: int = 0
    busiest: int = 0
    people: set[str] = field(default_factory=set, repr=False, compare=False)

    @property
    def expected(self) -> int:
        """How many runs an hour may bring at most, as far as is known."""
        return self.within_a_day + self.busiest


@dataclass(slots=True)
class Outlook:
    """What triggers would reach, by name, of so many contacts, by so many recorded events since `since`.

    `is_cut`: there may be older ones that would count as well. `broken` are those for whom it could not be
    told, since something of ours breaks.
    """

    since: datetime
    reaches: dict[str, Reach] = field(default_factory=dict)
    contacts: int = 0
    events: int = 0
    broken: int = 0
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class _Timed:
    """What of a mapping listens to anything but events, by rule."""

    mapping: Mapping
    rules: Table[str, Reach]


def news(before: Mapping | None, after: Mapping) -> list[Trigger]:
    """The triggers that are new, or whose `on` or `when` is another than it was; and what entering does that
    is new, or to which a new move leads."""
    known = {**(before.triggers if before is not None else {}), **entrances(before)}
    anew = {**after.triggers, **entrances(after)}
    return [one for name, one in sorted(anew.items()) if _asks(one) != _asks(known.get(name))]


def outlook(store: Store, mapping: Mapping, triggers: Iterable[Trigger], now: datetime) -> Outlook:
    """Whom these triggers of the mapping would reach, were it published now."""
    asked = {one.name: one for one in triggers}
    found = Outlook(now - REMEMBERED_FOR, {name: Reach() for name in asked})
    timed = {rule_of(name): found.reaches[name] for name, one in asked.items() if one.occasions}
    _by_time(store, _Timed(mapping, timed), found, now)
    _by_events(store, mapping, list(asked.values()), found)
    return found


def _asks(trigger: Trigger | None) -> object:
    if trigger is None:
        return None
    occasions = tuple((type(one).__name__, plain(one)) for one in trigger.occasions)
    return trigger.on, occasions, trigger.when.text if trigger.when else ""


def _by_time(store: Store, timed: _Timed, found: Outlook, now: datetime) -> None:
    """Look at everybody, where one of the triggers listens to anything but events; else they are counted."""
    mapping, rules = timed.mapping, timed.rules
    if not rules:
        with store.reading() as tx:
            found.contacts = contacts.count(tx)
        return
    for people in everybody(store):
        found.contacts += len(people)
        for one in people:
            try:
                begun = _begun(mapping, one, rules.keys(), now)
            except Exception:  # a rule of ours breaks: told in the number, and by the log when it is real
                found.broken += 1
                continue
            for rule, at in begun.items():
                rules[rule].at_once += at <= now
                rules[rule].within_a_day += 1
                rules[rule].people.add(one.id)


def _begun(mapping: Mapping, contact: Contact, rules: Collection[str], now: datetime) -> dict[str, datetime]:
    """The rules that begin for a contact within a day, each with when it does first."""
    begun: dict[str, datetime] = {}
    due, at = next_look(mapping, contact, now), now
    for _ in range(_MOST_LOOKS):
        if due is None or max(due, at) > now + AHEAD:
            break
        at = max(due, at)
        decision = wake(mapping, contact, at)
        for entry in decision.trace:
            if entry.rule in rules and entry.answer in BEGINS:
                begun.setdefault(entry.rule, at)
        contact, due, at = decision.contact, decision.wakes_at, at + AT_LEAST
    return begun


def _by_events(store: Store, mapping: Mapping, triggers: Sequence[Trigger], found: Outlook) -> None:
    """How often the triggers would have begun in each hour; what has the same key enters once in it."""
    entered: set[_Entry] = set()
    for page, people in _recorded(store, found) if any(map(_is_heard, triggers)) else ():
        for one in page:
            contact = people.get(one.contact_id)
            if contact is not None and not one.event.is_echo:
                entered.update(_entered(mapping, contact, triggers, one))
    for name, contact_id, _, _ in entered:
        found.reaches[name].people.add(contact_id)
    hours = Counter((name, hour) for name, _, _, hour in entered)
    for (name, _), runs in hours.items():
        found.reaches[name].busiest = max(found.reaches[name].busiest, runs)


def _is_heard(trigger: Trigger) -> bool:
    return bool(trigger.on) or any(isinstance(one, StageEntered) for one in trigger.occasions)


def _recorded(store: Store, found: Outlook) -> Iterator[tuple[list[Happened], dict[str, Contact]]]:
    """What came live and was recorded lately, newest first, a page at a time, with whom it is about now."""
    last, read = None, 0
    while found.events < MOST_EVENTS and read < _MOST_READ:
        with store.reading() as tx:
            page = recordings.latest(tx, last.id if last else None, _PAGE)
            lately = [one for one in page if one.decided_at >= found.since]
            live = [one for one in lately if not one.event.is_past]
            counted = live[: MOST_EVENTS - found.events]
            people = contacts.peek(tx, {one.contact_id for one in counted})
        found.events += len(counted)
        read += len(page)
        yield counted, people
        if len(counted) == len(live) and len(lately) < _PAGE:
            return
        last = counted[-1] if len(counted) < len(live) else page[-1]
    if last is not None:
        found.since, found.is_cut = last.decided_at, True


def _entered(
    mapping: Mapping, contact: Contact, triggers: Sequence[Trigger], one: Happened
) -> Iterator[_Entry]:
    """What would have entered upon an event, by `when` as the contact is now."""
    view = View(mapping, contact, one.event, one.event.occurred_at)
    stages = {(move.journey, move.to_stage) for move in one.moves}
    for trigger in triggers:
        if one.event.name in trigger.on:
            keys = _keys(view, trigger, None)
        elif trigger.on_stages & stages:
            keys = _keys(view, trigger, f"stage:{one.id}")
        else:
            continue
        yield from ((trigger.name, contact.id, key, hour_of(one.event.occurred_at)) for key in keys)


def _keys(view: View, trigger: Trigger, key: str | None) -> list[str]:
    try:
        found = entries(view, trigger, key)
    except ExpressionFailed:
        return []
    return [one.key for one in found if ask(replace(view, names=one.names), trigger.when).refusal is None]
