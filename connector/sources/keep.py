"""What an event keeps of what was read: a company may store less than its shop tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from connector.mapping.source import Source
from connector.model.identities import NAMED_BY
from connector.model.values import Value

Keep: TypeAlias = Callable[[Mapping[str, Value]], Mapping[str, Value]]

_ALWAYS: Final[Mapping[str, frozenset[str]]] = {
    "contact": frozenset({"email"}),
    **{name: frozenset(fields) for name, fields in NAMED_BY.items()},
}
"""What is stored as an identity anyway, and without which an event would speak of nothing."""


def keep_of(source: Source, name: str) -> Keep:
    """What makes, of the fields of the `contact`, the `company` or a subject, those that are kept."""
    if source.keep is None:
        return lambda fields: fields
    wanted = source.keep.get(name, frozenset()) | _ALWAYS.get(name, frozenset())
    return lambda fields: {field: value for field, value in fields.items() if field in wanted}
