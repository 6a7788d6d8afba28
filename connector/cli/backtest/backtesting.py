"""`loods backtest`: a draft mapping, tried on what the database holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from connector import bootstrap
from connector.cli.backtest.reports import AsCsv, AsJson, Report, ToRead
from connector.cli.here.existing import existing_store
from connector.cli.terminal import show
from connector.errors import SettingsError
from connector.insight.backtest import backtest as outcomes_of
from connector.insight.backtest import heard_since
from connector.insight.outcome import Outcome, Window
from connector.insight.summary import of_rules
from connector.mapping.durations import parse_duration
from connector.mapping.mapping import Mapping
from connector.settings import Settings
from connector.store import recordings
from connector.store.database import Store


@dataclass(frozen=True, slots=True)
class Question:
    """What the command line asks."""

    folder: Path
    since: str
    form: str
    shows_all: bool


def backtest(settings: Settings, question: Question) -> None:
    """Print what the draft would have done. Raises SystemExit(1) where it does not pass its check."""
    window = _window(question.since)
    draft = _draft(settings, question)
    store = existing_store(settings)
    report = _report(question, window.since)
    summary = of_rules(draft.triggers)
    try:
        draft = bootstrap.knowing(draft, store)
        with _progress(store, draft, window, question.form) as outcomes:
            for outcome in outcomes:
                summary.add(outcome)
                report.add(outcome)
    finally:
        store.close()
    report.end(summary)


def _window(length: str) -> Window:
    now = bootstrap.clock()
    try:
        return Window(now - parse_duration(length), now)
    except ValueError as error:
        raise SettingsError(f"--since: {error}") from None


def _draft(settings: Settings, question: Question) -> Mapping:
    draft, problems = bootstrap.check(replace(settings, mappings=question.folder))
    if draft is None:
        show.problems(problems, as_json=question.form == "json")
        raise SystemExit(1)
    return draft


def _report(question: Question, since: datetime) -> Report:
    match question.form:
        case "json":
            return AsJson(since)
        case "csv":
            return AsCsv()
        case _:
            return ToRead(since, shows_all=question.shows_all)


@contextmanager
def _progress(store: Store, draft: Mapping, window: Window, form: str) -> Iterator[Iterator[Outcome]]:
    """The outcomes, with a bar on the terminal's error channel while they are worked out."""
    outcomes = outcomes_of(store, draft, window)
    if not sys.stderr.isatty() or (form != "human" and sys.stdout.isatty()):
        yield outcomes
        return
    with store.reading() as tx:
        count = recordings.count_people(tx, heard_since(draft, window))
    with click.progressbar(outcomes, length=count, label="contacts", file=sys.stderr) as bar:
        yield iter(bar)
