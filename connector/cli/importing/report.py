"""How what a file would bring is told, and what was brought."""

from __future__ import annotations

from collections.abc import Iterator

from connector.cli.terminal.show import several
from connector.model.showing import local
from connector.runtime.importing import Done
from connector.runtime.surveying import Survey

_MOST_IGNORED = 5


def lines(found: Survey, connection: str) -> Iterator[str]:
    """All of it."""
    before = f", {found.come_before:,} of which have come before" if found.come_before else ""
    yield f"{connection}: {_several(found.records, 'record')}{before}"
    yield from _left_out(found)
    if found.first is None or found.last is None:
        return
    yield f"{_several(found.events.total(), 'event')}, from {local(found.first)} to {local(found.last)}:"
    for name, count in sorted(found.events.items()):
        yield f"  {name:28} {count:>9,}"
    yield from _people(found)
    if not found.coming:
        yield "all of it has come before: there is nothing to bring"
    elif not found.acting.total():
        yield "nothing acts upon them: they are history, and change what is known of each contact"


def _left_out(found: Survey) -> Iterator[str]:
    if found.unreadable:
        yield f"left out, because they cannot be read: {_several(found.unreadable, 'record')}"
    for place, why in found.problems:
        yield f"  {place}: {why}"
    if more := found.unreadable - len(found.problems):
        yield f"  … and {more:,} more"
    if found.ignored:
        yield f"left out, because they mean nothing here: {_several(found.ignored.total(), 'record')}"
    for why, count in found.ignored.most_common(_MOST_IGNORED):
        yield f"  {count:,}: {why}"


def _people(found: Survey) -> Iterator[str]:
    new, known, consenting = len(found.new), len(found.known), len(found.consenting)
    yield f"about {new + known:,} people: {new:,} who are new, {known:,} who are known"
    yield f"of them {new + known - consenting:,} have given no consent here, and history gives none"
    if found.ticked:
        yield f"  a consent is spoken of by {_several(found.ticked, 'event')}: that counts for nothing"
    if found.nobody:
        yield f"waiting 30 days to learn whose they are: {_several(found.nobody, 'event')}"


def ended(done: Done) -> Iterator[str]:
    """What was brought."""
    known = f"; {done.known:,} had come before" if done.known else ""
    yield f"{_several(done.brought, 'record')} brought{known}; `loods deliveries` shows what becomes of them"
    if done.brought:
        yield "what is older than the version that is live is put in its place by `loods recompute`"


def _several(count: int, what: str) -> str:
    return several(count, what).replace(str(count), f"{count:,}", 1)
