"""What the arguments of actions name at a platform, said where each argument is declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from pydantic.fields import FieldInfo

from connector.model.action import ActionSpec


class Thing(StrEnum):
    """What must stand ready at a platform, or in the environment, as a person reads it."""

    AUDIENCE = "audience"
    AUTOMATION = "automation"
    AUTOMATION_EMAIL = "automation e-mail"
    COMPANY_PROPERTY = "company property"
    CONTACT_PROPERTY = "contact property"
    DEAL_PIPELINE = "deal pipeline"
    DEAL_PROPERTY = "deal property"
    DEAL_STAGE = "deal stage"
    EVENT = "event"
    EVENT_PROPERTY = "event property"
    JOURNEY = "journey"
    JOURNEY_STEP = "journey step"
    LIST = "list"
    MERGE_FIELD = "merge field"
    OWNER = "owner"
    SENDER = "sender"
    SEQUENCE = "sequence"
    STORE = "store"
    SUBSCRIPTION = "subscription type"
    TAG = "tag"
    TICKET_PIPELINE = "ticket pipeline"
    TICKET_PROPERTY = "ticket property"
    TICKET_STAGE = "ticket stage"
    USER = "user"
    VARIABLE = "variable"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class Names:
    """Says of an argument, as an annotation, that it names a `thing` of the platform.

    An argument that holds values by name names a thing by each key. `of` is the argument of the same action
    that names what the thing belongs to: a stage is one of its pipeline.
    """

    thing: Thing
    of: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """One argument that names something: as it is written, what it names, and what it is when left out."""

    argument: str
    names: Names
    default: str | None = None


def namings(spec: ActionSpec) -> Iterator[Naming]:
    """Which arguments of an action name something, in the order of its model."""
    for name, one in spec.arguments.model_fields.items():
        if found := said_of(one):
            default = one.default if isinstance(one.default, str) else None
            yield Naming(one.alias or name, found, default)


def said_of(argument: FieldInfo) -> Names | None:
    """What an argument of an action names; None where it names nothing."""
    return next((one for one in argument.metadata if isinstance(one, Names)), None)
