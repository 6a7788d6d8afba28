"""The calls that list, show and create properties of contacts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from connector.sandbox.exchange import Answer, CamelBody, Request, as_json
from connector.sandbox.hubspot.properties import Property
from connector.sandbox.hubspot.refusals import invalid, not_found, refused
from connector.sandbox.routing import Route


class OptionBody(CamelBody):
    """An option of a new enumeration."""

    label: str
    value: str


class PropertyBody(CamelBody):
    """A new property."""

    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    options: tuple[OptionBody, ...] = ()
    has_unique_value: bool = False

    def made(self) -> Property:
        """The property that this asks for."""
        options = tuple(option.value for option in self.options)
        return Property(
            self.name, self.label, self.type, self.field_type, options, self.has_unique_value, is_custom=True
        )


@dataclass
class Schema:
    """The contact properties that a portal knows, by name."""

    known: dict[str, Property] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls that list, show and create properties of contacts."""
        root = "/crm/v3/properties/contacts"
        return [
            ("GET", root, self._all),
            ("POST", root, self._create),
            ("GET", f"{root}/{{name}}", self._one),
        ]

    def _all(self, request: Request) -> Answer:
        return as_json(200, {"results": [prop.shown() for prop in self.known.values()]})

    def _one(self, request: Request, name: str) -> Answer:
        if name not in self.known:
            raise not_found(f"Property {name} does not exist")
        return as_json(200, self.known[name].shown())

    def _create(self, request: Request) -> Answer:
        wanted = request.read(PropertyBody)
        if wanted.name in self.known:
            raise refused(409, "OBJECT_ALREADY_EXISTS", f'A property named "{wanted.name}" already exists.')
        if not re.fullmatch(r"[a-z][a-z0-9_]*", wanted.name):
            raise invalid(
                f"Property name {wanted.name} is not valid: lower case letters, digits and underscores."
            )
        self.known[wanted.name] = wanted.made()
        return as_json(201, self.known[wanted.name].shown())
