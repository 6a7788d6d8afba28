"""How a backtest is told: to read, as JSON and as CSV. Only what is to be read gathers anything."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import click

from connector.insight.outcome import Compared, Outcome
from connector.insight.summary import Summary, Tally
from connector.model.decision import Answer
from connector.model.showing import inert, local

FIRST: Final = 20
"""Contacts that are shown where not all are asked for."""

_FORMULA: Final = ("=", "+", "-", "@")
_COLUMNS: Final = ("contact", "at", "trigger", "action", "draft", "live")


class Report(Protocol):
    """Hears every contact's outcome, and at the end the summary."""

    def add(self, outcome: Outcome) -> None:
        """A contact."""

    def end(self, summary: Summary) -> None:
        """That was all."""


class AsCsv:
    """One line an action, as they come. No cell is a formula to a spreadsheet, and none steers a terminal."""

    def __init__(self) -> None:
        self._writer = csv.writer(sys.stdout, lineterminator="\n")
        self._writer.writerow(_COLUMNS)

    def add(self, outcome: Outcome) -> None:
        """A line for each of the contact's actions."""
        for one in outcome.compared:
            said = (outcome.contact, _utc(one.at), rule_name(one.rule), one.action)
            cells = (*said, _yes(one.by_draft), _yes(one.by_live))
            self._writer.writerow([cell(text) for text in cells])

    def end(self, summary: Summary) -> None:
        """Nothing more: all of it was said."""


class AsJson:
    """One object; contacts are written as they come, the triggers at the end. Plain ASCII."""

    def __init__(self, since: datetime) -> None:
        self._before = f'{{"since": {json.dumps(_utc(since))},\n"contacts": ['

    def add(self, outcome: Outcome) -> None:
        """The contact, if any action is about it."""
        if outcome.compared:
            actions = [_plain(one) for one in outcome.compared]
            one = {"contact": outcome.contact, "actions": actions}
            click.echo(f"{self._before}\n{json.dumps(one)}", nl=False)
            self._before = ","

    def end(self, summary: Summary) -> None:
        """The triggers, and what was gone through."""
        head = self._before if self._before != "," else ""
        triggers = [_plain_tally(rule, tally) for rule, tally in summary.rules.items()]
        rest = {"events": summary.events, "left_out": summary.left_out, "triggers": triggers}
        click.echo(f"{head}],\n{json.dumps(rest)[1:]}")


class ToRead:
    """A table of the triggers, then the contacts that differ."""

    def __init__(self, since: datetime, *, shows_all: bool) -> None:
        self._since = since
        self._shows_all = shows_all
        self._differing: list[tuple[str, tuple[Compared, ...]]] = []

    def add(self, outcome: Outcome) -> None:
        """Keep the contact if it is to be shown."""
        if outcome.differences and (self._shows_all or len(self._differing) < FIRST):
            self._differing.append((outcome.contact, outcome.differences))

    def end(self, summary: Summary) -> None:
        """All of it."""
        for line in (*_head(summary, self._since), *_table(summary), "", *self._people(summary)):
            click.echo(inert(line))

    def _people(self, summary: Summary) -> Iterator[str]:
        if not summary.differing:
            yield "no contact differs: the draft does what was done"
            return
        yield f"contacts that differ: {summary.differing}"
        for contact, differences in self._differing:
            yield f"  {contact}"
            for one in differences:
                who = "only the draft" if one.by_draft else "only live"
                yield f"    {local(one.at)}  {who:14}  {rule_name(one.rule)}  {one.action}"
        if more := summary.differing - len(self._differing):
            yield f"  … and {more} more; --all shows them"


def cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula: OWASP, "CSV Injection"."""
    quiet = inert(text)
    return f"'{quiet}" if quiet.startswith(_FORMULA) else quiet


def rule_name(rule: str) -> str:
    """A trigger by its own name; entering a stage as `enter:JOURNEY.STAGE`."""
    return rule.removeprefix("trigger:")


def _head(summary: Summary, since: datetime) -> Iterator[str]:
    yield f"since {local(since)}: {summary.events} events of {summary.contacts} contacts"
    for connection, count in sorted(summary.left_out.items()):
        yield f"{count} events of {connection} are left out: the draft does not listen to it"
    yield ""


def _table(summary: Summary) -> Iterator[str]:
    names = [rule_name(rule) for rule in summary.rules]
    wide = max(map(len, (*names, "trigger")))
    yield f"{'trigger':{wide}}  would act  did act  only draft  only live  held back"
    for name, one in zip(names, summary.rules.values(), strict=True):
        counts = f"{one.would_act:9}  {one.did_act:7}  {one.only_draft:10}  {one.only_live:9}"
        yield f"{name:{wide}}  {counts}  {_reasons(one.refused)}".rstrip()


def _reasons(refused: Mapping[Answer, int]) -> str:
    return ", ".join(f"{count} {answer.replace('_', ' ')}" for answer, count in sorted(refused.items()))


def _plain(one: Compared) -> dict[str, Any]:
    return {
        "at": _utc(one.at),
        "trigger": rule_name(one.rule),
        "action": one.action,
        "draft": one.by_draft,
        "live": one.by_live,
    }


def _plain_tally(rule: str, tally: Tally) -> dict[str, Any]:
    return {
        "trigger": rule_name(rule),
        "would_act": tally.would_act,
        "did_act": tally.did_act,
        "only_draft": tally.only_draft,
        "only_live": tally.only_live,
        "held_back": dict(sorted(tally.refused.items())),
    }


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _yes(claim: bool) -> str:
    return "yes" if claim else "no"
