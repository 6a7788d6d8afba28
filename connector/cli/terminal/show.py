"""How answers look on a terminal: plain text that reads well and pipes well."""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path

import click

from connector.errors import Problem
from connector.mapping.mapping import Mapping
from connector.mapping.scalars import is_not_carried_out
from connector.model.contact import Contact
from connector.model.decision import Moved, TraceEntry
from connector.model.showing import inert, shown


def say(line: str) -> None:
    """One line for a terminal: whatever a sender or a platform wrote into it, it steers nothing there."""
    click.echo(inert(line))


def several(count: int, what: str) -> str:
    """The count with its noun, which takes an s."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def problems(found: Iterable[Problem], *, as_json: bool) -> None:
    """Every problem on a line of its own, or all as one JSON list."""
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in found], ensure_ascii=False, indent=2))
        return
    for problem in found:
        click.echo(str(problem))


def summary(mapping: Mapping, folder: Path, found: Iterable[Problem]) -> None:
    """What a mapping that passed holds, and whether it can be published."""
    counts = (
        (len(mapping.connections), "connection"),
        (len(mapping.journeys), "journey"),
        (len(mapping.triggers), "trigger"),
        (len(mapping.segments), "segment"),
    )
    held = ", ".join(several(count, what) for count, what in counts)
    say(f"{folder}: all right; {held}; version {mapping.version[:12]}")
    if later := sum(map(is_not_carried_out, found)):
        what = several(later, "thing")
        say(f"it cannot be published yet: {what} in it, told above (M190), this version does not carry out")


def name_of(known: Contact | None) -> str:
    """The address of a contact, or else our id."""
    return (known.email or known.id) if known else "nobody"


def meaning(moves: Iterable[Moved], trace: Iterable[TraceEntry], indent: str) -> None:
    """What was decided: the moves, and what each rule answered."""
    for move in moves:
        over = f" (over {', '.join(move.inferred)})" if move.inferred else ""
        say(f"{indent}{move.journey}: {move.from_stage or 'nowhere'} → {move.to_stage}{over}")
    for entry in trace:
        said = f"{entry.rule}: {entry.answer.value.replace('_', ' ')}"
        why = "; ".join(part for part in (entry.detail, shown(entry.seen)) if part)
        say(f"{indent}{said}" + (f" ({why})" if why else "") + (f"  {entry.place}" if entry.place else ""))


def write_json(answer: object) -> None:
    """The answer as JSON: dataclasses as objects, moments and exact numbers as texts.

    Plain ASCII: JSON itself lets some of the characters through that steer a terminal.
    """
    click.echo(json.dumps(answer, indent=2, default=_plain))


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(value) if isinstance(value, Table) else str(value)
