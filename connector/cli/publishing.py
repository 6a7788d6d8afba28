"""Publishes a folder, shows what was published, and brings it back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import click

from connector import bootstrap
from connector.cli.inspecting import NotThereError, reading
from connector.cli.show import say
from connector.errors import HeldError, LoodsError, OutdatedError
from connector.mapping.folder import read_folder
from connector.mapping.working_copy import (
    MARK,
    as_bytes,
    as_texts,
    difference,
    note_version,
    version_noted,
    write_version,
)
from connector.model.showing import inert, local
from connector.runtime.publisher import Text, Version
from connector.settings import Settings
from connector.store import publications
from connector.store.database import Transaction, open_store
from connector.store.publications import Publication

LIVE, FOLDER = "live", "folder"
PATIENCE = 3.0
"""Seconds in which a running `loods run` that watches the folder has surely published what stands in it."""


class UnpublishedError(LoodsError):
    """Something would be lost or undone; the message says what, and how to do it all the same."""


class Desk:
    """Publishes for one person: who is logged in, unless `who` says otherwise."""

    def __init__(self, settings: Settings, who: str) -> None:
        self._folder = settings.mappings
        self._store = open_store(settings.database_url)
        self._publisher = bootstrap.publisher(settings, self._store, who=who)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def publish(self, why: str, over: str | None) -> None:
        """Publish the folder. Raises MappingError, UnpublishedError or StoreError and changes nothing."""
        text, live = self._text(), self._live()
        if over is not None:
            text = Text(text.files, text.unread, self._found(over))
        try:
            self._published(self._publisher.publish(text, why), live)
        except OutdatedError as error:
            self._show_change(text, live)
            raise UnpublishedError(f"{self._folder} is not published: {error}; {_remedy(error)}") from error
        except HeldError:
            if over is not None:
                _note(self._folder, str(text.made_from))
            self._leave_to_run(self._publisher.checked(text.files, text.unread).version)

    def publish_if_new(self, why: str) -> None:
        """Publish the folder unless it was live before, or would undo a change: that is said, and left so."""
        text, live = self._text(), self._live()
        mapping = self._publisher.checked(text.files, text.unread)
        with self._store.reading() as tx:
            was_live = publications.was_published(tx, mapping.version)
        if live and was_live and live.name != mapping.version:
            _warn(f"notice: {self._folder} was live before and is left alone; {live.name[:12]} is live")
            return
        try:
            self._published(self._publisher.publish(text, why), live)
        except OutdatedError as error:
            self._show_change(text, live)
            _warn(f"ALARM: {self._folder} is new and is not published: {error}; {_remedy(error)}")
        except HeldError:
            self._leave_to_run(mapping.version)

    def roll_back(self, version: str, why: str) -> None:
        """Make an older version live. Raises MappingError where it does not pass with this release."""
        with self._store.reading() as tx:
            name = _named(tx, version)
            files = as_bytes(publications.files_of(tx, name))
        live = self._live()
        made_from = live.name if live else None
        try:
            publication = self._publisher.publish(Text(files, (), made_from), why or f"back to {name[:12]}")
        except HeldError:
            self._leave_to_the_folder(name, files, live)
            return
        _say_published(publication, live)
        if read_folder(self._folder)[0] != files:
            say(f"{self._folder} holds another text; `loods pull` brings it back too")

    def _leave_to_the_folder(self, name: str, files: Mapping[str, bytes], live: Version | None) -> None:
        """Put the older text where `loods run` finds it; taken back where it does not look there."""
        if live is None:
            raise NotThereError("nothing is live yet")
        _refuse_loss(self._folder, [as_bytes(live.texts)])
        _write(self._folder, as_texts(files), live.name)
        try:
            self._leave_to_run(name)
        except UnpublishedError:
            _write(self._folder, live.texts, live.name)
            raise

    def _leave_to_run(self, version: str) -> None:
        """Wait until the running `loods run` has published the folder. Raises UnpublishedError."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            live = self._live()
            if live is not None and live.name == version:
                say(
                    f"version {version[:12]} is live: `loods run` published it from {self._folder}, as itself"
                )
                return
            time.sleep(0.1)
        raise UnpublishedError(
            f"{self._folder} is not published: `loods run` has the database and does not watch this folder; "
            "stop it first, or start it on this folder"
        )

    def _text(self) -> Text:
        """The folder's, checked before anything is made."""
        files, unread = read_folder(self._folder)
        self._publisher.checked(files, unread)
        return Text(files, unread, version_noted(self._folder))

    @staticmethod
    def _show_change(text: Text, live: Version | None) -> None:
        if live is not None:
            _show(live.texts, as_texts(text.files), (LIVE, FOLDER))

    def _live(self) -> Version | None:
        self._store.migrate()
        return self._publisher.live()

    def _found(self, version: str) -> str:
        with self._store.reading() as tx:
            return _named(tx, version)

    def _published(self, publication: Publication, before: Version | None) -> None:
        _say_published(publication, before)
        try:
            note_version(self._folder, publication.version)
        except OSError as error:
            _warn(f"notice: {self._folder / MARK} cannot be written: {error.strerror}")


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
    _show(before, after, (one, other))


def pull(settings: Settings, folder: Path, version: str, *, is_forced: bool) -> None:
    """Write a version into a folder. Raises UnpublishedError where changes would be lost."""
    with reading(settings) as tx:
        name, live = _named(tx, version), _named(tx, LIVE)
        texts = publications.files_of(tx, name)
        noted = version_noted(folder)
        known = {name, live, *((noted,) if noted and publications.was_published(tx, noted) else ())}
        published = [as_bytes(publications.files_of(tx, one)) for one in sorted(known)]
    if not is_forced:
        _refuse_loss(folder, published)
    _write(folder, texts, name)
    say(f"{folder} holds version {name[:12]}" + ("" if name == live else f"; {live[:12]} is live"))


def _refuse_loss(folder: Path, published: list[dict[str, bytes]]) -> None:
    """Raises UnpublishedError where the folder holds something that is none of these texts."""
    files, _ = read_folder(folder)
    if files and files not in published:
        raise UnpublishedError(
            f"{folder} has changes that were never published, which would be lost; "
            "`loods publish` publishes them, `loods pull --force` gives them up"
        )


def _write(folder: Path, texts: Mapping[str, str], version: str) -> None:
    try:
        write_version(folder, texts, version)
    except OSError as error:
        raise LoodsError(f"{error.filename or folder} cannot be written: {error.strerror}") from error


def _note(folder: Path, version: str) -> None:
    try:
        note_version(folder, version)
    except OSError as error:
        raise LoodsError(f"{folder / MARK} cannot be written: {error.strerror}") from error


def _texts(tx: Transaction, folder: Path, name: str) -> dict[str, str]:
    if name == FOLDER:
        return as_texts(read_folder(folder)[0])
    return publications.files_of(tx, _named(tx, name))


def _named(tx: Transaction, start: str) -> str:
    """The version that is live, or whose name begins like this. Raises NotThereError."""
    if start == LIVE:
        live = publications.live(tx)
        if live is None:
            raise NotThereError("nothing was published yet; `loods publish` or `loods run` does it")
        return live.version
    found = publications.beginning_with(tx, start)
    if len(found) != 1:
        said = "several versions begin" if found else "no version begins"
        raise NotThereError(f"{said} with {start!r}; `loods versions` shows them all")
    return found[0]


def _say_published(publication: Publication, before: Version | None) -> None:
    if before and before.publication == publication:
        say(f"version {publication.version[:12]} is live already")
        return
    instead = f" instead of {before.name[:12]}" if before else ""
    say(f"version {publication.version[:12]} is live{instead}, as publication {publication.id}")


def _show(before: Mapping[str, str], after: Mapping[str, str], names: tuple[str, str]) -> None:
    for line in difference(before, after, names):
        say(line)


def _warn(line: str) -> None:
    click.echo(inert(line), err=True)


def _remedy(error: OutdatedError) -> str:
    return (
        f"`loods publish --over {error.live[:12]}` replaces it all the same, and "
        "`loods pull --force` takes it over into the folder"
    )
