"""What a mapping costs that is about to be live, asked of the database and of the live accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.bootstrap.counting import headcounts
from connector.bootstrap.mappings import specs
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.runtime.billing import Bill, excesses
from connector.runtime.costing import Draft, costs, dearer
from connector.runtime.reaching import Outlook, outlook
from connector.runtime.weighing import Cost
from connector.settings import Settings
from connector.store.database import Store


@dataclass(frozen=True, slots=True)
class Change:
    """A mapping that is about to be live in the place of another, or of none."""

    settings: Settings
    store: Store
    former: Mapping | None
    mapping: Mapping


def reached(change: Change, triggers: Iterable[Trigger], now: datetime) -> Outlook | None:
    """Whom these triggers would reach; None where there are none of them, or no contacts."""
    wanted = {one.name: one for one in triggers}
    seen = outlook(change.store, change.mapping, wanted.values(), now) if wanted else None
    return seen if seen is not None and seen.contacts else None


def bills(change: Change, triggers: Sequence[Trigger], seen: Outlook, now: datetime) -> list[Bill]:
    """What these triggers cost at each account. Those accounts are asked that may get more people."""
    found = costs(change.store, Draft(change.mapping, triggers, specs()), seen, now)
    return bills_of(change.settings, change.mapping, found)


def bills_of(settings: Settings, mapping: Mapping, found: Sequence[Cost]) -> list[Bill]:
    """Costs beside what the accounts have. Those are asked that may get more people."""
    asked = [one.connection for one in found if one.new or one.enrolled]
    held = headcounts(settings, mapping, asked)
    return [Bill(one, held.get(one.connection)) for one in found]


def all_bills(change: Change, now: datetime) -> list[Bill]:
    """What all triggers cost that may cost more than they did."""
    triggers = dearer(change.former, change.mapping)
    seen = reached(change, triggers, now)
    return bills(change, triggers, seen, now) if seen is not None else []


def too_dear(change: Change, now: datetime) -> list[str]:
    """What of the cost is for a person to accept, in sentences."""
    return excesses(all_bills(change, now), change.mapping.defaults.most_new)
