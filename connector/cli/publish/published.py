"""What was published: the log, what changed, and a version brought back into a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from connector.cli.here.asking_run import UnpublishedError
from connector.cli.here.existing import NotThereError, reading
from connector.cli.terminal.show import say
from connector.errors import LoodsError, MappingError
from connector.mapping.folder import read_folder, what_is_in
from connector.mapping.working_copy import as_bytes, as_texts, difference, versions_noted, write_version
from connector.model.showing import local
from connector.settings import Settings
from connector.store import publications
from connector.store.database import Transaction

LIVE, FOLDER = "live", "folder"
_LONGEST_NUMBER: Final = 9
"""Digits that are read as the number of a publication; more are the beginning of a version's name."""


def show_log(settings: Settings, limit: int) -> None:
    """Print the log of publications, newest first."""
    with reading(settings) as tx:
        lines = publications.listing(tx, limit)
    for number, one in enumerate(lines):
        is_live = "  live" if number == 0 else ""
        why = f"  {one.why}" if one.why else ""
        say(f"{one.id:>5}  {local(one.at)}  {one.version[:12]}  {one.who}{why}{is_live}")
    if not lines:
        click.echo("nothing was published yet")


def show_difference(settings: Settings, one: str, other: str) -> None:
    """Print what changed from one to the other: versions, what is live, or the folder."""
    with reading(settings) as tx:
        before, after = (_texts(tx, settings.mappings, name) for name in (one, other))
    if before == after:
        say(f"{one} and {other} are the same")
    show_change(before, after, (one, other))


def pull(settings: Settings, folder: Path, version: str, *, is_forced: bool) -> None:
    """Write a version into a folder. Raises UnpublishedError where changes would be lost."""
    with reading(settings) as tx:
        name, live = named(tx, version), named(tx, LIVE)
        texts, versions = publications.files_of(tx, name), publications.ancestry(tx, name)
        known = {name, live, *publications.published_of(tx, versions_noted(folder))}
        published = [as_bytes(publications.files_of(tx, one)) for one in sorted(known)]
    if not is_forced:
        refuse_loss(folder, published)
    write(folder, texts, versions)
    say(f"{folder} holds version {name[:12]}" + ("" if name == live else f"; {live[:12]} is live"))


def refuse_loss(folder: Path, published: Sequence[Mapping[str, bytes]]) -> None:
    """Raises UnpublishedError where the folder holds what is none of these texts, or cannot be read."""
    files, unread = what_is_in(folder)
    if unread or (files and files not in published):
        said = f"; {unread[0]}" if unread else ""
        raise UnpublishedError(
            f"{folder} has changes that were never published, which would be lost{said}; "
            "`loods publish` publishes them, `loods pull --force` gives them up"
        )


def write(folder: Path, texts: Mapping[str, str], versions: Sequence[str]) -> None:
    """Put a version's texts into the folder, with its mark. Raises LoodsError where that cannot be."""
    with writing(folder):
        write_version(folder, texts, versions)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """What is written inside tells of a disk that refuses as a LoodsError."""
    try:
        yield
    except OSError as error:
        raise LoodsError(f"{error.filename or folder} cannot be written: {error.strerror}") from error


def _texts(tx: Transaction, folder: Path, name: str) -> dict[str, str]:
    if name == FOLDER:
        return _all_of(folder)
    return publications.files_of(tx, named(tx, name))


def _all_of(folder: Path) -> dict[str, str]:
    """The folder's texts. Raises MappingError where not all of them can be read."""
    files, unread = read_folder(folder)
    if unread:
        raise MappingError(unread)
    return as_texts(files)


def named(tx: Transaction, said: str) -> str:
    """The version that is live, whose publication has this number, or whose name begins like this.

    A number is one of the log's where it has such a line. Raises NotThereError.
    """
    if said == LIVE:
        live = publications.live(tx)
        if live is None:
            raise NotThereError("nothing was published yet; `loods publish` or `loods run` does it")
        return live.version
    if (version := _of_line(tx, said)) is not None:
        return version
    found = publications.beginning_with(tx, said.lower())
    if len(found) != 1:
        several = "several versions begin" if found else "no version begins"
        raise NotThereError(f"{several} with {said!r}; `loods versions` shows them all")
    return found[0]


def _of_line(tx: Transaction, said: str) -> str | None:
    digits = said.strip()
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_NUMBER
    return publications.numbered(tx, int(digits)) if is_number else None


def show_change(before: Mapping[str, str], after: Mapping[str, str], names: tuple[str, str]) -> None:
    """Print the lines that differ."""
    for line in difference(before, after, names):
        say(line)
