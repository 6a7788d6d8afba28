"""How a preview of undoing is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.cli.recompute.report import changes
from connector.cli.terminal.show import name_of, several
from connector.model.showing import local
from connector.runtime.errands import TRIGGER
from connector.runtime.previewing import Preview as Own
from connector.runtime.turning import Verdict
from connector.runtime.undoing_shown import Preview

_HEADS: Final = {
    Verdict.UNDONE: "is undone",
    Verdict.GIVEN_UP: "has not left yet, and is given up",
    Verdict.SETTLED: "needs nothing",
    Verdict.STAYS: "cannot be undone",
}


@dataclass(frozen=True, slots=True)
class About:
    """What was asked: the rule or the version, since when; whether it is live and will be stopped first.

    `changes_companies`: it may also have changed what Loods itself knows of companies.
    """

    name: str
    since: datetime | None
    is_to_stop: bool
    changes_companies: bool


def lines(found: Preview, own: Own, about: About) -> Iterator[str]:
    """All of it; `own` is what changes in Loods itself."""
    name = about.name
    begun = f" since {local(about.since)}" if about.since else ""
    total, people = sum(found.told.values()), several(found.contacts, "contact")
    yield f"{_about(name)} asked for {several(total, 'action')}{begun}, about {people}"
    for verdict, head in _HEADS.items():
        yield from _of(found, verdict, head)
    if found.waiting:
        yield f"of {several(found.waiting, 'contact')} runs wait in it; they end"
    yield from _examples(found)
    yield from _own(own)
    if not found.has_work and not own.changing:
        yield "there is nothing to undo"
        return
    if about.is_to_stop:
        yield f"{_about(name)} is live, and is stopped first"
    yield from _provisos(found, about)


def _own(own: Own) -> Iterator[str]:
    if own.broken:
        yield f"for {own.broken} contact(s) it cannot be told what they were in Loods itself: our code breaks"
        yield f"  the first is {own.reason}; they stay as they are"
    if own.changing:
        yield (
            f"in Loods itself {several(own.changing, 'contact')} will be as the history is without it, by "
            "the rules that are live; no action follows"
        )
        yield from changes(own)


def _about(name: str) -> str:
    is_trigger = name.startswith(TRIGGER)
    return name.replace(":", " ", 1) if is_trigger else f"what was live as version {name[:12]}"


def _of(found: Preview, verdict: Verdict, head: str) -> Iterator[str]:
    count = found.count(verdict)
    if not count:
        return
    yield f"{head}: {count}"
    mine = [(one, number) for one, number in found.told.items() if one.verdict is verdict]
    for one, number in sorted(mine, key=lambda pair: (pair[0].action, -pair[1], pair[0].words)):
        yield f"  {number:>6}  {one.action}" + (f": {one.words}" if one.words else "")


def _examples(found: Preview) -> Iterator[str]:
    if found.examples:
        more = found.changing - len(found.examples)
        names = ", ".join(name_of(one) for one in found.examples)
        yield f"contacts of whom something is undone: {names}" + (f" and {more} more" if more > 0 else "")


def _provisos(found: Preview, about: About) -> Iterator[str]:
    """What the person has to know who decides."""
    if found.count(Verdict.UNDONE):
        yield (
            "only what Loods itself did is known: a tag or a list that somebody had from elsewhere before "
            "goes, too, and a task that is open is marked as done; values are put back where they still are "
            "as they were written"
        )
    if about.changes_companies:
        yield "what was changed of companies in Loods itself stays: it has no history of that"
