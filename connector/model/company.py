"""One company as we know it: what is said of it, its people, where it stands. Immutable snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from connector.model.event import Identity
from connector.model.standing import Standing, Stated

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works there, as of the last event of theirs: who they are, and what they bought in all.

    `since` is when it was stated that they belong to the company.
    """

    since: datetime
    name: str | None = None
    email: str | None = None
    role: str | None = None
    orders: int = 0
    spent: Decimal = _NOTHING
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """That a rule which is meant once for a company was entered: when, and by whose run.

    Of a run that only showed what it would do, none that is to act is kept away.
    """

    at: datetime
    contact_id: str
    is_shadow: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that decisions need of one company. `id` is ours, sortable by creation.

    Keys: `fields` by name; `standings` by journey; `counters` and `last` by event name (`order.paid`), as far
    as these happened to its people while they belonged to it, or to itself; `people` by the id of the
    contact; `entered` by trigger, then by run key.
    """

    id: str
    created_at: datetime
    identities: tuple[Identity, ...] = ()
    fields: Mapping[str, Stated] = field(default_factory=dict)
    standings: Mapping[str, Standing] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)
    people: Mapping[str, Member] = field(default_factory=dict)
    entered: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
