"""What `loods explain` is asked about: a payload file, a stored delivery or a typed event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import click

from connector.sources.typed import Typed


@dataclass(frozen=True, slots=True)
class Payload:
    """A file, as its connection would have received it."""

    file: Path
    connection: str
    headers: tuple[str, ...]
    topic: str | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A delivery that was received, by the id that `loods deliveries` shows."""

    id: str


Asked: TypeAlias = Payload | Stored | Typed

_GOES_WITH: Final[Mapping[str, frozenset[str]]] = {
    "file": frozenset({"connection", "header", "topic"}),
    "delivery": frozenset(),
    "event": frozenset({"connection", "contact", "set"}),
}
"""What can be asked about, with the options that go with it."""


def what(given: Mapping[str, Any]) -> Asked:
    """The one thing that the options ask about. Raises UsageError where they ask about none or several."""
    chosen = [name for name in _GOES_WITH if given[name]]
    if len(chosen) != 1:
        raise click.UsageError("Ask about one thing: a FILE, --delivery ID or --event NAME.")
    kind = chosen[0]
    for name, value in given.items():
        if value and name != kind and name not in _GOES_WITH[kind]:
            raise click.UsageError(f"--{name} says nothing of {'a FILE' if kind == 'file' else f'--{kind}'}.")
    match kind:
        case "delivery":
            return Stored(given["delivery"])
        case "event":
            return Typed(given["event"], given["contact"], given["connection"], _values(given["set"]))
        case _:
            return _payload(given)


def _payload(given: Mapping[str, Any]) -> Payload:
    if not given["connection"]:
        raise click.UsageError("Say with --connection NAME which connection would have received the file.")
    return Payload(given["file"], given["connection"], given["header"], given["topic"])


def _values(words: Iterable[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise click.UsageError(f"--set {word!r} has no value; write it as --set order.total=120.")
        values[name.strip()] = value
    return values
