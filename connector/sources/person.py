"""Whom a part is about, and what it says of them: identities, fields, consent."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from typing import Final

from connector.errors import TranslationError
from connector.mapping.mapping import Mapping
from connector.mapping.source import ConsentRule, EventRule, Source
from connector.mapping.terms import Expression
from connector.model import identities
from connector.model.event import ConsentClaim, Identity
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.model.vocabulary import CONTACT_FIELDS
from connector.sources.convert import Unreadable, as_id, convert, is_yes
from connector.sources.part import Part, is_empty, path_of

_TEXT: Final = Type(Sort.TEXT)


def read_identities(source: Source, rule: EventRule, part: Part, scope: str) -> tuple[Identity, ...]:
    """By what the person can be recognised; `scope` is where all but e-mail addresses are known.

    A rule's own expression takes the place of the source's for the same kind. `email`, and every name that
    ends in `_email`, is an address. A list names the person by each of its ids, the one in use first. What
    is no address is noted. Raises TranslationError for a wrong id.
    """
    if rule.identities:
        return _identities({**source.identities, **rule.identities}, part, scope)
    return part.once("identities", lambda fresh: _identities(source.identities, fresh, scope))


def _identities(kinds: Table[str, tuple[Expression, ...]], part: Part, scope: str) -> tuple[Identity, ...]:
    found = [
        _identity(kind, value, part, expression, scope)
        for kind, expressions in kinds.items()
        for expression in expressions
        for value in _each(part.value(expression, kind))
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def read_fields(source: Source, rule: EventRule, part: Part, own: Table[str, Type]) -> dict[str, Value]:
    """What is said of the contact, in the declared types; `own` are the fields of the mapping.

    What is missing or empty says nothing; what is not of its type is noted and left out.
    """
    if "contact" in rule.fields:
        return _fields({**source.fields, **rule.fields["contact"]}, part, own)
    return part.once("contact", lambda fresh: _fields(source.fields, fresh, own))


def _fields(said: Table[str, Expression], part: Part, own: Table[str, Type]) -> dict[str, Value]:
    read = {name: _field(name, one, part, own) for name, one in said.items()}
    return {name: value for name, value in read.items() if value is not None}


def read_filled(
    mapping: Mapping, connection: str, subjects: Table[str, Table[str, Value]], part: Part
) -> dict[str, Value]:
    """The own fields that a changed property of a platform fills, in their types.

    An emptied property says nothing; what is not of its type is noted and left out.
    """
    change = subjects.get("change", {})
    read = {}
    for name in mapping.filled.get((connection, str(change.get("property"))), ()):
        try:
            read[name] = convert(change.get("value"), mapping.fields[name])
        except Unreadable as error:
            part.note(f"contact.{name} {error}")
    return {name: value for name, value in read.items() if value is not None}


def read_consent(source: Source, rule: EventRule, part: Part) -> tuple[ConsentClaim, ...]:
    """Claims where yes is said to giving or to withdrawing; a no, and silence, claim nothing."""
    rules = {one.channel: one for one in (*source.consent, *rule.consent)}
    claims = [_claim(one, part) for one in rules.values()]
    return tuple(one for one in claims if one is not None)


def _each(value: Value) -> Iterator[Value]:
    """The value, or those in it that are no list."""
    if isinstance(value, list | tuple):
        for one in value:
            yield from _each(one)
    elif not is_empty(value):
        yield value


def _identity(kind: str, value: Value, part: Part, expression: Expression, scope: str) -> Identity | None:
    if kind == "email" or kind.endswith("_email"):
        return _address(kind, value, part)
    try:
        text = as_id(value)
    except Unreadable as error:
        raise TranslationError(path_of(expression, kind), f"{kind} {error}") from error
    if text is None:
        return None
    return Identity(kind, scope, text, is_person=kind not in identities.THINGS)


def _address(kind: str, value: Value, part: Part) -> Identity | None:
    identity = identities.email(value) if isinstance(value, str) else None
    if identity is None:
        part.note(f"{kind} is no e-mail address")
    return identity


def _field(name: str, expression: Expression, part: Part, own: Table[str, Type]) -> Value:
    try:
        value = part.typed(expression, own.get(name) or CONTACT_FIELDS.get(name, _TEXT), f"contact.{name}")
    except TranslationError as error:
        part.note(error.reason)
        return None
    if name == "email" and isinstance(value, str):
        return identities.canonical_email(value)
    return value


def _claim(rule: ConsentRule, part: Part) -> ConsentClaim | None:
    """A withdrawal in the same breath wins."""
    if rule.withdrawn is not None and is_yes(part.value(rule.withdrawn, "consent")):
        return ConsentClaim(rule.channel, given=False)
    if rule.given is not None and is_yes(part.value(rule.given, "consent")):
        return ConsentClaim(rule.channel, given=True)
    return None
