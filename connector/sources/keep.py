"""What an event keeps of what was read: a company may store less than its shop tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.mapping.source import Source
from connector.model.identities import NAMED_BY
from connector.model.values import Value
from connector.sources.subjects import Subjects

_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    "contact": frozenset({"email"}),
    **{name: frozenset(fields) for name, fields in NAMED_BY.items()},
}
"""What is stored as an identity anyway, and without which an event would speak of nothing."""


def kept_fields(source: Source, fields: Mapping[str, Value]) -> dict[str, Value]:
    """What is kept of what was said of the contact."""
    return _kept(source, "contact", fields)


def kept_of_company(source: Source, fields: Mapping[str, Value]) -> dict[str, Value]:
    """What is kept of what was said of the company."""
    return _kept(source, "company", fields)


def kept_subjects(source: Source, subjects: Subjects) -> dict[str, dict[str, Value]]:
    """What is kept of each subject."""
    return {name: _kept(source, name, fields) for name, fields in subjects.items()}


def _kept(source: Source, name: str, fields: Mapping[str, Value]) -> dict[str, Value]:
    if source.keep is None:
        return dict(fields)
    wanted = source.keep.get(name, frozenset()) | _ALWAYS.get(name, frozenset())
    return {field: value for field, value in fields.items() if field in wanted}
