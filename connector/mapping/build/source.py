"""From the schema's source to the `Source` that translation runs on, its expressions compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from connector.mapping.build.company import build_company, check_known
from connector.mapping.build.fetch import build_fetch
from connector.mapping.build.keep import build_keep
from connector.mapping.build.verify import build_verify
from connector.mapping.checker import Checker, Names
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.sources import (
    ConsentPart,
    ContactPart,
    EachPart,
    EventPart,
    ResendsPart,
    SourcePart,
    TypedPart,
)
from connector.mapping.source import ConsentRule, Each, EventRule, Resends, Source, SubjectRule
from connector.mapping.terms import Expression
from connector.model.identities import NAMED_BY
from connector.model.types import ANY, BY_NAME, Sort, Type, list_of, text
from connector.model.vocabulary import CONTACT_FIELDS, FACTS, SUBJECTS, carried_by

BODY: Final = Names({"body": ANY, "headers": ANY, "query": ANY})
"""What expressions of a source may use."""
KEY: Final = Names({**BODY.known, "topic": text("the delivery's"), "body_hash": text("of the bytes")})
"""What the parts of its key may use besides."""
ITEM: Final = Names({**BODY.known, "item": ANY})
"""What is read of each element of a list."""

FETCHED: Final = {"fetched": ANY}
"""What is added where the source completes its payloads."""

CHANNELS: Final = ("email", "sms")

FieldPart: TypeAlias = Written | EachPart | TypedPart


def build_source(name: Written, part: SourcePart, own_fields: Iterable[str], checker: Checker) -> Source:
    """The source; what is wrong is told to the checker. `own_fields` are those that the company added."""
    return _Builder(checker, frozenset({*CONTACT_FIELDS, *own_fields})).source(name, part)


def events_of(source: Source) -> Iterator[str]:
    """Every event that the source can make."""
    for rules in source.events.values():
        for rule in rules:
            if rule.name is not None:
                yield rule.name
    yield from (f"order.{fact}" for fact in FACTS if fact in source.statuses)


def tells_companies(source: Source) -> bool:
    """Whether the source may tell to which company people belong."""
    rules = (rule.company for some in source.events.values() for rule in some)
    return any(one.identities for one in (source.company, *rules))


class _Builder:
    def __init__(self, checker: Checker, contact_fields: frozenset[str]) -> None:
        self._checker = checker
        self._contact_fields = contact_fields
        self._body, self._item = BODY, ITEM

    def source(self, name: Written, part: SourcePart) -> Source:
        contact = part.contact or ContactPart()
        self._check_whole(part)
        check_known(part, self._checker)
        if part.fetch is not None:
            self._body, self._item = Names({**BODY.known, **FETCHED}), Names({**ITEM.known, **FETCHED})
        return Source(
            name=str(name),
            verify=build_verify(part.verify, self._checker),
            parse=part.parse,
            topic=self._checker.expression(part.delivery.topic, BODY),
            occurred_at=self._of_body(part.delivery.occurred_at),
            key=tuple(self._checker.expression(one, KEY) for one in part.delivery.key),
            split=self._of_body(part.split),
            echo=self._of_body(part.echo),
            identities=self._several(contact.identities),
            fields=self._person(contact.fields),
            consent=self._consent(contact.consent),
            subjects={str(one): self._subject(one, fields) for one, fields in part.subjects.items()},
            statuses=self._statuses(part.statuses),
            status_times=self._status_times(part.status_times),
            events={str(topic): self._rules(rules, part) for topic, rules in part.events.items()},
            ignore=tuple(map(str, part.ignore)),
            handshake=part.handshake,
            resends=_resends(part.resends),
            place=name.place,
            keep=build_keep(part, self._checker),
            fetch=build_fetch(part.fetch, BODY, self._checker) if part.fetch is not None else None,
            company=build_company(part.company, self._body, self._checker),
        )

    def _check_whole(self, part: SourcePart) -> None:
        """That what makes a delivery one, and an order or a cart one, is said; and nothing twice."""
        if not part.delivery.key:
            hint = "name what is another in each delivery, as in [topic, body.id]"
            place = part.delivery.place_of_value("key")
            self._checker.refuse(place, "M121", '"key" is empty: all deliveries would be one', hint)
        for name, fields in part.subjects.items():
            naming = NAMED_BY.get(name, ())
            if naming and not any(one in fields for one in naming):
                hint = f"add {naming[0]}:, as in {naming[0]}: body.id"
                self._checker.refuse(name.place, "M121", f'"{name}" needs "{" or ".join(naming)}"', hint)
        for fact in part.status_times:
            if fact not in part.statuses:
                hint = f"name the statuses that mean it: statuses: {{{fact}: […]}}"
                message = f'no status means "{fact}", so its time is never asked'
                self._checker.refuse(fact.place, "M167", message, hint)
        for topic in part.ignore:
            if topic in part.events:
                hint = "keep one of them"
                self._checker.refuse(topic.place, "M167", f'"{topic[:60]}" also stands under events', hint)

    def _of_body(self, code: Written | None) -> Expression | None:
        """What is read before anything can be fetched."""
        return self._checker.expression(code, BODY) if code is not None else None

    def _optional(self, code: Written | None) -> Expression | None:
        return self._checker.expression(code, self._body) if code is not None else None

    def _all(self, codes: Mapping[Written, Written], names: Names | None = None) -> dict[str, Expression]:
        return {str(key): self._checker.expression(code, names or self._body) for key, code in codes.items()}

    def _several(self, codes: Mapping[Written, Iterable[Written]]) -> dict[str, tuple[Expression, ...]]:
        return {
            str(key): tuple(self._checker.expression(one, self._body) for one in some)
            for key, some in codes.items()
        }

    def _person(self, codes: Mapping[Written, Written]) -> dict[str, Expression]:
        for key in codes:
            self._know(key, self._contact_fields, "a contact has no field")
        return self._all(codes)

    def _consent(self, parts: Mapping[Written, ConsentPart]) -> tuple[ConsentRule, ...]:
        for channel in parts:
            self._know(channel, CHANNELS, "there is no channel")
        return tuple(
            ConsentRule(str(channel), self._optional(part.given), self._optional(part.withdrawn))
            for channel, part in parts.items()
        )

    def _subject(self, name: Written, parts: Mapping[Written, FieldPart]) -> SubjectRule:
        self._know(name, SUBJECTS, "there is no subject")
        kind = SUBJECTS.get(name)
        return SubjectRule(str(name), {str(key): self._field(key, part, kind) for key, part in parts.items()})

    def _field(self, key: Written, part: FieldPart, owner: Type | None) -> Expression | Each:
        self._know_field(key, owner)
        if not isinstance(part, EachPart):
            return self._plain(key, part, owner)
        kind = owner.fields.get(key) if owner else None
        for inner in part.as_:
            self._know_field(inner, kind.item if kind else None)
        return Each(self._checker.expression(part.each, self._body), self._all(part.as_, self._item))

    def _plain(self, key: Written, part: Written | TypedPart, owner: Type | None) -> Expression:
        if isinstance(part, Written):
            return self._checker.expression(part, self._body)
        if owner is not SUBJECTS["data"]:
            hint = "write the expression alone; only the fields of data have types of your own"
            self._checker.refuse(part.place, "M146", f'the type of "{key[:60]}" is known', hint)
        return self._checker.expression(part.value, self._body)

    def _rules(self, parts: Iterable[EventPart], source: SourcePart) -> tuple[EventRule, ...]:
        return tuple(self._rule(part, source) for part in parts)

    def _rule(self, part: EventPart, source: SourcePart) -> EventRule:
        self._check_event(part, source)
        return EventRule(
            name=_text(part.name),
            carries=tuple(map(str, part.carries)),
            when=self._checker.condition(part.when, self._body),
            at=self._optional(part.at),
            place=part.place,
            fields={str(one): self._overrides(one, codes) for one, codes in part.fields.items()},
            identities=self._several(part.identities),
            consent=self._consent(part.consent),
            data=_data_types(part, source) if "data" in part.carries else {},
            company=build_company(part.company, self._body, self._checker),
        )

    def _overrides(
        self, subject: Written, parts: Mapping[Written, Written | TypedPart]
    ) -> dict[str, Expression]:
        if subject == "contact":
            known, owner = self._contact_fields, None
        else:
            self._know(subject, SUBJECTS, "there is no subject")
            owner = SUBJECTS.get(subject)
        for key in parts:
            if subject == "contact":
                self._know(key, known, "a contact has no field")
            self._know_field(key, owner)
        return {str(key): self._plain(key, part, owner) for key, part in parts.items()}

    def _check_event(self, part: EventPart, source: SourcePart) -> None:
        carried = carried_by(part.name) if part.name is not None and self._checker.event(part.name) else None
        for subject in part.carries:
            if subject not in source.subjects and subject not in part.fields:
                hint = did_you_mean(subject, source.subjects) or "describe it under subjects:"
                self._checker.refuse(subject.place, "M146", f'this source does not read "{subject}"', hint)
            elif carried is not None and subject not in carried:
                message = f"{part.name} carries no {subject}"
                self._checker.refuse(
                    subject.place, "M146", message, f"it carries: {', '.join(carried) or 'nothing'}"
                )
        if part.name is None and not (source.statuses and "order" in part.carries):
            hint = "give it a name, or carry an order whose status says it (statuses:)"
            self._checker.refuse(part.place, "M121", '"name" is missing: this topic means no event', hint)

    def _statuses(self, written: Mapping[Written, Iterable[Written]]) -> dict[str, tuple[str, ...]]:
        for fact in written:
            self._know(fact, FACTS, "nothing that can be true of an order is called")
        return {str(fact): tuple(map(str, some)) for fact, some in written.items()}

    def _status_times(self, codes: Mapping[Written, Written]) -> dict[str, Expression]:
        for fact in codes:
            self._know(fact, FACTS, "nothing that can be true of an order is called")
        return self._all(codes)

    def _know_field(self, key: Written, owner: Type | None) -> None:
        if owner is not None and owner.item is None:
            self._know(key, owner.fields, "there is no field")

    def _know(self, word: Written, known: Iterable[str], message: str) -> None:
        if word not in set(known):
            self._checker.refuse(word.place, "M146", f'{message} "{word[:60]}"', did_you_mean(word, known))


def _data_types(part: EventPart, source: SourcePart) -> dict[str, Type]:
    """The fields of an event of the company's own, with their types."""
    declared = [fields for name, fields in source.subjects.items() if name == "data"]
    differing = [fields for name, fields in part.fields.items() if name == "data"]
    types = {str(key): _type_of(one) for fields in declared for key, one in fields.items()}
    return types | {str(key): _type_of(one) for fields in differing for key, one in fields.items()}


def _type_of(part: FieldPart) -> Type:
    match part:
        case EachPart():
            return list_of(Type(Sort.RECORD, fields={str(key): text() for key in part.as_}))
        case TypedPart():
            return BY_NAME[part.type]("")
        case _:
            return text()


def _text(written: Written | None) -> str | None:
    return str(written) if written is not None else None


def _resends(part: ResendsPart | None) -> Resends:
    if part is None:
        return Resends()
    return Resends(part.for_, 429 if part.busy == "too_many" else 503)
