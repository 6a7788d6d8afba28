"""Whom a part is about, and what it says of them: identities, fields, consent."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Table
from typing import Final, TypeAlias

from connector.errors import TranslationError
from connector.mapping.source import ConsentRule, EventRule, Source
from connector.mapping.terms import Expression
from connector.model import identities
from connector.model.event import ConsentClaim, Identity
from connector.model.types import Sort, Type
from connector.model.values import Value
from connector.model.vocabulary import CONTACT_FIELDS
from connector.sources.by_hand import NONE, Field, short_to, together
from connector.sources.convert import Unreadable, as_id, is_yes
from connector.sources.fields import forgiving, is_empty, path_of, typed, value_of
from connector.sources.part import Part, Read

_TEXT: Final = Type(Sort.TEXT)

_Identify: TypeAlias = Callable[[Value, Part], Identity | None]


def identities_of(source: Source, rule: EventRule) -> Read[tuple[Identity, ...]]:
    """Reads by what the person can be recognised; all but e-mail addresses are known where the connection is.

    A rule's own expression takes the place of the source's for the same kind. `email`, and every name that
    ends in `_email`, is an address. A list names the person by each of its ids, the one in use first. What
    is no address is noted; a wrong id fails.
    """
    kinds = {**source.identities, **rule.identities}
    told = [_identity_of(kind, one) for kind, expressions in kinds.items() for one in expressions]

    def read(part: Part) -> tuple[Identity, ...]:
        found = [
            identity
            for values, identify in told
            for value in _each(values(part))
            if (identity := identify(value, part)) is not None
        ]
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

    return read


def fields_of(source: Source, rule: EventRule, own: Table[str, Type]) -> Read[dict[str, Value]]:
    """Reads what is said of the contact, in the declared types; `own` are the fields of the mapping.

    What is missing or empty says nothing; what is not of its type is noted and left out.
    """
    said = {**source.fields, **rule.fields.get("contact", {})}
    return together("body", [_field_of(name, one, own) for name, one in said.items()])


def consent_of(source: Source, rule: EventRule) -> Read[tuple[ConsentClaim, ...]]:
    """Reads claims where yes is said to giving or to withdrawing; a no, and silence, claim nothing."""
    rules = {one.channel: one for one in (*source.consent, *rule.consent)}
    claims = [_claim_of(one) for one in rules.values()]
    return lambda part: tuple([claim for told in claims if (claim := told(part)) is not None])


def _identity_of(kind: str, expression: Expression) -> tuple[Read[Value], _Identify]:
    is_address = kind == "email" or kind.endswith("_email")
    identify = _by_address(kind) if is_address else _by_id(kind, path_of(expression, kind))
    return value_of(expression, kind), identify


def _each(value: Value) -> list[Value]:
    """The value, or those in it that are no list."""
    if isinstance(value, (list, tuple)):
        return [inner for one in value for inner in _each(one)]
    return [] if is_empty(value) else [value]


def _by_id(kind: str, path: str) -> _Identify:
    is_person = kind not in identities.THINGS

    def identify(value: Value, part: Part) -> Identity | None:
        try:
            text = as_id(value)
        except Unreadable as error:
            raise TranslationError(path, f"{kind} {error}") from error
        return None if text is None else Identity(kind, part.connection.ids, text, is_person)

    return identify


def _by_address(kind: str) -> _Identify:
    def identify(value: Value, part: Part) -> Identity | None:
        identity = identities.email(value) if isinstance(value, str) else None
        if identity is None:
            part.note(f"{kind} is no e-mail address")
        return identity

    return identify


def _field_of(name: str, expression: Expression, own: Table[str, Type]) -> Field:
    type_ = own.get(name) or CONTACT_FIELDS.get(name, _TEXT)
    told = forgiving(typed(expression, type_, f"contact.{name}"))
    is_address = name == "email"
    short = NONE if is_address else short_to(type_.sort)
    return Field(name, expression, short, _canonical(told) if is_address else told)


def _canonical(told: Read[Value]) -> Read[Value]:
    def read(part: Part) -> Value:
        value = told(part)
        return identities.canonical_email(value) if isinstance(value, str) else value

    return read


def _claim_of(rule: ConsentRule) -> Read[ConsentClaim | None]:
    """A withdrawal in the same breath wins."""
    asked = [
        (value_of(one, "consent"), ConsentClaim(rule.channel, given))
        for one, given in ((rule.withdrawn, False), (rule.given, True))
        if one is not None
    ]

    def read(part: Part) -> ConsentClaim | None:
        for told, claim in asked:
            if is_yes(told(part)):
                return claim
        return None

    return read
