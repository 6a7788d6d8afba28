"""The keys of the defaults that say what purchases are measured by."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from connector.mapping.part import Part
from connector.mapping.scalars import CHOICE, ONE_OR_MORE, Duration, Name, Number
from connector.mapping.schema.short import ShortPart
from connector.mapping.schema.values import Count


class RfmPart(ShortPart):
    """What the marks of `contact.rfm` are given by; `quintiles` is short for `{by: quintiles}`."""

    short_for: ClassVar[str] = "by"

    by: Annotated[Literal["bounds", "quintiles"], CHOICE] = "bounds"
    """By fixed bounds, or by the fifths of your own buyers: each fifth has a mark. What has bounds below goes
    by these all the same."""
    recency: tuple[Duration, ...] = ()
    """Four times, the shortest first: a last order that is no older has mark 5, 4, 3 or 2; without it,
    `[30d, 90d, 180d, 365d]`."""
    frequency: tuple[Count, ...] = ()
    """Four numbers of orders, from which on the mark is 2, 3, 4 or 5; without it, `[2, 3, 5, 10]`."""
    monetary: tuple[Number, ...] = ()
    """Four amounts, from which on the mark is 2, 3, 4 or 5; without it, `[100, 250, 500, 1000]`."""


class ExpectedPart(Part):
    """What the next order of a contact is expected by, besides their own orders."""

    by: Annotated[tuple[Name, ...], ONE_OR_MORE]
    """The segments whose usual interval between two orders counts: for each contact the first in which they
    are; without it, that of all contacts."""
