"""From a compiled mapping to its needs, by what each argument of an action declares that it names."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from connector.mapping.accounts import Connection, FromEnvironment, Setting
from connector.mapping.mapping import Mapping
from connector.mapping.needs.listening import listening
from connector.mapping.needs.naming import named_by
from connector.mapping.needs.need import Need
from connector.mapping.rules import ActionTemplate
from connector.mapping.terms import Place
from connector.model.naming import Thing

Resolve: TypeAlias = Callable[[Setting], str | None]
"""What the environment has for a setting."""

SETTINGS: Final = {"owner": Thing.OWNER, "audience": Thing.AUDIENCE, "store": Thing.STORE}
"""The settings of a connection that name something at its platform."""
PROPERTIES: Final = {
    "contact": Thing.CONTACT_PROPERTY,
    "company": Thing.COMPANY_PROPERTY,
    "deal": Thing.DEAL_PROPERTY,
    "ticket": Thing.TICKET_PROPERTY,
}
"""What a changed property is one of."""


def needs_of(mapping: Mapping, resolve: Resolve) -> tuple[Need, ...]:
    """All that the mapping needs, in the order of connections and then of places.

    Something that is named at several places is several needs. A setting whose variable is not set needs the
    variable only. Old texts of triggers, by which waiting runs go, are not looked at.
    """
    found = [*_of_settings(mapping, resolve), *_of_actions(mapping), *_of_fields(mapping), *_asked(mapping)]
    order = {name: number for number, name in enumerate(mapping.connections)}
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (order[one.connection], *_at(one))))


def actions_of(mapping: Mapping) -> Iterator[ActionTemplate]:
    """Every action that stands in a mapping: of triggers, of entering stages and of the grid's cells."""
    for trigger in mapping.triggers.values():
        yield from trigger.actions
    for journey in mapping.journeys.values():
        for entering in journey.enter.values():
            yield from entering
    for cell in mapping.grid.cells.values() if mapping.grid else ():
        yield from cell.do


def actions_at(mapping: Mapping, connection: str) -> abc.Mapping[str, Place]:
    """The names of the actions that may be done on a connection, each with the first place of its file."""
    found: dict[str, Place] = {}
    for one in actions_of(mapping):
        if connection in mapping.reached_by(one.connection):
            found.setdefault(one.spec.name, one.place)
    return found


def _at(need: Need) -> tuple[str, int, int]:
    return need.place.file, need.place.line, need.place.column


def _of_actions(mapping: Mapping) -> Iterator[Need]:
    for template in actions_of(mapping):
        for name in sorted(mapping.reached_by(template.connection)):
            if name in mapping.connections:
                yield from named_by(template, name)


def _of_settings(mapping: Mapping, resolve: Resolve) -> Iterator[Need]:
    for connection in mapping.connections.values():
        yield from _of_variables(connection)
        for key, thing in SETTINGS.items():
            setting = connection.settings.get(key)
            if setting is not None and (name := resolve(setting)):
                yield Need(connection.name, thing, name, connection.place, argument=key)


def _of_variables(connection: Connection) -> Iterator[Need]:
    named = [*connection.settings.items(), *(("secret", one) for one in connection.secrets)]
    for key, setting in named:
        if isinstance(setting, FromEnvironment):
            yield Need(connection.name, Thing.VARIABLE, setting.variable, connection.place, argument=key)


def _asked(mapping: Mapping) -> Iterator[Need]:
    """The properties of whose changes rules ask, with the values for which they wait."""
    for one in listening(mapping):
        for heard in one.properties if mapping.connections[one.connection].platform else ():
            thing = PROPERTIES.get(heard.whose)
            is_filled = heard.place == mapping.filled_at.get((one.connection, heard.property))
            if thing and not heard.is_standing and not is_filled:
                named = heard.property, heard.place
                yield Need(one.connection, thing, *named, argument="when", values=heard.values)


def _of_fields(mapping: Mapping) -> Iterator[Need]:
    """The properties that fill fields of ours."""
    for filled, thing in (
        (mapping.filled, Thing.CONTACT_PROPERTY),
        (mapping.filled_of_company, Thing.COMPANY_PROPERTY),
    ):
        for connection, name in filled:
            at = mapping.filled_at.get((connection, name), mapping.connections[connection].place)
            yield Need(connection, thing, name, at, argument="from")
