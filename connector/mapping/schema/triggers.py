"""The keys of `triggers`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Discriminator, Field, Tag

from connector.mapping.nodes import Items, Table
from connector.mapping.part import Part
from connector.mapping.scalars import (
    CHOICE,
    ONE_OR_MORE,
    Code,
    Duration,
    FrequencyText,
    Name,
    Share,
    Text,
    YesNo,
)
from connector.mapping.schema.defaults import HoursTable
from connector.mapping.schema.occasions import Listened
from connector.mapping.schema.steps import StepPart, Waited
from connector.mapping.schema.values import Count, Ending, ModeText, Whole
from connector.mapping.schema.words import Event

TEXT_LENGTH: Final = 16
"""So many hexadecimal digits tell the texts of one trigger apart: every waiting run carries them."""


class TriggerGoalPart(Part):
    """What a trigger is to reach."""

    event: Event | None = None
    """The event that reaches it."""
    no: Event | None = None
    """The event that must not come."""
    within: Duration
    """How soon after it has acted."""
    value: Code | None = None
    """What reaching it is worth, of that event, as `order.total`."""
    for_: Annotated[Text | None, Field(alias="for")] = None
    """The goal of `goals` that it serves."""


def _by_arm(value: object) -> str:
    """The tag of `do`: steps, or a table of steps by arm."""
    if not isinstance(value, Table) or not value:
        return "_steps"
    return "_arms" if all(map(_is_arm, value, value.values())) else "_steps"


def _is_arm(key: str, value: object) -> bool:
    of_a_step = StepPart.keys()
    if "." in key or key in of_a_step:
        return False
    is_step = isinstance(value, Table) and any("." in one or one in of_a_step for one in value)
    return is_step or isinstance(value, Items) or getattr(value, "is_nothing", False)


_Steps = Annotated[tuple[StepPart, ...], ONE_OR_MORE]
_Do = Annotated[
    Annotated[_Steps, Tag("_steps")] | Annotated[dict[Name, _Steps], Tag("_arms")], Discriminator(_by_arm)
]


class TriggerPart(Part):
    """What to do when something happens; the rest of a file that has `trigger: NAME`."""

    meant: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("if", "condition", "conditions", "filter"), "write when:, and a condition"),
        **dict.fromkeys(("event", "events"), "write on:, and an event or a list of them"),
        **dict.fromkeys(("action", "actions", "then", "steps"), "write do:, and a list of steps"),
        **dict.fromkeys(("delay", "after"), "write wait:, and a length of time"),
        **dict.fromkeys(("cancel", "stop", "until"), "write unless:, and the events that call it off"),
        **dict.fromkeys(("enabled", "active", "disabled"), "write mode: paused, or leave it out"),
        **dict.fromkeys(("name", "label", "description"), "write about:, and a sentence"),
        "trigger": "its name stands above it; leave this line out",
    }

    about: Text | None = None
    """What it is for, in a sentence."""
    angle: Annotated[Literal["interaction", "lifecycle", "life_stage", "world"], CHOICE] = "interaction"
    """From which side the contact is seen."""
    kind: Annotated[Literal["marketing", "service", "internal"] | None, CHOICE] = None
    """How it is guarded: `marketing` needs consent and waits for complaints; without it, the most guarded of
    its actions decides."""
    on: Annotated[tuple[Listened, ...], ONE_OR_MORE]
    """An event, a list of events, or an occasion, as `{stage: care}`."""
    when: Code | None = None
    """Only where this is yes; asked when it begins and once more before the first action."""
    wait: Waited | None = None
    """How long it waits before the first action."""
    restart: YesNo | None = None
    """Whether a further event about the same begins a wait anew; without it, yes."""
    unless: Annotated[tuple[Ending, ...], ONE_OR_MORE] = ()
    """An event, a list of events or a condition by which it is called off."""
    once_per: Annotated[
        Literal["subject", "contact", "company", "order item"], CHOICE, Field(alias="once per")
    ] = "subject"
    """How often it may act: once for each order, cart, …, once for a contact or a company, or once for each
    line of an order."""
    for_each: Code | None = None
    """A list, as `order.items`: it runs for each of its elements, which is `item` in conditions and texts."""
    limit: FrequencyText | None = None
    """How often it may act for one contact."""
    late: Duration | None = None
    """An event that is older than this starts nothing; without it, as the defaults say for its kind."""
    hours: HoursTable | None = None
    """When it may reach people, as `{mon-fri: "09:00-18:00"}`; without it, as the defaults say for
    marketing."""
    pressure: FrequencyText | None = None
    """How much marketing may have reached a contact for it to act; without it, as the defaults say."""
    priority: Whole | None = None
    """Which trigger of a group goes first: the higher; without it, 0."""
    group: Name | None = None
    """Triggers of one group act for a contact one at a time."""
    loser: Annotated[Literal["drop", "postpone", "merge"], CHOICE] = "drop"
    """What becomes of it when another of its group goes first: nothing (`drop`), it waits until that is over
    (`postpone`), or that one does for both (`merge`)."""
    suggest: Code | None = None
    """A list of products, as `order.related`: `suggested` in texts, less those that the contact has. Where
    none is left, it does nothing."""
    hold_out: Share | None = None
    """The share of the contacts for whom it does nothing, so that what it brings can be measured."""
    split: dict[Name, Share] = Field(default_factory=dict)
    """Arms by name with their shares, as `{a: 50%, b: 50%}`; `do` then says by arm what it does."""
    goal: TriggerGoalPart | None = None
    """What it is to reach."""
    mode: ModeText | None = None
    """How far it is let go: `live`; `shadow` decides and does nothing; `canary 10%` acts for a share of the
    contacts; `paused` starts nothing. Without it, live."""
    blast: Count | None = None
    """How many runs may act in one hour; with more it pauses, and a person decides."""
    stop_at: Share | None = None
    """The share of its last actions that may fail; with more it pauses."""
    do: _Do
    """The steps, each an action or a wait; with `split`, a table of steps by arm."""

    @property
    def text(self) -> str:
        """The hash of what was written, whatever its places and comments are."""
        plain = json.dumps(self._written, sort_keys=True).encode()
        return hashlib.sha256(plain).hexdigest()[:TEXT_LENGTH]
