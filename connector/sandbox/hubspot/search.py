"""HubSpot's search of contacts. Unlike the real one it finds at once what was just written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Literal

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Request, as_json
from connector.sandbox.hubspot.properties import Property
from connector.sandbox.hubspot.records import SHOWN_OF_CONTACTS, Record
from connector.sandbox.hubspot.refusals import invalid
from connector.sandbox.routing import Route

_MOST = 200
_TESTS: Mapping[str, Callable[[str, str, Set[str]], bool]] = {
    "EQ": lambda held, value, values: held == value,
    "NEQ": lambda held, value, values: held != value,
    "IN": lambda held, value, values: held in values,
    "NOT_IN": lambda held, value, values: held not in values,
    "HAS_PROPERTY": lambda held, value, values: bool(held),
    "NOT_HAS_PROPERTY": lambda held, value, values: not held,
    "CONTAINS_TOKEN": lambda held, value, values: value.strip("*") in held,
}


class Filter(CamelBody):
    """A question about one property; texts are compared without regard to case."""

    property_name: str
    operator: Literal["EQ", "NEQ", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY", "CONTAINS_TOKEN"]
    value: str = ""
    values: tuple[str, ...] = ()

    def fits(self, record: Record) -> bool:
        """Whether the record is meant."""
        held = record.properties.get(self.property_name, "").lower()
        return _TESTS[self.operator](held, self.value.lower(), {one.lower() for one in self.values})


class FilterGroup(CamelBody):
    """Questions that must all be answered by yes."""

    filters: tuple[Filter, ...]

    def fits(self, record: Record) -> bool:
        """Whether all its filters fit."""
        return all(one.fits(record) for one in self.filters)


class SearchBody(CamelBody):
    """A search: a record is found that fits one of the groups, or any where there is no group."""

    filter_groups: tuple[FilterGroup, ...] = ()
    properties: tuple[str, ...] = ()
    limit: int = Field(default=10, ge=0, le=_MOST)
    after: str | None = None

    def start(self) -> int:
        """How many found records come before this page."""
        return int(self.after) if self.after and self.after.isdecimal() else 0

    def names(self) -> Iterable[str]:
        """Every property that a filter names."""
        return (one.property_name for group in self.filter_groups for one in group.filters)


class Search:
    """The search of a portal's contacts."""

    def __init__(self, contacts: Mapping[str, Record], known: Mapping[str, Property]) -> None:
        self._contacts = contacts
        self._known = known

    def routes(self) -> list[Route]:
        """The search."""
        return [("POST", "/crm/v3/objects/contacts/search", self._find)]

    def _find(self, request: Request) -> Answer:
        body = request.read(SearchBody)
        if unknown := sorted(set(body.names()) - set(self._known)):
            raise invalid("There was a problem with the request.", propertyName=unknown)
        groups = body.filter_groups or (FilterGroup(filters=()),)
        found = [one for one in self._contacts.values() if any(group.fits(one) for group in groups)]
        start, end = body.start(), body.start() + body.limit
        names = [*SHOWN_OF_CONTACTS, *body.properties]
        page = [record.shown(names) for record in found[start:end]]
        more = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        return as_json(200, {"total": len(found), "results": page} | more)
