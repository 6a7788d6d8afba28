"""Whether the tags that the mapping gives can be kept: as choices of one property, or as static lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connector.mapping.needs import Need
from connector.model.finding import Finding, Severity
from connector.model.naming import Thing
from connector.platforms.hubspot.answers import text
from connector.platforms.hubspot.inspection.properties import of_option, options
from connector.platforms.hubspot.inspection.reads import Reads
from connector.platforms.hubspot.kinds import CONTACTS, STATIC
from connector.platforms.inspecting import Question, absent, at


def inspect_tags(reads: Reads, question: Question, property_: str) -> Iterator[Finding]:
    """That the property of the tags is there, takes several, and has each of them. Raises a DispatchError."""
    needs = question.of(Thing.TAG)
    if not needs:
        return
    definition = reads.properties("contacts", [property_]).get(property_)
    remedy = f'make a contact property "{property_}" of the kind "multiple checkboxes"'
    if definition is None:
        message = f'HubSpot has no contact property "{property_}", which keeps the tags'
        yield at(needs[0], Severity.ERROR, "L110", message, f"{remedy}, or let `loods connect` make it")
        return
    if definition.get("fieldType") != "checkbox":
        message = f'"{property_}", which keeps the tags, takes one value only'
        yield at(needs[0], Severity.ERROR, "L114", message, remedy)
    known = options(definition)
    for need in needs if known else ():
        if need.name not in known:
            yield of_option(need, known, f'the property "{property_}"', need.name)


def inspect_lists(reads: Reads, question: Question) -> Iterator[Finding]:
    """That each list is there, and takes and loses contacts by hand. Raises a DispatchError."""
    needs = question.of(Thing.LIST)
    yield from _of_lists(reads, needs, reads.list_)


def inspect_tag_lists(reads: Reads, question: Question) -> Iterator[Finding]:
    """The same of the lists that keep tags; nobody is on one that is not there. Raises a DispatchError."""
    yield from _of_lists(reads, question.of(Thing.TAG), reads.list_of_name)


def _of_lists(
    reads: Reads, needs: Sequence[Need], read: Callable[[str], Mapping[str, Any] | None]
) -> Iterator[Finding]:
    found = {name: read(name) for name in dict.fromkeys(one.name for one in needs)}
    known = reads.list_names() if None in found.values() else ()
    for need in needs:
        held = found[need.name]
        if held is not None:
            yield from _of_list(need, held)
        elif need.argument != "remove" or need.thing is not Thing.TAG:
            yield absent(need, "L120", "HubSpot", known, "make it as a static list of contacts")


def _of_list(need: Need, held: Mapping[str, Any]) -> Iterator[Finding]:
    if text(held.get("processingType")) not in STATIC:
        message = f'the list "{need.name}" fills itself: nobody can be put on it or taken off'
        yield at(need, Severity.ERROR, "L121", message, "make a static list, and name that")
    elif text(held.get("objectTypeId")) not in {"", CONTACTS}:
        message = f'the list "{need.name}" is not one of contacts'
        yield at(need, Severity.ERROR, "L122", message, "make a static list of contacts, and name that")
