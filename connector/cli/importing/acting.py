"""What an import is to do, where part of it is to act: since when, with what effect, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connector import bootstrap
from connector.bootstrap.pricing import bills_of
from connector.cli.publish import what_it_costs
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say, several
from connector.errors import LoodsError
from connector.mapping.mapping import Mapping
from connector.model.showing import local
from connector.runtime.billing import excesses, people
from connector.runtime.expecting import Expecting, filling
from connector.runtime.surveying import Survey
from connector.settings import Settings

_COUNTED = "counted are all whom the import reaches, event by event"


class NotImportedError(LoodsError):
    """The import is not begun; the message says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Acting:
    """That what happened `since` then acts as if it came live; what is expected of that is counted."""

    since: datetime
    expecting: Expecting

    def costs_too_much(self, settings: Settings, mapping: Mapping, found: Survey) -> list[str]:
        """Show what it would do and cost; what of the cost is for a person to accept, in sentences."""
        for line in self._lines(found) if found.coming else ():
            say(line)
        bills = bills_of(settings, mapping, self.expecting.costs)
        what_it_costs.show(bills, _COUNTED)
        return excesses(bills, mapping.defaults.most_new)

    def _lines(self, found: Survey) -> Iterator[str]:
        count = found.acting.total()
        yield f"what happened from {local(self.since)} on acts as if it came now: {several(count, 'event')}"
        for rule, runs in sorted(self.expecting.runs.items()):
            reached = people(len(self.expecting.people[rule]))
            yield f"  {rule}: begins {several(runs, 'time')} within the hour, for {reached}"
        if count and not self.expecting.runs:
            yield "  no rule begins upon it"
        if self.expecting.broken:
            yield f"  for {several(self.expecting.broken, 'event')} it cannot be told: our own code breaks"


def acting_of(mapping: Mapping, acts_since: str) -> Acting | None:
    """What is asked by `--acts-since`; None where nothing is to act. Raises NotImportedError."""
    if not acts_since:
        return None
    if places := filling(mapping):
        raise NotImportedError(
            f"{places[0]} fills a store at Mailchimp, whose automations would write to people about old "
            "orders: --acts-since goes only with a mapping that fills none"
        )
    return Acting(_moment(mapping, acts_since), Expecting(mapping, bootstrap.specs(), bootstrap.clock()))


def accept(too_much: list[str], *, is_sure: bool, accept_cost: bool) -> None:
    """Go on only where a person wants it, and what it costs. Raises UnansweredError, NotImportedError."""
    is_too_dear = bool(too_much) and not accept_cost
    if is_too_dear and is_sure:
        raise NotImportedError(f"nothing is imported: {'; '.join(too_much)}; --accept-cost accepts it")
    if is_too_dear:
        confirm(f"{'; '.join(too_much)}. Is this cost meant?", otherwise="--accept-cost accepts it")
    elif not is_sure:
        confirm("Import it now?")


def _moment(mapping: Mapping, text: str) -> datetime:
    """The moment; a day begins, and a time is told, in the zone of the mapping."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotImportedError(
            f"--acts-since: {text!r} is no moment; write 2026-11-20, or 2026-11-20T15:00"
        ) from None
    local_time = moment if moment.tzinfo else moment.replace(tzinfo=mapping.defaults.time_zone)
    return local_time.astimezone(UTC)
