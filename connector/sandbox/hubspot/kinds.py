"""The kinds of records that belong to contacts, as HubSpot's API tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from connector.sandbox.hubspot.properties import Property


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record; `label` is what errors call it, `made_at` and `changed_at` are its properties' names.

    `ties` are the numbers of associations that tie one to a contact, `back` those of a contact to it: the
    first is that of every one, the others the contact's first one has too. Numbers are those of HubSpot's
    client 12.0.0, association_type.py.
    """

    name: str
    label: str
    ties: tuple[int, ...]
    back: tuple[int, ...]
    required: tuple[str, ...] = ()
    made_at: str = "hs_createdate"
    changed_at: str = "hs_lastmodifieddate"
    defaults: Mapping[str, str] = field(default_factory=dict)


_MADE: Final = "createdate"
_QUEUE: Final = {"hs_pipeline": "0"}

ENGAGEMENTS: Final = (
    Kind("meetings", "MEETING_EVENT", (200,), (199,), ("hs_timestamp",)),
    Kind("calls", "CALL", (194,), (193,), ("hs_timestamp",)),
)
"""Those that are found by when they were changed."""

KINDS: Final = (
    Kind("tasks", "TASK", (204,), (203,), ("hs_timestamp",)),
    Kind("notes", "NOTE", (202,), (201,), ("hs_timestamp",)),
    Kind("deals", "DEAL", (3,), (4,), ("dealname", "dealstage"), _MADE, defaults={"pipeline": "default"}),
    Kind(
        "tickets",
        "TICKET",
        (16,),
        (15,),
        ("subject", "hs_pipeline_stage"),
        _MADE,
        defaults={"hs_pipeline": "0"},
    ),
    Kind("companies", "COMPANY", (280, 2), (279, 1), (), _MADE),
    *ENGAGEMENTS,
)


def standing(kind: Kind) -> dict[str, Property]:
    """The properties that HubSpot itself sets for every record of the kind."""
    moments = {
        name: Property(name, label, "datetime", "date", is_read_only=True)
        for name, label in ((kind.made_at, "Create date"), (kind.changed_at, "Last modified date"))
    }
    return {"hs_object_id": Property("hs_object_id", "Record ID", "number", is_read_only=True), **moments}
