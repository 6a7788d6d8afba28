"""Before a publication is done: whom it reaches and what that costs, shown, and confirmed by a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.bootstrap.pricing import Change, all_bills, bills, reached
from connector.cli.here.asking_run import UnpublishedError
from connector.cli.publish import what_it_costs, whom_it_reaches
from connector.cli.terminal.asking import confirm
from connector.runtime.billing import Bill, excesses
from connector.runtime.costing import dearer
from connector.runtime.reaching import news


@dataclass(frozen=True, slots=True)
class Sure:
    """What a person has said beforehand: that whom it reaches is meant, and what it costs.

    `command` is the one that they have given.
    """

    of_reach: bool = False
    of_cost: bool = False
    command: str = "publish"


def confirmed(change: Change, now: datetime, sure: Sure) -> Mapping[str, int]:
    """Show whom the triggers reach that are new or ask otherwise, and what those cost that may cost more.

    Asks where that is anybody, or is too much; by rule, how many runs were shown. Raises
    UnansweredError where nobody says that it is wanted, and UnpublishedError where it costs too much and
    nobody is to be asked.
    """
    asking, dear = news(change.former, change.mapping), dearer(change.former, change.mapping)
    seen = reached(change, [*asking, *dear], now)
    if seen is None:
        return {}
    expected = whom_it_reaches.show(asking, seen)
    too_much = _shown(change, bills(change, dear, seen, now))
    is_too_dear = bool(too_much) and not sure.of_cost
    if is_too_dear and sure.of_reach:
        is_folder = sure.command == "publish"
        about = change.settings.mappings if is_folder else f"version {change.mapping.version[:12]}"
        raise UnpublishedError(f"{about} is not published: {refusal(too_much, sure.command)}")
    if is_too_dear:
        confirm(f"{'; '.join(too_much)}. Is this cost meant?", otherwise="--accept-cost accepts it")
    elif any(expected.values()) and not sure.of_reach:
        confirm("Is this meant?", otherwise="--yes publishes it")
    return expected


def too_dear(change: Change, now: datetime) -> list[str]:
    """What of a publication's cost is for a person to accept, in sentences; what it costs is shown."""
    return _shown(change, all_bills(change, now))


def refusal(too_much: Iterable[str], command: str = "publish") -> str:
    """Why it does not become live, and the remedy."""
    return f"{'; '.join(too_much)}; `loods {command} --accept-cost` publishes it all the same"


def _shown(change: Change, found: list[Bill]) -> list[str]:
    what_it_costs.show(found)
    return excesses(found, change.mapping.defaults.most_new)
