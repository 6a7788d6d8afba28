"""An event as somebody types it on a command line: checked and converted as what a webhook says would be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from connector.errors import BodyError, LoodsError
from connector.mapping.accounts import Connection
from connector.mapping.build.source import events_of
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.own_events import data_fields, data_type
from connector.mapping.scalars import did_you_mean
from connector.model import identities
from connector.model.event import Event, Identity
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.model.vocabulary import CONTACT_FIELDS, EVENT, EVENTS, SUBJECTS, carried_by
from connector.sources.body import read_body
from connector.sources.convert import Unreadable, convert

_OWN: Final = ("occurred_at", "channel", "device", "content")
"""What of an event itself can be set; its name and its connection are given by themselves."""

_WHOLE: Final = frozenset({Sort.LIST, Sort.RECORD})


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: the event's name, whose it is, and values by path (`order.total`), all as text."""

    event: str
    contact: str | None = None
    connection: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)


class TypedError(LoodsError):
    """What was typed is no event; the message says which word, and what would do."""


def read_typed(rules: Rules, typed: Typed, now: datetime) -> Event:
    """The event that happened `now`, unless `event.occurred_at` says otherwise. Raises TypedError.

    Without a connection it is told by the first, by name, whose source makes such events. An empty value says
    nothing. Times without an offset are UTC, as in a webhook; a list or a record is given as JSON.
    """
    connection = _connection(rules, typed)
    said = _said(_names(rules, typed.event), typed.values)
    own, fields = said.pop("event", {}), said.pop("contact", {})
    things = identities.belongings_in(said, connection.ids)
    people = _person(typed.contact)
    if not people and not things:
        raise TypedError(
            f"whose {typed.event}? Give --contact EMAIL, or an id of theirs as in --set order.id=7"
        )
    return Event(
        key=f"{typed.event}|typed",
        name=typed.event,
        occurred_at=cast("datetime", own.get("occurred_at") or now),
        connection=connection.name,
        source=connection.source or "",
        people=people,
        belongings=things,
        fields=fields,
        subjects=said,
        channel=_text(own, "channel"),
        device=_text(own, "device"),
        content=_text(own, "content"),
    )


def _names(rules: Rules, event: str) -> Mapping[str, Type]:
    """What can be set of this event. Raises TypedError where there is no such event."""
    carried = carried_by(event)
    if carried is None:
        raise TypedError(f'there is no event "{event}"{_hint(event, EVENTS)}')
    own = {name: EVENT.fields[name] for name in _OWN}
    person = {name: type_ for name, type_ in {**CONTACT_FIELDS, **rules.fields}.items() if name != "email"}
    known = {**SUBJECTS, "data": data_type(data_fields(rules.sources.values()), [event])}
    return {name: known[name] for name in carried} | {"contact": _record(person), "event": _record(own)}


def _record(fields: Mapping[str, Type]) -> Type:
    return Type(Sort.RECORD, fields=fields)


def _said(names: Mapping[str, Type], values: Mapping[str, str]) -> dict[str, dict[str, Value]]:
    """The values in their types, by subject."""
    said: dict[str, dict[str, Value]] = {}
    for path, text in values.items():
        first, *rest = path.split(".")
        value = _value(_type(_record(names), path), path, text)
        if value is None:
            continue
        inner = said.setdefault(first, {})
        for key in rest[:-1]:
            inner = cast("dict[str, Value]", inner.setdefault(key, {}))
        inner[rest[-1]] = value
    return said


def _type(type_: Type, path: str) -> Type:
    """The type at the end of a path. Raises TypedError where it leads nowhere, or to a subject as a whole."""
    steps = path.split(".")
    for count, step in enumerate(steps):
        found = type_.fields.get(step) or type_.item if type_.sort is Sort.RECORD else None
        if found is None:
            where = ".".join(steps[:count]) or "this event"
            raise TypedError(f'{path}: {where} has no "{step}"{_instead(path, type_, step)}')
        type_ = found
    if len(steps) == 1:
        raise TypedError(f"{path}: name one of its fields, as in {path}.{next(iter(type_.fields), 'name')}")
    return type_


def _instead(path: str, type_: Type, step: str) -> str:
    return "; --contact gives the address" if path == "contact.email" else _hint(step, type_.fields)


def _value(type_: Type, path: str, text: str) -> Value:
    is_json = type_.sort in _WHOLE and text[:1] in {"[", "{"}
    try:
        value = read_body(text.encode(errors="replace"), "json") if is_json else text
        return convert(value, type_)
    except Unreadable as error:
        hint = "; give it as JSON" if type_.sort in _WHOLE else ""
        raise TypedError(f"{path} {error}{hint}") from error
    except BodyError as error:
        raise TypedError(f"{path} cannot be read as JSON: {error.detail}") from error


def _person(address: str | None) -> tuple[Identity, ...]:
    if address is None:
        return ()
    found = identities.email(address)
    if found is None:
        raise TypedError(f"{address!r} is no e-mail address")
    return (found,)


def _connection(rules: Rules, typed: Typed) -> Connection:
    """The connection that would have told it. Raises TypedError where it does not listen, or none does."""
    listening = {one.name: one for one in rules.connections.values() if one.source}
    if typed.connection is not None:
        if typed.connection not in listening:
            hint = _hint(typed.connection, listening)
            raise TypedError(f'no connection "{typed.connection}" listens to webhooks{hint}')
        return listening[typed.connection]
    if not listening:
        raise TypedError("no connection of this mapping listens to webhooks, so nothing tells an event")
    by_name = sorted(listening.values(), key=lambda one: one.name)
    making = [one for one in by_name if typed.event in events_of(rules.sources[one.source or ""])]
    return (making or by_name)[0]


def _text(said: Mapping[str, Value], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) else None


def _hint(word: str, known: Mapping[str, object]) -> str:
    hint = did_you_mean(word, known)
    return f"; {hint}" if hint else ""
