"""How the terminal shows what a delivery or an event would do, and why."""

from __future__ import annotations

import click

from connector.cli.terminal.show import meaning, name_of, say, write_json
from connector.model.showing import local, shown
from connector.runtime.explaining import ExplainedEvent, Explanation


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
    who = "a new contact" if one.is_new_contact else name_of(one.contact)
    if one.event.is_of_company:
        is_known = one.contact is not None and one.contact.email is not None
        who = "the company alone" + (f"; {who} is addressed" if is_known else "")
    say(f"  about: {who}")
    meaning(one.decision.moves, one.decision.trace, indent="  ")
    for action in one.decision.actions:
        say(f"  → {action.connection}.{action.name} {shown(action.arguments)}")


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
