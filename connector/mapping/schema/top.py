"""The keys that a file may begin with."""

from __future__ import annotations

from typing import Final

from connector.mapping.part import Part
from connector.mapping.schema.calendar import MomentPart
from connector.mapping.schema.connections import ConnectionPart
from connector.mapping.schema.defaults import FieldPart
from connector.mapping.schema.goals import GoalPart
from connector.mapping.schema.journeys import JourneyPart
from connector.mapping.schema.scores import GridPart, ScorePart
from connector.mapping.schema.triggers import TriggerPart

NAMED: Final[dict[str, type[Part]]] = {
    "connections": ConnectionPart,
    "journeys": JourneyPart,
    "scores": ScorePart,
    "triggers": TriggerPart,
    "fields": FieldPart,
    "calendar": MomentPart,
    "goals": GoalPart,
}
"""The top-level keys that hold parts by name."""


AMONG: Final[dict[str, dict[str, type[Part]]]] = {"scores": {"grid": GridPart}}
"""Names below a top-level key that mean something else than the others."""


ABOUT: Final[dict[str, str]] = {
    "connections": "The accounts: platforms that Loods acts on, sources that it listens to.",
    "source": "The rest of the file says how one kind of webhook becomes events.",
    "journeys": "Stages, what moves a contact between them, and what entering one does.",
    "scores": "What a contact's deeds and properties are worth, and the follow-up grid made of two scores.",
    "trigger": "The rest of the file is one rule.",
    "triggers": "Several rules, by name.",
    "fields": "Your own properties of a contact, a company or a product.",
    "segments": "Named conditions, to be asked as `contact.segments.NAME`.",
    "calendar": "Named moments that triggers listen to: days of every year, dates, public holidays.",
    "goals": "What the company wants to reach, by when.",
    "defaults": "What holds where a rule says nothing else.",
    "examples": "Cases that prove the mapping; `loods test` plays them.",
}
"""The top-level keys, with what each holds."""


TOP_LEVEL: Final = frozenset(ABOUT)
