"""From the schema's fields to the company's own properties of contacts, companies and products."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

from connector.mapping.accounts import Connection
from connector.mapping.build.later import tell_later
from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.defaults import FieldPart
from connector.mapping.source import Source
from connector.mapping.terms import Place
from connector.model import types
from connector.model.types import Type
from connector.model.vocabulary import SUBJECTS, company_type, contact_type

_STANDING: Final = frozenset({"stage", "stages", "cycle"})
"""Names that a contact and a company have where there is a journey."""


def build_fields(
    parts: Mapping[Written, FieldPart], platforms: Collection[str], checker: Checker
) -> dict[str, dict[str, Type]]:
    """The fields by whose they are; what is wrong is told to the checker. `platforms` are the connections
    that have properties."""
    fields: dict[str, dict[str, Type]] = {"contact": {}, "company": {}, "product": {}}
    taken = _taken()
    for name, part in parts.items():
        if name in taken[part.of]:
            hint = "give it another name, or leave it out and use what there is"
            checker.refuse(name.place, "M142", f'a {part.of} has "{name}" already', hint)
        fields[part.of][str(name)] = types.BY_NAME[part.type](str(part.about or ""))
        _check_from(part, platforms, checker)
        if part.of != "contact":
            tell_later(checker, f"field.of: {part.of}", part.place_of("of"))
    return fields


def build_filled(
    parts: Mapping[Written, FieldPart],
    whose: Literal["contact", "company"],
    connections: Mapping[str, Connection],
    sources: Mapping[str, Source],
    checker: Checker,
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Which fields of contacts, or of companies, a platform's own property fills, by connection and property.

    It is heard of by `contact.changed` or `company.changed` of its connection, where that carries a `change`.
    """
    filled: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, part in parts.items():
        for written, asked in part.from_.items():
            found = connections.get(written)
            if found is None or part.of != whose:
                continue
            if not _tells_changes(whose, found, sources):
                hint = "give it a secret:, so that it hears of them, or fill the field in a source file"
                message = f'"{written}" tells of no changes, so nothing fills "{name}"'
                checker.warn(written.place, "M152", message, hint)
            key = (str(written), str(asked))
            filled[key] = (*filled.get(key, ()), str(name))
    return filled


def filled_at(parts: Iterable[FieldPart]) -> dict[tuple[str, str], Place]:
    """Where a property is said to fill fields, by connection and property: the first place of several."""
    places: dict[tuple[str, str], Place] = {}
    for part in parts:
        for connection, asked in part.from_.items():
            places.setdefault((str(connection), str(asked)), asked.place)
    return places


def _tells_changes(whose: str, connection: Connection, sources: Mapping[str, Source]) -> bool:
    source = sources.get(connection.source or "")
    rules = (rule for some in source.events.values() for rule in some) if source else ()
    return any(rule.name == f"{whose}.changed" and "change" in rule.carries for rule in rules)


def _check_from(part: FieldPart, platforms: Collection[str], checker: Checker) -> None:
    if "from_" not in part.model_fields_set:
        return
    if not part.from_:
        hint = "say which connection and property, as in {hubspot: numberofemployees}"
        checker.refuse(part.place_of_value("from"), "M121", '"from" is empty', hint)
    for connection in part.from_:
        if connection not in platforms:
            hint = did_you_mean(connection, platforms) or "name a connection that has a platform"
            message = f'there is no connection with properties "{connection[:60]}"'
            checker.refuse(connection.place, "M133", message, hint)


def _taken() -> dict[str, frozenset[str]]:
    """The names that each has already."""
    return {
        "contact": _STANDING.union(contact_type({}, {}, ()).fields),
        "company": _STANDING.union(company_type().fields),
        "product": frozenset(SUBJECTS["product"].fields),
    }
