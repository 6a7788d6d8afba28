"""How the terminal shows one contact: its state, its history, and what was asked of the platforms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click

from connector.cli.records.buying import Buying
from connector.cli.records.show_queues import asked
from connector.cli.terminal.show import meaning, name_of, say, several, write_json
from connector.journey.guards import COMPLAINT_HOLDS_FOR
from connector.journey.plans import COMPLAINT, STOP
from connector.model.company import Company
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.showing import local, shown
from connector.store.families import Merge
from connector.store.history import Recorded
from connector.store.looks import Look, Stumble
from connector.store.outbox import Queued

SILENT = frozenset({Answer.BEATEN, Answer.NOT_FORWARD})
"""Answers that a history leaves out: they say only that another rule decided."""


@dataclass(frozen=True, slots=True)
class Person:
    """One contact with what happened, what was asked of the platforms, and what time itself has meant.

    `stumble` is there where that cannot be told, since something of ours breaks; `bought` where a mapping is
    live. `joined` are those who have become one with this contact.
    """

    contact: Contact
    past: Sequence[Recorded]
    asked: Sequence[Queued]
    looks: Sequence[Look] = ()
    stumble: Stumble | None = None
    bought: Buying | None = None
    joined: Sequence[Merge] = ()


def contact(person: Person, *, as_json: bool) -> None:
    """State and history of one person."""
    if as_json:
        held = {"contact": person.contact, "history": person.past, "actions": person.asked}
        held |= {"looks": person.looks, "stumble": person.stumble, "joined": person.joined}
        write_json(held | {"bought": person.bought})
        return
    _state(person.contact)
    _beside(person)
    _history(person)
    click.echo()
    say("actions")
    for queued in reversed(person.asked):
        say(f"  {local(queued.action.decided_at)}  {asked(queued)}")


def _beside(person: Person) -> None:
    """What is known of a contact beside its state."""
    for merge in person.joined:
        undone = f"`loods contact part {merge.younger}` undoes it"
        say(f"  joined with {merge.younger} on {local(merge.at)}; {undone}")
    for line in person.bought.said if person.bought else ():
        say(f"  {line}")
    if (stumble := person.stumble) is not None:
        tried = f"{several(stumble.failures, 'time')} since {local(stumble.since)}"
        say(f"  what time means for it could not be told, {tried}; again at {local(stumble.next_at)}")
        say(f"    {stumble.words}")


def _history(person: Person) -> None:
    """What happened, and what time alone has meant."""
    click.echo()
    say("history")
    for entry in person.past:
        say(f"  {local(entry.event.occurred_at)}  {entry.event.name}  ({entry.event.connection})")
        meaning(entry.moves, (one for one in entry.trace if one.answer not in SILENT), indent="      ")
    if person.looks:
        click.echo()
        say("by time alone")
    for look in person.looks:
        say(f"  {local(look.at)}")
        meaning(look.moves, look.trace, indent="      ")


def _state(known: Contact) -> None:
    erased = f"  erased {local(known.erased_at)}" if known.erased_at else ""
    say(f"{name_of(known)}  {known.id}{erased}")
    for line in (*_standing(known), *_known_by(known)):
        say(f"  {line}")
    if known.company is not None:
        _company(known.company)
    for line in (*_allowed(known), *_running(known), *_ordered(known)):
        say(f"  {line}")


def _standing(known: Contact) -> Iterator[str]:
    for journey, standing in known.standings.items():
        inferred = f"; inferred: {', '.join(standing.inferred)}" if standing.inferred else ""
        yield f"{journey}: {standing.stage} since {local(standing.since)}{inferred}"


def _known_by(known: Contact) -> Iterator[str]:
    yield f"known by: {', '.join(str(identity) for identity in known.identities)}"
    for second in known.seconds:
        in_use = known.id_at(second.kind, second.scope)
        yield f"two records at {second.scope}: {in_use} is written, {second.value} is not"
    yield f"fields: {shown({name: one.value for name, one in known.fields.items()})}"


def _allowed(known: Contact) -> Iterator[str]:
    """What may be sent: consent, and complaints that forbid it for now."""
    for key, consent in known.consent.items():
        given = "given" if consent.given else "withdrawn"
        yield f"consent {key.replace('|', ' ')}: {given} {local(consent.at)} by {consent.evidence}"
    for opened in known.complaints.values():
        until = local(opened + COMPLAINT_HOLDS_FOR)
        yield f"a complaint is open since {local(opened)}: marketing waits, until {until} at most"


def _ordered(known: Contact) -> Iterator[str]:
    for key, order in known.orders.items():
        in_time = sorted(order.facts.items(), key=lambda one: one[1])
        facts = ", ".join(f"{fact} {local(at)}" for fact, at in in_time)
        total = f"{order.total} {order.currency or ''}".strip() if order.total is not None else "no total"
        yield f"order {key}: {total}; {facts}"


def _company(known: Company) -> None:
    fields = {name: one.value for name, one in known.fields.items()}
    names = ", ".join(str(identity) for identity in known.identities)
    about = f"; {said}" if (said := shown(fields)) else ""
    say(f"  company {known.id}: known by {names}{about}; {several(len(known.people), 'contact')} there")
    for journey, standing in known.standings.items():
        say(f"    {journey}: {standing.stage} since {local(standing.since)}")


def _running(known: Contact) -> Iterator[str]:
    """What waits, what the contact is in, and what gave points."""
    for name, runs in known.runs.items():
        for key, run in runs.items():
            if run.wakes_at is not None:
                until = local(run.until or run.wakes_at)
                if run.waits_for == COMPLAINT:
                    yield f"held in {name} by an open complaint, until {until} at most  ({key})"
                elif run.waits_for == STOP:
                    yield f"held in {name}, which is stopped  ({key})"
                else:
                    yield f"waits in {name} for its {run.waits_for or 'moment'}, until {until}  ({key})"
    for name, mark in known.marks.items():
        if mark.is_in:
            entered = several(mark.entries, "time")
            yield f"in {name.replace(':', ' ', 1)} since {local(mark.since)}, entered {entered}"
    for name, points in ((name, some) for name, some in known.points.items() if some):
        newest = max(one.at for one in points)
        yield f"score {name}: given points {several(len(points), 'time')}, the last on {local(newest)}"
