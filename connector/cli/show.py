"""How answers look on a terminal: plain text that reads well and pipes well."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path

import click

from connector.cli.buying import Buying
from connector.errors import Problem
from connector.journey.guards import COMPLAINT_HOLDS_FOR
from connector.journey.plans import COMPLAINT, STOP
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.model.company import Company
from connector.model.contact import Contact
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.showing import inert, local, shown
from connector.runtime.explaining import ExplainedEvent, Explanation
from connector.store.failings import Failing
from connector.store.families import Merge
from connector.store.history import Recorded
from connector.store.inbox import InboxRow
from connector.store.looks import Look, Stumble
from connector.store.outbox import ActionStatus, Queued
from connector.store.stops import Stop

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


def problems(found: Iterable[Problem], *, as_json: bool) -> None:
    """Every problem on a line of its own, or all as one JSON list."""
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in found], ensure_ascii=False, indent=2))
        return
    for problem in found:
        click.echo(str(problem))


def say(line: str) -> None:
    """One line for a terminal: whatever a sender or a platform wrote into it, it steers nothing there."""
    click.echo(inert(line))


def summary(mapping: Mapping, folder: Path, found: Iterable[Problem]) -> None:
    """What a mapping that passed holds, and whether it can be published."""
    counts = (
        (len(mapping.connections), "connection"),
        (len(mapping.journeys), "journey"),
        (len(mapping.triggers), "trigger"),
        (len(mapping.segments), "segment"),
    )
    held = ", ".join(several(count, what) for count, what in counts)
    say(f"{folder}: all right; {held}; version {mapping.version[:12]}")
    if later := sum(map(is_not_carried_out, found)):
        what = several(later, "thing")
        say(f"it cannot be published yet: {what} in it, told above (M190), this version does not carry out")


def explanation(found: Explanation, heading: str, *, as_json: bool) -> None:
    """What a delivery or an event would do and why."""
    if as_json:
        told = found.translation
        events = [_plain_event(one) for one in found.events]
        write_json({"about": heading, "ignored": told.ignored, "failures": told.failures, "events": events})
        return
    say(heading)
    for failure in found.translation.failures:
        say(f"  cannot be read at {failure.path or 'the top'}: {failure.reason}")
    if not found.events and found.translation.ignored:
        say(f"  ignored: {found.translation.ignored}")
    for one in found.events:
        _explained(one)


def _explained(one: ExplainedEvent) -> None:
    click.echo()
    say(f"event {one.event.name} at {local(one.event.occurred_at)}  key {one.event.key}")
    if one.has_happened:
        say("  this has happened already, and happens once: what follows is what it would do if it were new")
    if one.event.note:
        say(f"  note: {one.event.note}")
    say(f"  known by: {', '.join(str(identity) for identity in one.event.identities) or 'nothing'}")
    if one.event.company:
        said = shown(one.event.company_fields)
        names = ", ".join(str(identity) for identity in one.event.company)
        say(f"  company: {names}{'; ' + said if said else ''}")
    for name, subject in one.event.subjects.items():
        if said := shown({key: value for key, value in subject.items() if key != "items"}):
            say(f"  {name}: {said}")
    if one.decision is None:
        say("  parked: nobody is known whom it is about; it waits 30 days until somebody is")
        return
    who = "a new contact" if one.is_new_contact else _name(one.contact)
    if one.event.is_of_company:
        is_known = one.contact is not None and one.contact.email is not None
        who = "the company alone" + (f"; {who} is addressed" if is_known else "")
    say(f"  about: {who}")
    _meaning(one.decision.moves, one.decision.trace, indent="  ")
    for action in one.decision.actions:
        say(f"  → {action.connection}.{action.name} {shown(action.arguments)}")


def contact(person: Person, *, as_json: bool) -> None:
    """State and history of one person."""
    if as_json:
        held = {"contact": person.contact, "history": person.past, "actions": person.asked}
        held |= {"looks": person.looks, "stumble": person.stumble, "joined": person.joined}
        write_json(held | {"bought": person.bought})
        return
    _state(person.contact)
    for merge in person.joined:
        undone = f"`loods contact part {merge.younger}` undoes it"
        say(f"  joined with {merge.younger} on {local(merge.at)}; {undone}")
    for line in person.bought.said if person.bought else ():
        say(f"  {line}")
    if (stumble := person.stumble) is not None:
        tried = f"{several(stumble.failures, 'time')} since {local(stumble.since)}"
        say(f"  what time means for it could not be told, {tried}; again at {local(stumble.next_at)}")
        say(f"    {stumble.words}")
    click.echo()
    say("history")
    for entry in person.past:
        say(f"  {local(entry.event.occurred_at)}  {entry.event.name}  ({entry.event.connection})")
        _meaning(entry.moves, (one for one in entry.trace if one.answer not in SILENT), indent="      ")
    if person.looks:
        click.echo()
        say("by time alone")
    for look in person.looks:
        say(f"  {local(look.at)}")
        _meaning(look.moves, look.trace, indent="      ")
    click.echo()
    say("actions")
    for queued in reversed(person.asked):
        say(f"  {local(queued.action.decided_at)}  {_queued(queued)}")


def _state(known: Contact) -> None:
    erased = f"  erased {local(known.erased_at)}" if known.erased_at else ""
    say(f"{_name(known)}  {known.id}{erased}")
    for journey, standing in known.standings.items():
        inferred = f"; inferred: {', '.join(standing.inferred)}" if standing.inferred else ""
        say(f"  {journey}: {standing.stage} since {local(standing.since)}{inferred}")
    say(f"  known by: {', '.join(str(identity) for identity in known.identities)}")
    for second in known.seconds:
        in_use = known.id_at(second.kind, second.scope)
        say(f"  two records at {second.scope}: {in_use} is written, {second.value} is not")
    say(f"  fields: {shown({name: one.value for name, one in known.fields.items()})}")
    if known.company is not None:
        _company(known.company)
    for key, consent in known.consent.items():
        given = "given" if consent.given else "withdrawn"
        say(f"  consent {key.replace('|', ' ')}: {given} {local(consent.at)} by {consent.evidence}")
    for opened in known.complaints.values():
        until = local(opened + COMPLAINT_HOLDS_FOR)
        say(f"  a complaint is open since {local(opened)}: marketing waits, until {until} at most")
    for line in _running(known):
        say(f"  {line}")
    for key, order in known.orders.items():
        facts = ", ".join(
            f"{fact} {local(at)}" for fact, at in sorted(order.facts.items(), key=lambda one: one[1])
        )
        total = f"{order.total} {order.currency or ''}".strip() if order.total is not None else "no total"
        say(f"  order {key}: {total}; {facts}")


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


def _meaning(moves: Iterable[Moved], trace: Iterable[TraceEntry], indent: str) -> None:
    for move in moves:
        over = f" (over {', '.join(move.inferred)})" if move.inferred else ""
        say(f"{indent}{move.journey}: {move.from_stage or 'nowhere'} → {move.to_stage}{over}")
    for entry in trace:
        said = f"{entry.rule}: {entry.answer.value.replace('_', ' ')}"
        why = "; ".join(part for part in (entry.detail, shown(entry.seen)) if part)
        say(f"{indent}{said}" + (f" ({why})" if why else "") + (f"  {entry.place}" if entry.place else ""))


def deliveries(rows: Sequence[InboxRow], counts: Table[str, int]) -> None:
    """One line a delivery, and how many there are of each status."""
    for row in rows:
        why = f"  {row.path + ': ' if row.path else ''}{row.reason}" if row.reason else ""
        repeats = f"  repeated {several(row.repeats, 'time')}" if row.repeats else ""
        one = row.delivery
        what = f"{row.status.value:8} {one.connection} {one.topic}{repeats}"
        say(f"{one.id}  {local(one.received_at)}  {what}{why}")
    say(_counts(counts) or "no deliveries yet")


def actions(
    rows: Sequence[Queued], counts: Table[str, int], paused: Table[str, tuple[datetime, str]]
) -> None:
    """One line an action, how many there are of each status, and the connections that are paused."""
    for row in rows:
        say(f"{row.id:>6}  {local(row.action.decided_at)}  {_queued(row)}")
        say(f"{'':6}  {_whose(row)}")
    say(_counts(counts) or "no actions yet")
    for connection, (since, words) in paused.items():
        say(f"{connection} is paused since {local(since)}: {words}")


def stopped(found: Iterable[tuple[Stop, int, int]]) -> None:
    """What is stopped, how many actions that holds, and how many contacts wait in it."""
    for one, actions_held, waiting in found:
        why = f": {one.words}" if one.words else ""
        name = f" --trigger {one.rule.removeprefix('trigger:')}" if one.rule else ""
        say(f"{one.about} is stopped since {local(one.since)} by {one.who}{why}")
        held = held_words(actions_held, waiting)
        say(f"  {held} held; `loods start{name}` lets them go on, or drops them")


def held_words(actions_held: int, waiting: int) -> str:
    """How many actions and contacts a stop holds."""
    also = f" and the runs of {several(waiting, 'contact')}" if waiting else ""
    return f"{several(actions_held, 'action')}{also}"


def failings(found: Iterable[Failing]) -> None:
    """The rules that failed within a day, and how that went the last time."""
    for one in found:
        name = one.rule.replace(":", " ", 1)
        say(f"{name} failed {several(one.times, 'time')} within a day, and did nothing then: {one.words}")
        say(f"  the last time for contact {one.contact_id}; `loods contact show {one.contact_id}` says more")


def _whose(row: Queued) -> str:
    """Whom an action is about and why it exists; of one that waits also when it is next."""
    cause = f"contact {row.action.contact_id}, {row.action.cause.rule} on {row.action.cause.event}"
    if row.status in {ActionStatus.DONE, ActionStatus.DEAD}:
        return cause
    failed = f"failed {several(row.failures, 'time')}, " if row.failures else ""
    return f"{cause}; {failed}next at {local(row.next_attempt_at)}"


def several(count: int, what: str) -> str:
    """The count with its noun, which takes an s."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _queued(row: Queued) -> str:
    action = row.action
    words = f"  {row.words}" if row.words else ""
    made = f"  [{row.reference}]" if row.reference else ""
    return f"{row.status.value:8} {action.connection}.{action.name} {shown(action.arguments)}{made}{words}"


def write_json(answer: object) -> None:
    """The answer as JSON: dataclasses as objects, moments and exact numbers as texts.

    Plain ASCII: JSON itself lets some of the characters through that steer a terminal.
    """
    click.echo(json.dumps(answer, indent=2, default=_plain))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(value) if isinstance(value, Table) else str(value)


def _plain_event(one: ExplainedEvent) -> dict[str, object]:
    contact = {"id": one.contact.id, "email": one.contact.email} if one.contact else None
    decided = one.decision
    return {
        "event": one.event,
        "has_happened": one.has_happened,
        "is_new_contact": one.is_new_contact,
        "contact": contact,
        "moves": decided.moves if decided else (),
        "trace": decided.trace if decided else (),
        "actions": decided.actions if decided else (),
    }


def _name(known: Contact | None) -> str:
    return (known.email or known.id) if known else "nobody"


def _counts(counts: Table[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count)
