"""What people and companies have in common: values that were stated, and where they stand in a journey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from connector.model.light import light
from connector.model.values import Value


@light
class Stated:
    """A value and when it was stated: the latest by its own time wins, whatever the order of arrival."""

    value: Value
    at: datetime


@light
class Standing:
    """Where somebody stands in one journey. `entered` has the first entry of every stage, also inferred;
    `entries` how often each was entered by a move, over all cycles."""

    stage: str
    since: datetime
    cycle: int = 1
    entered: Mapping[str, datetime] = field(default_factory=dict)
    inferred: tuple[str, ...] = ()
    entries: Mapping[str, int] = field(default_factory=dict)
