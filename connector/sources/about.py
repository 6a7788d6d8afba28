"""Whom events are about and what they say of them: read once for all rules of a topic that read it alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connector.errors import TranslationError
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.source import EventRule, Source
from connector.model.event import Identity
from connector.model.identities import belongings_in
from connector.model.light import light
from connector.model.types import Type
from connector.model.values import Value
from connector.sources.company import company_fields_of, company_of
from connector.sources.convert import Unreadable, convert
from connector.sources.fields import once
from connector.sources.keep import keep_of
from connector.sources.part import Part, Read
from connector.sources.person import fields_of, identities_of
from connector.sources.subjects import Subjects, subjects_of


@light
class About:
    """Whom events are about, and what their source keeps of what they say."""

    people: tuple[Identity, ...]
    belongings: tuple[Identity, ...]
    fields: Mapping[str, Value]
    company: tuple[Identity, ...]
    company_fields: Mapping[str, Value]
    subjects: Subjects


@dataclass(frozen=True, slots=True)
class Telling:
    """Reads what a rule's events tell: the subjects that they carry, and all the rest of it."""

    subjects: Read[Subjects]
    about: Read[About]


def telling_of(source: Source, rule: EventRule, mapping: Rules) -> Telling:
    """How a rule's events are read; where they are about nobody, that fails."""
    subjects = once(subjects_of(source, rule))
    identities, company = identities_of(source, rule), company_of(source, rule)
    said, of_company = _said(source, rule, mapping, subjects), _of_company(source, rule, mapping, subjects)
    keep = {name: keep_of(source, name) for name in ("contact", "company", *rule.carries)}

    def read(part: Part) -> About:
        carried, found = subjects(part), identities(part)
        things = [one for one in found if not one.is_person]
        belongings, companies = belongings_in(carried, part.connection.ids), company(part)
        if not found and not belongings and not companies:
            raise TranslationError("", "it is about nobody: there is no address and no id")
        return About(
            people=tuple([one for one in found if one.is_person]) if things else found,
            belongings=tuple(dict.fromkeys([*things, *belongings])) if things else belongings,
            fields=keep["contact"](said(part)),
            company=companies,
            company_fields=keep["company"](of_company(part) if companies else {}),
            subjects={name: keep[name](fields) for name, fields in carried.items()},
        )

    return Telling(subjects, once(read))


def reads_alike(rule: EventRule) -> bool:
    """Whether a rule reads as all others of its source that carry the same."""
    own = (rule.fields, rule.identities, rule.data, rule.company.identities, rule.company.fields)
    return not any(own) and rule.name not in {"contact.changed", "company.changed"}


def _said(
    source: Source, rule: EventRule, mapping: Rules, subjects: Read[Subjects]
) -> Read[Mapping[str, Value]]:
    said = fields_of(source, rule, mapping.fields)
    filled = _Filled("contact", mapping.filled, mapping.fields)
    return filled.beside(said, subjects) if rule.name == "contact.changed" else said


def _of_company(
    source: Source, rule: EventRule, mapping: Rules, subjects: Read[Subjects]
) -> Read[Mapping[str, Value]]:
    said = company_fields_of(source, rule, mapping.company_type)
    filled = _Filled("company", mapping.filled_of_company, mapping.company_type.fields)
    return filled.beside(said, subjects) if rule.name == "company.changed" else said


@dataclass(frozen=True, slots=True)
class _Filled:
    """The own fields of a contact or a company that a platform fills, by connection and property."""

    whose: str
    by: Mapping[tuple[str, str], tuple[str, ...]]
    types: Mapping[str, Type]

    def beside(self, said: Read[Mapping[str, Value]], subjects: Read[Subjects]) -> Read[Mapping[str, Value]]:
        """What a rule says, and those."""
        return lambda part: {**said(part), **self.read(subjects(part), part)}

    def read(self, subjects: Subjects, part: Part) -> dict[str, Value]:
        """Those that the changed property fills, in their types.

        An emptied property says nothing; what is not of its type is noted and left out.
        """
        change, read = subjects.get("change", {}), {}
        for name in self.by.get((part.connection.name, str(change.get("property"))), ()):
            try:
                read[name] = convert(change.get("value"), self.types[name])
            except Unreadable as error:
                part.note(f"{self.whose}.{name} {error}")
        return {name: value for name, value in read.items() if value is not None}
