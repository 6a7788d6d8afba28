"""One wish about one contact, and how an action is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from pydantic import BaseModel

from connector.model.light import light
from connector.model.values import Value


class Kind(StrEnum):
    """Whom an action or a trigger reaches; ordered from the most to the least guarded."""

    MARKETING = "marketing"
    SERVICE = "service"
    INTERNAL = "internal"


class Effect(StrEnum):
    """What an action does to the number of people that an account has, and is paid for.

    One that adds does so to whoever the account does not have; one that adds the consenting, only to those
    of them who may get marketing. One that enrols adds too, and hands people to what may do more with them:
    a workflow of HubSpot's can make marketing contacts of them.
    """

    NONE = ""
    ADDS = "adds"
    ADDS_CONSENTING = "adds consenting"
    ENROLS = "enrols"
    ARCHIVES = "archives"


Arguments: TypeAlias = "Mapping[str, Value]"
"""What an action is done with, by the names that its model has."""

Join: TypeAlias = Callable[[Arguments, Arguments], Arguments]
"""Makes the arguments of one action of those of two consecutive ones, each of which fits the model."""

Usual: TypeAlias = Callable[[Arguments], bool]
"""Whether an action with these arguments is read back where its rule does not say so."""


def always(_: Arguments) -> bool:
    """It is read back, unless a rule says no."""
    return True


def on_request(_: Arguments) -> bool:
    """It is read back where a rule says so."""
    return False


UNTIL: Final = "until"
"""The argument of an action that makes something which an event closes."""


@dataclass(frozen=True, slots=True)
class Closer:
    """The action of the same platform that closes what another made, and its argument that says which one."""

    action: str
    argument: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A field whose value an action also writes into the property that a setting of the connection names."""

    field: str
    setting: str


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """The one declaration of an action: schema, checks, reference and messages come from here.

    `arguments` is a frozen pydantic model whose docstring is the sentence in the reference. `moments` names
    the arguments that are moments (`1 working day`, `2h`): the engine resolves them to an aware datetime.
    `is_idempotent`: repeating changes nothing more. `can_look_up`: the adapter can say whether it happened.
    `closer`: how what it makes is closed by an event, which rules write as the argument `until`. `needs` are
    the settings of the connection without which it cannot be done, beyond those of the platform. `join`: two
    of it, the one directly behind the other, can be done as one; only of what is idempotent and never looked
    up. `effect`: what it does to the number of people there. `verifies`: a later read shows whether it is as
    it should be, and whether that is usual; None where no read can show it. `is_shared`: what it changes may
    be that of other contacts too, so that such calls go one after the other. `kept`: a field that the
    platform may change by itself, and so is written into a second one.
    """

    platform: str
    name: str
    arguments: type[BaseModel]
    kind: Kind
    is_idempotent: bool
    can_look_up: bool = False
    moments: frozenset[str] = frozenset()
    closer: Closer | None = None
    needs: frozenset[str] = frozenset()
    join: Join | None = None
    effect: Effect = Effect.NONE
    verifies: Usual | None = None
    is_shared: bool = False
    kept: Kept | None = None

    @property
    def can_close(self) -> bool:
        """Whether an event can close what it makes."""
        return self.closer is not None


@light
class Cause:
    """Why an action exists: the rule (`trigger:welcome`, `enter:main.care`), its step, and the event.

    `closes` is the key of the action whose work this one closes. Its argument for which one holds that key
    too, until it leaves: only then is it certain what the platform calls it. `platform` is the connection of
    the platform that told of the event, empty where it was none. `verify` is what the step says of reading
    the action back, None where it says nothing.
    """

    rule: str
    step: int
    event: str
    event_key: str
    closes: str = ""
    platform: str = ""
    verify: bool | None = None


@light
class Action:
    """One wish about one contact, named `connection.name`. `key` is its cause: made once, whatever repeats.

    `arguments` are rendered values, not yet checked by the action's model (the adapter does). `consent` names
    the evidence that a marketing action relied on.
    """

    key: str
    connection: str
    name: str
    contact_id: str
    arguments: Mapping[str, Value]
    kind: Kind
    cause: Cause
    decided_at: datetime
    consent: str | None = None


def is_read_back(spec: ActionSpec, action: Action) -> bool:
    """Whether an action is done only when a later read shows it."""
    if spec.verifies is None:
        return False
    return spec.verifies(action.arguments) if action.cause.verify is None else action.cause.verify
