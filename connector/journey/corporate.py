"""What an event does to the company of the contact to whom it happens, and what time does to it.

The company has no history that could be folded: it hears of each event once, as it comes, whenever that
happened. What is counted is the same in any order; of stages the first entries are, too.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import datetime

from connector.journey import quiet, stages
from connector.journey.bearing import with_standing
from connector.journey.firm import without_member
from connector.journey.progress import Progress
from connector.journey.view import View
from connector.mapping.mapping import Mapping
from connector.model.company import Company
from connector.model.contact import Contact, Stated, changed
from connector.model.decision import Answer, Moved, TraceEntry
from connector.model.event import Event
from connector.model.values import Value, dumps


def hear(contact: Contact, event: Event) -> Contact:
    """The contact whose company has counted the event."""
    company = contact.company
    return contact if company is None else changed(contact, company=counted(company, event))


def unheard(contact: Contact, company: Company | None) -> Contact:
    """The contact whose company has not counted the event, which is none for any rule; who was erased leaves
    it."""
    if company is not None and contact.erased_at is not None:
        company = without_member(company, contact.id)
    return changed(contact, company=company)


def counted(company: Company, event: Event) -> Company:
    """The company with the event counted and remembered."""
    last = company.last.get(event.name, event.occurred_at)
    return replace(
        company,
        counters={**company.counters, event.name: company.counters.get(event.name, 0) + 1},
        last={**company.last, event.name: max(last, event.occurred_at)},
    )


def learned(company: Company, said: Table[str, Value], at: datetime) -> Company:
    """The company with what is said of it; the latest by its own time wins, whatever the order of arrival."""
    fields = dict(company.fields)
    for name, value in said.items():
        new = Stated(value, at)
        if name not in fields or _rank(new) > _rank(fields[name]):
            fields[name] = new
    return company if fields == company.fields else replace(company, fields=fields)


def conflicts(contact: Contact, event: Event) -> tuple[TraceEntry, ...]:
    """A trace entry for each name of a company in the event that is not that of the contact's."""
    if not event.company:
        return ()
    own = contact.company.identities if contact.company else ()
    return tuple(
        TraceEntry("event", Answer.CONFLICT, detail=f"{one} is not the company of this contact")
        for one in event.company
        if one not in own
    )


def move(progress: Progress, event: Event) -> tuple[Moved, ...]:
    """Ask the moves of every journey of companies, all on the same state; those that were made.

    What entering their stages does is the caller's to follow.
    """
    journeys = progress.mapping.journeys_of("company")
    if not journeys:
        return ()
    view, made = progress.view(event), []
    for journey in journeys.values():
        turn = stages.turn(view, journey)
        progress.trace.extend(turn.trace)
        if turn.standing is not None:
            progress.contact = with_standing(progress.contact, journey, turn.standing)
        if turn.moved is not None:
            made.append(turn.moved)
    progress.moves.extend(made)
    return tuple(made)


def next_quiet(mapping: Mapping, contact: Contact, until: datetime) -> tuple[Contact, stages.Turn] | None:
    """The next move by quiet of the company that comes by a moment, with the contact after it."""
    if not mapping.has_quiet_moves or contact.company is None:
        return None
    view = View(mapping, contact, quiet.HAPPENING, until)
    for journey in mapping.journeys_of("company").values():
        made = quiet.turn(view, journey)
        if made is not None and made.standing is not None:
            return with_standing(contact, journey, made.standing), made
    return None


def _rank(stated: Stated) -> tuple[datetime, str]:
    return stated.at, dumps(stated.value)
