"""The keys of `fields` and `defaults`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from connector.mapping.part import Part
from connector.mapping.scalars import (
    CHOICE,
    ONE_OR_MORE,
    ClockRange,
    Duration,
    FrequencyText,
    Share,
    Text,
    Weekdays,
    WeekdaysText,
)
from connector.mapping.schema.rhythm import ExpectedPart, RfmPart
from connector.mapping.schema.short import ShortPart
from connector.mapping.schema.words import Event
from connector.model.action import Kind


class FieldPart(ShortPart):
    """A property that the company adds; `text` is short for `{type: text}`."""

    short_for: ClassVar[str] = "type"

    type: Annotated[Literal["text", "number", "yes/no", "date", "time"], CHOICE]
    """What it holds."""
    about: Text | None = None
    """What it means."""
    of: Annotated[Literal["contact", "company", "product"], CHOICE] = "contact"
    """Whose property it is."""
    from_: Annotated[dict[Text, Text], Field(alias="from")] = Field(default_factory=dict)
    """By connection, the property of the platform that fills it, by its internal name there."""


class WorkingDaysPart(Part):
    """When colleagues work."""

    days: Annotated[tuple[Weekdays, ...], ONE_OR_MORE] = ()
    """The days on which colleagues work, as in `mon-fri`; without it, those."""
    holidays: Text | None = None
    """The country whose public holidays are free, in two letters."""


HoursTable: TypeAlias = dict[WeekdaysText, Annotated[tuple[ClockRange, ...], ONE_OR_MORE]]
"""Hours of the day by days of the week; several of either are a list."""


class DefaultsPart(Part):
    """What holds where a rule says nothing else."""

    time_zone: Text | None = None
    """The zone of dates, clock times and working days; without it, Europe/Amsterdam."""
    locale: Text | None = None
    """How money and dates are written; without it, nl_NL."""
    working_days: WorkingDaysPart | None = None
    """When colleagues work."""
    hours: HoursTable | None = None
    """When marketing may reach people, by their own clocks: by days, from and until, as in
    `{mon-sat: "09:00-20:00"}`; without it, always."""
    pressure: FrequencyText | None = None
    """How often marketing may reach one contact, all triggers together, as in `3 per 7d`."""
    most_new: Share | None = None
    """By how much a publication may let an account grow that is paid for by people, before a person accepts
    it; without it, 10%, or a hundred people if that is more."""
    consent: dict[Annotated[Literal["email", "sms"], CHOICE], Event] | None = None
    """By channel, the event that is consent; without it, `email: newsletter.confirmed`."""
    late: dict[Annotated[Kind, CHOICE], Duration] = Field(default_factory=dict)
    """By kind, how old an event may be that still starts something; without it, marketing 24h, service 7d,
    internal 30d."""
    rfm: RfmPart | None = None
    """What `contact.rfm` marks purchases by; without it, by bounds that are the same for every shop."""
    expected: ExpectedPart | None = None
    """Whose usual interval `contact.expected` goes by where a contact has few orders of their own."""
