"""The calls that list, show, create and change properties of contacts and of what belongs to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.properties import Property
from connector.sandbox.hubspot.refusals import invalid, not_found, refused
from connector.sandbox.routing import Route

_STANDING_GROUPS = frozenset(
    {"contactinformation", "companyinformation", "dealinformation", "ticketinformation"}
)


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
            self.name,
            self.label,
            self.type,
            self.field_type,
            options,
            self.has_unique_value,
            is_custom=True,
            group=self.group_name,
        )


class OptionsBody(CamelBody):
    """All the options that an enumeration has from now on."""

    options: tuple[OptionBody, ...]


class GroupBody(CamelBody):
    """A new group of properties."""

    name: str
    label: str
    display_order: int = -1


class NameBody(CamelBody):
    """The name of a property."""

    name: str


class NamesBody(CamelBody):
    """Several of them."""

    inputs: tuple[NameBody, ...] = Field(max_length=100)


@dataclass
class Schema:
    """The properties that a portal knows, by kind of record and name."""

    known: dict[str, dict[str, Property]] = field(default_factory=dict)
    groups: dict[tuple[str, str], Json] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The calls that list, show and create properties."""
        root = "/crm/v3/properties/{kind}"
        return [
            ("GET", root, self._all),
            ("POST", root, self._create),
            ("POST", f"{root}/batch/read", self._several),
            ("POST", f"{root}/groups", self._create_group),
            ("GET", f"{root}/groups/{{name}}", self._group),
            ("GET", f"{root}/{{name}}", self._one),
            ("PATCH", f"{root}/{{name}}", self._set_options),
        ]

    def _all(self, request: Request, kind: str) -> Answer:
        return as_json(200, {"results": [prop.shown() for prop in self._of(kind).values()]})

    def _one(self, request: Request, kind: str, name: str) -> Answer:
        known = self._of(kind)
        if name not in known:
            raise not_found(f"Property {name} does not exist")
        return as_json(200, known[name].shown())

    def _several(self, request: Request, kind: str) -> Answer:
        """Those that are there; for the others the answer is 207 (Read a batch of properties)."""
        known, names = self._of(kind), [one.name for one in request.read(NamesBody).inputs]
        found = [known[name].shown() for name in names if name in known]
        lacking = [name for name in names if name not in known]
        at = instant(request.at)
        answer: Json = {"status": "COMPLETE", "results": found, "startedAt": at, "completedAt": at}
        if lacking:
            errors = [not_found(f"Property {name} does not exist").document for name in lacking]
            answer |= {"numErrors": len(lacking), "errors": errors}
        return as_json(207 if lacking else 200, answer)

    def _of(self, kind: str) -> dict[str, Property]:
        if kind not in self.known:
            raise invalid(f"Unable to infer object type from: {kind}")
        return self.known[kind]

    def _create(self, request: Request, kind: str) -> Answer:
        wanted, known = request.read(PropertyBody), self._of(kind)
        if wanted.name in known:
            raise refused(409, "OBJECT_ALREADY_EXISTS", f'A property named "{wanted.name}" already exists.')
        if not re.fullmatch(r"[a-z][a-z0-9_]*", wanted.name):
            raise invalid(
                f"Property name {wanted.name} is not valid: lower case letters, digits and underscores."
            )
        if wanted.group_name not in _STANDING_GROUPS and (kind, wanted.group_name) not in self.groups:
            raise invalid(f"Property group {wanted.group_name} does not exist.")
        known[wanted.name] = wanted.made()
        return as_json(201, known[wanted.name].shown())

    def _set_options(self, request: Request, kind: str, name: str) -> Answer:
        wanted, known = request.read(OptionsBody), self._of(kind)
        if name not in known:
            raise not_found(f"Property {name} does not exist")
        known[name] = replace(known[name], options=tuple(one.value for one in wanted.options))
        return as_json(200, known[name].shown())

    def _create_group(self, request: Request, kind: str) -> Answer:
        wanted = request.read(GroupBody)
        self._of(kind)
        if (kind, wanted.name) in self.groups:
            raise refused(409, "OBJECT_ALREADY_EXISTS", f"Property group {wanted.name} already exists.")
        self.groups[kind, wanted.name] = wanted.model_dump(by_alias=True) | {"archived": False}
        return as_json(201, self.groups[kind, wanted.name])

    def _group(self, request: Request, kind: str, name: str) -> Answer:
        if (kind, name) not in self.groups:
            raise not_found(f"Property group {name} does not exist")
        return as_json(200, self.groups[kind, name])
