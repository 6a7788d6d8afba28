"""From what an example says that happens to the event that a source would have made of it."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from datetime import UTC, datetime
from typing import Final

from connector.mapping.accounts import Connection
from connector.mapping.build.company import stated_of_company
from connector.mapping.build.source import events_of
from connector.mapping.cases import Given
from connector.mapping.checker import Checker
from connector.mapping.example_values import read_fields, read_time, read_value
from connector.mapping.mapping import Mapping
from connector.mapping.nodes import Table, Tree, Written
from connector.mapping.own_events import data_type
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.examples import GivenPart
from connector.mapping.terms import Place
from connector.model import domains, identities
from connector.model.event import ConsentClaim, Event, Identity
from connector.model.types import Sort, Type, text
from connector.model.values import Value
from connector.model.vocabulary import CONTACT_FIELDS, SUBJECTS, carried_by

NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""Stands for a moment that cannot be read, in a mapping that is never used because of it."""

_NOWHERE: Final = Connection("example", None, "example", "example", (), {}, Place("", 0, 0))
"""Tells what none of the company's connections can tell."""

_COMPANY: Final = "a name alone is a field of the person: fields: {company: NAME}"


class GivenBuilder:
    """Builds the events of examples; what is wrong is told to the checker."""

    def __init__(self, mapping: Mapping, broken: frozenset[str], checker: Checker) -> None:
        """`broken` are connections that exist, but have problems of their own."""
        self._checker = checker
        self._connections = {one.name: one for one in mapping.connections.values() if one.source}
        self._broken = broken
        self._makes = {
            name: frozenset(events_of(mapping.sources[one.source or ""]))
            for name, one in self._connections.items()
        }
        self._fields: Dictionary[str, Type] = {**CONTACT_FIELDS, **mapping.fields}
        self._kinds = {"email", *_kinds(mapping)}

    def all(self, parts: tuple[GivenPart, ...]) -> tuple[Given, ...]:
        """The events of one example; each comes from where the one before it came from, if it can."""
        given: list[Given] = []
        connection = _NOWHERE
        for number, part in enumerate(parts, start=1):
            connection = self._from(part, connection)
            given.append(Given(self._event(part, number, connection), part.place))
        return tuple(given)

    def _event(self, part: GivenPart, number: int, connection: Connection) -> Event:
        subjects = self._subjects(part)
        company, said_of_company = self._company(part, connection.ids)
        return Event(
            key=f"given {number}",
            name=str(part.event),
            occurred_at=read_time(part.at, self._checker) or NEVER,
            connection=connection.name,
            source=connection.source or "",
            people=self._people(part, connection.ids),
            belongings=identities.belongings_in(subjects, connection.ids),
            fields=self._said(part),
            consent=tuple(
                ConsentClaim(str(channel), given=said == "given") for channel, said in part.consent.items()
            ),
            subjects=subjects,
            company=company,
            company_fields=said_of_company,
        )

    def _from(self, part: GivenPart, before: Connection) -> Connection:
        is_known = self._checker.event(part.event)
        able = [one for name, one in sorted(self._connections.items()) if part.event in self._makes[name]]
        if part.connection is None:
            return before if before in able or not able else able[0]
        named = self._connections.get(part.connection)
        if named is None:
            self._refuse_connection(part.connection)
        elif named not in able and is_known and able:
            hint = f"these do: {', '.join(one.name for one in able)}"
            self._checker.warn(part.connection.place, "M152", f'{named.name} makes no "{part.event}"', hint)
        return named or before

    def _refuse_connection(self, written: Written) -> None:
        if written not in self._broken:
            hint = did_you_mean(written, self._connections)
            self._checker.refuse(
                written.place, "M133", f'no connection "{written[:60]}" listens to webhooks', hint
            )

    def _people(self, part: GivenPart, scope: str) -> tuple[Identity, ...]:
        if not part.contact and "contact" in part.model_fields_set:
            hint = "write by what the person is known, as in {email: eva@example.com}"
            self._checker.refuse(part.place_of("contact"), "M121", '"contact" is empty', hint)
        elif not part.contact and part.company is None:
            hint = "write contact: and by what the person is known, as in {email: eva@example.com}"
            self._checker.refuse(part.place, "M121", 'this happens to nobody: "contact" is missing', hint)
        found = [self._identity(kind, value, scope) for kind, value in part.contact.items()]
        return tuple(one for one in found if one is not None)

    def _identity(self, kind: Written, value: Written, scope: str) -> Identity | None:
        if kind not in self._kinds:
            is_field = kind in self._fields
            hint = "write it under fields:" if is_field else did_you_mean(kind, self._kinds)
            self._checker.refuse(kind.place, "M146", f'nobody is known by "{kind[:60]}"', hint)
            return None
        if kind != "email":
            return identities.person(str(kind), scope, str(value))
        if (address := identities.email(value)) is None:
            hint = "as in eva@example.com"
            self._checker.refuse(value.place, "M123", f'"{value[:60]}" is no e-mail address', hint)
        return address

    def _said(self, part: GivenPart) -> dict[str, Value]:
        if not part.fields:
            return {}
        table = Table(part.place_of("fields"))
        for name, value in part.fields.items():
            table.add(name, value)
        kind = Type(Sort.RECORD, fields=self._fields)
        read = read_fields(table, kind, "contact", self._checker)
        if isinstance(address := read.get("email"), str):
            read["email"] = identities.canonical_email(address)
        return read

    def _subjects(self, part: GivenPart) -> dict[str, dict[str, Value]]:
        carried = carried_by(part.event)
        found: dict[str, dict[str, Value]] = {}
        for name, (place, node) in part.others.items():
            if name not in SUBJECTS:
                self._refuse_key(name, place)
            elif carried is not None and name not in carried:
                hint = f"it carries: {', '.join(carried) or 'nothing'}"
                self._checker.refuse(place, "M146", f"{part.event} carries no {name}", hint)
            else:
                kind = data_type(self._checker.data, [part.event]) if name == "data" else SUBJECTS[name]
                found[name] = self._subject(name, kind, place, node)
        return found

    def _subject(self, name: str, kind: Type, place: Place, node: Tree) -> dict[str, Value]:
        read = read_value(node, kind, name, self._checker)
        subject = dict(read) if isinstance(read, Dictionary) else {}
        needed = identities.NAMED_BY.get(name, ())
        if isinstance(node, Table) and needed and not node.keys() & set(needed):
            hint = f"write one, as in {needed[0]}: {name[0]}1"
            self._checker.refuse(place, "M121", f'"{name}" has no {needed[0]}', hint)
        return subject

    def _company(self, part: GivenPart, scope: str) -> tuple[tuple[Identity, ...], dict[str, Value]]:
        """By what the company is known, and what is said of it."""
        if part.company is None:
            return (), {}
        table = part.company.table
        if not table.keys() & {"id", "domain"}:
            hint = f"write one, as in domain: acme.example; {_COMPANY}"
            self._checker.refuse(
                part.place_of("company"), "M121", "the company has no domain and no id", hint
            )
        kind = Type(Sort.RECORD, fields={"id": text(), **stated_of_company(self._checker)})
        said = read_fields(table, kind, "company", self._checker)
        known = said.pop("id", None)
        names = [domains.company_id(scope, known)] if isinstance(known, str) else []
        return (*names, *self._domain(table, said)), said

    def _domain(self, table: Table, said: Dictionary[str, Value]) -> tuple[Identity, ...]:
        written, name = table.get("domain"), said.get("domain")
        found = domains.domain(name) if isinstance(name, str) else None
        if found is None and isinstance(written, Written) and isinstance(name, str):
            is_mail = (domain := domains.canonical_domain(name)) and domains.is_public_mail(domain)
            why = "is a mail provider's, and no company's" if is_mail else "is no domain"
            self._checker.refuse(written.place, "M123", f'"{written[:60]}" {why}', "as in acme.example")
        return (found,) if found is not None else ()

    def _refuse_key(self, name: str, place: Place) -> None:
        hint = did_you_mean(name, {*GivenPart.keys(), *SUBJECTS})
        self._checker.refuse(place, "M120", f'there is no key "{name[:60]}" here', hint)


def _kinds(mapping: Mapping) -> set[str]:
    """The kinds of ids by which the company's sources know a person."""
    sources = mapping.sources.values()
    named = {kind for source in sources for kind in source.identities}
    named |= {
        kind
        for source in sources
        for rules in source.events.values()
        for rule in rules
        for kind in rule.identities
    }
    return {kind for kind in named - identities.THINGS if not kind.endswith("email")}
