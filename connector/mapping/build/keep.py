"""Which fields of its events a source keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connector.mapping.checker import Checker
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.mapping.schema.sources import SourcePart


def build_keep(part: SourcePart, checker: Checker) -> dict[str, frozenset[str]] | None:
    """The fields by subject, None for all; a name of what the source does not read is told to the checker."""
    if part.keep is None:
        return None
    read = _read(part)
    kept: dict[str, frozenset[str]] = {}
    for path in part.keep:
        subject, dot, field = path.partition(".")
        if subject not in read or (dot and field not in read[subject]):
            _refuse(path, read, checker)
        else:
            kept[subject] = kept.get(subject, frozenset()) | ({field} if dot else read[subject])
    return kept


def _read(part: SourcePart) -> dict[str, frozenset[str]]:
    """What the source reads: the fields of the contact, of the company, and of each subject."""
    said: list[tuple[str, Iterable[str]]] = [(str(name), fields) for name, fields in part.subjects.items()]
    if part.contact is not None:
        said.append(("contact", part.contact.fields))
    rules = [rule for rules in part.events.values() for rule in rules]
    companies = [part.company, *(rule.company for rule in rules)]
    said += [("company", one.fields) for one in companies if one is not None]
    said += [(str(name), fields) for rule in rules for name, fields in rule.fields.items()]
    read: dict[str, frozenset[str]] = {}
    for name, fields in said:
        read[name] = read.get(name, frozenset()) | frozenset(map(str, fields))
    return read


def _refuse(path: Written, read: Mapping[str, frozenset[str]], checker: Checker) -> None:
    known = {*read, *(f"{name}.{field}" for name, fields in read.items() for field in fields)}
    hint = did_you_mean(path, known) or "name a field of the contact or of a subject, as in order.total"
    checker.refuse(path.place, "M146", f'this source does not read "{path[:60]}"', hint)
