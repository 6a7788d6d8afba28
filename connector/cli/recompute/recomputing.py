"""Folds histories again, after showing what that changes: by the process that may write the database."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import click

from connector import bootstrap
from connector.cli.here.errands import done
from connector.cli.here.existing import NotThereError, contact_of, existing_store
from connector.cli.recompute.report import lines
from connector.cli.terminal import show
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say
from connector.errors import HeldError
from connector.mapping.mapping import Mapping
from connector.model.showing import local
from connector.runtime.errands import RECOMPUTE, Errand, carry_out
from connector.runtime.previewing import Preview, Rules, preview
from connector.runtime.recomputing import Recomputer
from connector.settings import Settings
from connector.store import contacts, sweeps
from connector.store.database import Store
from connector.store.sweeps import Only, Sweep, SweepKind

_A_PAGE: Final = 0.25
"""Seconds that a page takes where nothing else is to be done."""

_ELSEWHERE: Final = 0.05
"""Seconds until the next look where another process has a page in hand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks: for whom (everybody, unless something is given), and by which folder."""

    contact: str
    journey: str
    limit: int | None
    draft: Path | None
    dry_run: bool = False

    @property
    def only_shows(self) -> bool:
        """Whether nothing is to be changed."""
        return self.dry_run or self.draft is not None


def recompute(settings: Settings, asked: Asked, who: str, *, is_sure: bool) -> None:
    """Show what would change, and do it where the person is sure.

    Raises NotThereError, MappingError, UnansweredError and StillAskedError; SystemExit(1) where a draft
    does not pass.
    """
    store = existing_store(settings)
    try:
        rules = _rules(settings, store, asked)
        only = _only(store, rules.anew, asked)
        _say_under_way(store)
        found = _previewed(store, rules, only)
        if found.changing and not asked.only_shows:
            if not is_sure:
                confirm("Fold these histories again now?")
            now = bootstrap.clock()
            errand = Errand(RECOMPUTE, rules.live.version, who or settings.login, now, only=only)
            _do(store, rules.live, errand)
    finally:
        store.close()


def _rules(settings: Settings, store: Store, asked: Asked) -> Rules:
    with store.reading() as tx:
        live = bootstrap.live_mapping(settings, tx)
    if asked.draft is None:
        return Rules(live, live)
    draft, problems = bootstrap.check(replace(settings, mappings=asked.draft))
    if draft is None:
        show.problems(problems, as_json=False)
        raise SystemExit(1)
    return Rules(live, draft)


def _only(store: Store, mapping: Mapping, asked: Asked) -> Only:
    """Raises NotThereError where there is no such journey or contact."""
    if asked.journey and asked.journey not in mapping.journeys:
        near = get_close_matches(asked.journey, mapping.journeys, n=1)
        known = ", ".join(mapping.journeys) or "none"
        hint = f"did you mean {near[0]}?" if near else f"there are: {known}"
        raise NotThereError(f"there is no journey {asked.journey!r}; {hint}")
    if not asked.contact:
        return Only("", asked.journey, asked.limit or 0)
    with store.reading() as tx:
        return Only(contact_of(tx, asked.contact).id, asked.journey)


def _previewed(store: Store, rules: Rules, only: Only) -> Preview:
    began = time.monotonic()
    with store.reading() as tx:
        count = contacts.count(tx)
    most = 1 if only.contact else min(only.limit or count, count)
    with bar(most) as went:
        found = preview(store, rules, only, bootstrap.clock(), went)
    by = "the draft" if rules.anew is not rules.live else f"version {rules.live.version[:12]}, which is live"
    for line in lines(found, by, time.monotonic() - began):
        say(line)
    return found


@contextmanager
def bar(count: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal's error channel while contacts are gone through."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=count, label="contacts", file=sys.stderr) as bar:
        yield bar.update


def _do(store: Store, mapping: Mapping, errand: Errand) -> None:
    """Have it done by `loods run`, where that has the database; else do it."""
    try:
        carry_out(store, errand, errand.at)
    except HeldError:
        done(store, errand)
        _say_elsewhere()
        return
    fold(store, mapping, errand.at)


def fold(store: Store, mapping: Mapping, at: datetime) -> None:
    """Fold all that was asked for at this moment, unless `loods run` has the database: that does it."""
    recomputer = Recomputer(store, bootstrap.clock, _A_PAGE, rest=0)
    try:
        while any(one.done_at is None for one in _passes(store, at)):
            if not recomputer.step(mapping):
                time.sleep(_ELSEWHERE)
    except HeldError:
        _say_elsewhere()
        return
    _say_done(_passes(store, at))


def _say_elsewhere() -> None:
    say("`loods run` folds them again in the background, in pages; `loods recompute` tells how far it is")


def _passes(store: Store, at: datetime) -> list[Sweep]:
    with store.reading() as tx:
        return [
            one for one in sweeps.listing(tx) if one.asked.at == at and one.asked.kind is SweepKind.RECOMPUTE
        ]


def _say_done(passes: Iterable[Sweep]) -> None:
    for one in passes:
        left = f"; {_several(one.broken)} could not be, and stayed as they were" if one.broken else ""
        say(f"done: {_several(one.seen)} gone through, {one.changed} changed{left}; no action follows")


def _say_under_way(store: Store) -> None:
    with store.reading() as tx:
        one = sweeps.under_way(tx, SweepKind.RECOMPUTE)
    if one is not None:
        so_far = f"{_several(one.seen)} gone through so far, {one.changed} changed"
        left = f", {one.broken} left as they were because something breaks" if one.broken else ""
        say(f"under way, asked for {local(one.asked.at)} by {one.asked.who}: {so_far}{left}")


def _several(count: int) -> str:
    return f"{count} contact" if count == 1 else f"{count} contacts"
