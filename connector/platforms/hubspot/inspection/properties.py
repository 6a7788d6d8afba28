"""Whether each property that the mapping names is there, can be written, and takes what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from connector.mapping.needs import Need
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.hubspot.answers import dicts, text
from connector.platforms.hubspot.inspection.reads import Reads
from connector.platforms.hubspot.kinds import PROPERTIES
from connector.platforms.hubspot.values import choices
from connector.platforms.inspecting import Question, absent, at, nearest

_WRONG: Final = {
    "number": frozenset({Sort.YES_NO, Sort.DATE, Sort.TIME, Sort.STAGE}),
    "bool": frozenset({Sort.NUMBER, Sort.DATE, Sort.TIME, Sort.STAGE}),
    "date": frozenset({Sort.YES_NO, Sort.STAGE}),
    "datetime": frozenset({Sort.YES_NO, Sort.STAGE}),
}
"""What a property of a type never takes."""
MISSING: Final = "make it in HubSpot's settings under Properties, or let `loods connect` make it"


def inspect_properties(reads: Reads, question: Question, thing: Thing) -> Iterator[Finding]:
    """One read for a hundred properties of a kind. Raises a DispatchError."""
    needs = question.of(thing)
    if not needs:
        return
    kind = PROPERTIES[thing]
    found = reads.properties(kind, [one.name for one in needs])
    is_whole = all(one.name in found for one in needs)
    known = () if is_whole else reads.property_names(kind)
    for need in needs:
        definition = found.get(need.name)
        if definition is None:
            yield absent(need, "L110", "HubSpot", known, MISSING)
        else:
            yield from judged(need, definition)


def judged(need: Need, definition: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with writing to a property that is there, or with waiting for its values."""
    if need.action and _is_read_only(definition):
        message = f'{need.thing} "{need.name}" cannot be written: HubSpot works it out itself'
        yield at(need, Severity.ERROR, "L111", message, "name a property of your own")
        return
    kind = text(definition.get("type"))
    if need.sort in _WRONG.get(kind, ()):
        message = f'{need.thing} "{need.name}" is a {kind}, and never takes a {_in_words(need.sort)}'
        yield at(need, Severity.ERROR, "L113", message, "write another value, or name another property")
    for value in need.values:
        if not value:
            continue
        if kind == "enumeration":
            yield from _of_options(need, definition, value)
        elif not _fits(kind, value):
            message = f'{need.thing} "{need.name}" is a {kind}, and "{value[:60]}" is none'
            yield at(need, Severity.ERROR, "L113", message, "write a value of that kind")


def options(definition: Mapping[str, Any]) -> list[str]:
    """The options that a property has; none of one whose options stand elsewhere, as owners do."""
    return [text(one.get("value")) for one in dicts(definition.get("options"))]


def of_option(need: Need, known: Sequence[str], what: str, value: str) -> Finding:
    """That a value is not one of the options of a property."""
    severity = Severity.ERROR if need.action and need.argument != "remove" else Severity.WARNING
    instead = nearest(value, known) or f"options are: {', '.join(known[:12])}"
    return at(need, severity, "L112", f'{what} has no option "{value[:60]}"', instead)


def _of_options(need: Need, definition: Mapping[str, Any], value: str) -> Iterator[Finding]:
    known = options(definition)
    chosen = choices(value) if definition.get("fieldType") == "checkbox" else [value]
    for one in chosen if known else ():
        if one not in known:
            yield of_option(need, known, f'{need.thing} "{need.name}"', one)


def _is_read_only(definition: Mapping[str, Any]) -> bool:
    metadata = definition.get("modificationMetadata")
    is_locked = isinstance(metadata, dict) and metadata.get("readOnlyValue") is True
    return is_locked or definition.get("calculated") is True


def _fits(kind: str, value: str) -> bool:
    try:
        match kind:
            case "number":
                float(value)
            case "bool":
                return value.lower() in {"true", "false"}
            case "date" | "datetime":
                return value.lstrip("-").isdecimal() or bool(datetime.fromisoformat(value))
    except ValueError:
        return False
    return True


def _in_words(sort: Sort | None) -> str:
    return str(sort).replace("_", " or ")
