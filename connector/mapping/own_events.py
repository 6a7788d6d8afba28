"""Events of a company's own (`custom.…`): what the sources of a mapping declare that their `data` holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from connector.mapping.source import Source
from connector.model.types import ANY, Type
from connector.model.vocabulary import SUBJECTS

OWN: Final = "custom."
"""How the name of such an event begins."""

DataFields: TypeAlias = "Mapping[str, Mapping[str, Type]]"
"""The fields of `data` by event."""


def data_fields(sources: Iterable[Source]) -> DataFields:
    """What is declared, by event; a field that two sources type differently can be anything."""
    found: dict[str, dict[str, Type]] = {}
    for source in sources:
        for rules in source.events.values():
            for rule in rules:
                if rule.name is not None and rule.name.startswith(OWN):
                    fields = found.setdefault(rule.name, {})
                    fields.update({name: _agreed(fields.get(name), one) for name, one in rule.data.items()})
    return found


def data_type(declared: DataFields, events: Iterable[str]) -> Type:
    """The type of `data` in these events. An event that no source declares may have any field, as a text."""
    own = [event for event in events if event.startswith(OWN)]
    fields = {name: one for event in own for name, one in declared.get(event, {}).items()}
    is_whole = bool(own) and all(event in declared for event in own)
    open_ = SUBJECTS["data"]
    return replace(open_, fields=fields, item=None if is_whole else open_.item)


def _agreed(one: Type | None, other: Type) -> Type:
    return other if one is None or one.sort is other.sort else ANY
