"""Brings the records of files, after showing what they are: beside the process that decides about them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, compress
from pathlib import Path

import click

from connector import bootstrap
from connector.cli.here.existing import NotThereError, existing_store
from connector.cli.importing.acting import Acting, accept, acting_of
from connector.cli.importing.report import ended, lines
from connector.cli.terminal.show import say
from connector.cli.why.explaining import HEADER
from connector.mapping.mapping import Mapping
from connector.mapping.source import Source
from connector.model.delivery import IMPORTED
from connector.runtime.importing import Importer, Way
from connector.runtime.surveying import Survey, Surveyor
from connector.settings import Settings
from connector.sources.records import Record, records
from connector.store.database import Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks, and who does."""

    connection: str
    files: tuple[Path, ...]
    topic: str | None
    who: str
    acts_since: str = ""
    accept_cost: bool = False


def bring(settings: Settings, asked: Asked, *, is_dry: bool, is_sure: bool) -> None:
    """Show what the files would bring, and bring it where the person is sure.

    Raises NotThereError, NotImportedError, RecordsError, MappingError, UnansweredError and
    ImportStoppedError; SystemExit(1) where some of it could not be read.
    """
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            mapping = bootstrap.live_mapping(settings, tx)
        acting = acting_of(mapping, asked.acts_since)
        way = _way(mapping, asked, acting)
        found = _surveyed(store, mapping, way, asked, acting)
        too_much = acting.costs_too_much(settings, mapping, found) if acting else []
        if found.coming and not is_dry:
            accept(too_much, is_sure=is_sure, accept_cost=asked.accept_cost)
            _bring(store, way, asked, found)
    finally:
        store.close()
    if found.unreadable:
        raise SystemExit(1)


def _surveyed(store: Store, mapping: Mapping, way: Way, asked: Asked, acting: Acting | None) -> Survey:
    with _telling("read") as went:
        expecting = acting.expecting if acting else None
        found = Surveyor(store, mapping, way, bootstrap.clock, went, expecting).survey(_records(asked))
    for line in lines(found, asked.connection):
        say(line)
    return found


def _bring(store: Store, way: Way, asked: Asked, found: Survey) -> None:
    with _telling("brought") as went:
        importer = Importer(store, way, bootstrap.clock, asked.who, went)
        done = importer.bring(compress(_records(asked), found.sound))
    for line in ended(done):
        say(line)


def _way(mapping: Mapping, asked: Asked, acting: Acting | None) -> Way:
    """By which connection the records come. Raises NotThereError where there is none, or no topic."""
    connection = mapping.connections.get(asked.connection)
    if connection is None or connection.source is None:
        listening = sorted(one.name for one in mapping.connections.values() if one.source)
        near = get_close_matches(asked.connection, listening, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(listening) or 'none'}"
        raise NotThereError(f"no connection {asked.connection!r} listens in the live mapping; {hint}")
    source = mapping.sources[connection.source]
    if source.parse != "json":
        raise NotThereError(f"{source.name} tells by forms, and a file has none: nothing is imported by it")
    since = acting.since.isoformat() if acting else ""
    return Way(connection.name, source, {**_topic(source, asked.topic), IMPORTED: since})


def _topic(source: Source, topic: str | None) -> dict[str, str]:
    """The header in which this source names its topic. Raises NotThereError where it is wanted, or is not."""
    named = HEADER.fullmatch(source.topic.text.strip())
    if (named is not None) is (topic is not None):
        return {named[1].lower(): topic} if named and topic else {}
    if topic is not None:
        raise NotThereError(f"the topic of {source.name} stands in its records; leave --topic out")
    raise NotThereError(
        f"a record does not say what it is to {source.name}; give --topic, one of: {', '.join(source.events)}"
    )


def _records(asked: Asked) -> Iterator[Record]:
    return chain.from_iterable(map(records, asked.files))


@contextmanager
def _telling(what: str) -> Iterator[Callable[[int], None]]:
    """How far it is, on the terminal's error channel."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    count = 0

    def went(more: int) -> None:
        nonlocal count
        count += more
        click.echo(f"\r{count:,} records {what}", nl=False, err=True)

    yield went
    click.echo(err=True)
