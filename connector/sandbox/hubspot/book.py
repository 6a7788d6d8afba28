"""The contacts that a portal holds, and HubSpot's rules for changing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.sandbox.exchange import Refused, instant
from connector.sandbox.hubspot.properties import Property, refusals
from connector.sandbox.hubspot.records import Ids, Record, find
from connector.sandbox.hubspot.refusals import conflict, invalid_properties


@dataclass
class ContactBook:
    """Contacts by id. An e-mail address belongs to one contact."""

    known: Mapping[str, Property]
    ids: Ids
    held: dict[str, Record] = field(default_factory=dict)
    _ids_by_email: dict[str, str] = field(default_factory=dict)

    def by_email(self, email: str) -> Record | None:
        """The contact with this e-mail address."""
        return self.held.get(self._ids_by_email.get(email.strip().lower(), ""))

    def find(self, id_: str, by: str = "") -> Record | None:
        """The contact with this id, or with this value of the unique property `by`."""
        return self.by_email(id_) if by == "email" else find(self.held, self.known, id_, by)

    def fault(self, values: Mapping[str, str], owner: Record | None) -> Refused | None:
        """Why these values cannot be written to `owner`, or to a new contact."""
        if problems := refusals(values, self.known):
            return invalid_properties(problems)
        other = self.by_email(values["email"]) if values.get("email") else None
        return conflict(other.id) if other and other is not owner else None

    def add(self, at: datetime) -> Record:
        """A new contact without anything."""
        id_ = self.ids.take()
        self.held[id_] = Record(id_, at, at, {"hs_object_id": id_, "createdate": instant(at)})
        return self.held[id_]

    def write(self, record: Record, values: Mapping[str, str], at: datetime) -> None:
        """Change a contact; what is not named stays."""
        if "email" in values:
            self._ids_by_email.pop(record.properties.get("email", ""), None)
            self._ids_by_email |= {values["email"]: record.id} if values["email"] else {}
        for name, value in values.items():
            record.write(name, self._kept(name, record.properties.get(name, ""), value), at)
        record.properties["lastmodifieddate"] = instant(at)
        record.updated_at = at

    def remove(self, id_: str) -> None:
        """Archive a contact, if there is one with this id."""
        if record := self.held.pop(id_, None):
            self._ids_by_email.pop(record.properties.get("email", ""), None)

    def _kept(self, name: str, before: str, wanted: str) -> str:
        if name == "lifecyclestage":
            return later_stage(self.known[name].options, before, wanted)
        if self.known[name].field_type == "checkbox" and wanted.startswith(";"):
            return ";".join(dict.fromkeys(part for part in f"{before}{wanted}".split(";") if part))
        return wanted


def later_stage(stages: tuple[str, ...], before: str, wanted: str) -> str:
    """HubSpot silently keeps the later lifecycle stage; clearing it makes an earlier one possible."""
    if before in stages and wanted in stages and stages.index(wanted) < stages.index(before):
        return before
    return wanted
