"""Publishes a folder, or what was published before."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import click

from connector import bootstrap
from connector.bootstrap.pricing import Change
from connector.cli.here.asking_run import UnpublishedError, ask_run
from connector.cli.publish import confirming, of_history, who_waits
from connector.cli.publish.confirming import Sure
from connector.cli.publish.published import FOLDER, LIVE, named, refuse_loss, show_change, write, writing
from connector.cli.terminal.show import say
from connector.errors import HeldError, MappingError, OutdatedError
from connector.mapping.folder import read_folder, what_is_in
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.mapping import Plan
from connector.mapping.requests import Request
from connector.mapping.working_copy import (
    MARK,
    as_bytes,
    as_texts,
    note_version,
    note_versions,
    versions_noted,
)
from connector.model.showing import inert
from connector.runtime.publisher import KEEP_ALL, Signature, Text, Version
from connector.settings import Settings
from connector.store import publications
from connector.store.database import Place, open_store
from connector.store.publications import Publication


class Desk:
    """Publishes for one person: who is logged in, unless `who` says otherwise."""

    def __init__(self, settings: Settings, who: str) -> None:
        self._settings, self._folder = settings, settings.mappings
        self._who = who or settings.login
        self._is_named = bool(who)
        self._store = open_store(settings.database_url, Place.GUEST)
        self._publisher = bootstrap.publisher(settings, self._store, who=who)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def publish(self, why: str, over: str | None, waiting: Mapping[str, Plan], sure: Sure) -> None:
        """Publish the folder, after showing who waits in what it changes, whom it reaches, and what that
        costs, and asking.

        Raises MappingError, UnpublishedError, StoreError or UnansweredError and changes nothing.
        """
        text, live = self._text(), self._live()
        mapping = self._publisher.checked(text.files, text.unread)
        who_waits.show(self._store, mapping, text.files, waiting)
        former = self._publisher.replaced(mapping)
        of_history.show(self._store, former, mapping)
        change = Change(self._settings, self._store, former, mapping)
        expected = confirming.confirmed(change, bootstrap.clock(), sure)
        if over is not None:
            text = Text(text.files, text.unread, (self._found(over), *text.made_from))
        try:
            self._publish(text, Signature(self._who, why, expected), live, waiting)
        except OutdatedError as error:
            self._show_change(text, live)
            raise UnpublishedError(f"{self._folder} is not published: {error}; {_remedy(error)}") from error
        except HeldError:
            if over is not None:
                with writing(self._folder):
                    note_versions(self._folder, text.made_from)
            self._ask_run(Request(mapping.version, self._who, why, waiting=waiting, expected=expected))

    def publish_if_new(self, why: str, sure: Sure) -> None:
        """Publish the folder unless it was live before, would undo a change, is too dear or does not pass.

        That is said, and left so: what is live goes on. Raises MappingError where nothing is live.
        """
        text, live = self._read(), self._live()
        try:
            mapping = self._publisher.checked(text.files, text.unread)
        except MappingError as error:
            self._alarm(error, live)
            return
        with self._store.reading() as tx:
            was_live = publications.was_published(tx, mapping.version)
        if live and was_live and live.name != mapping.version:
            _warn(f"notice: {self._folder} was live before and is left alone; {live.name[:12]} is live")
            return
        former = self._publisher.replaced(mapping)
        of_history.show(self._store, former, mapping)
        if self._is_too_dear(former, mapping, sure):
            return
        try:
            self._publish(text, Signature(self._who, why), live)
        except OutdatedError as error:
            self._show_change(text, live)
            _warn(f"ALARM: {self._folder} is new and is not published: {error}; {_remedy(error)}")
        except HeldError:
            self._ask_run(Request(mapping.version, self._who, why))

    def _is_too_dear(self, former: Rules | None, mapping: Rules, sure: Sure) -> bool:
        """Whether a person has to accept first what it costs; that is said."""
        change = Change(self._settings, self._store, former, mapping)
        too_much = [] if sure.of_cost else confirming.too_dear(change, bootstrap.clock())
        if too_much:
            _warn(f"ALARM: {self._folder} is new and is not published: {confirming.refusal(too_much)}")
        return bool(too_much)

    def roll_back(self, version: str, why: str, waiting: Mapping[str, Plan], sure: Sure) -> None:
        """Make an older version live, after showing what publishing shows, and asking.

        Raises MappingError where it does not pass with this release; else as `publish` does.
        """
        live, name = self._live(), self._found(version)
        expected = self._confirmed(name, waiting, sure)
        request = Request(name, self._who, why or f"back to {name[:12]}", True, waiting, expected)
        try:
            signature = Signature(request.who, request.why, expected)
            _say_published(self._publisher.roll_back(name, signature, waiting), live)
            self._say_of_folder(name, "`loods pull` brings it back there too")
        except HeldError:
            self._ask_run(request)
            self._bring_back(name, live)

    def _confirmed(self, version: str, waiting: Mapping[str, Plan], sure: Sure) -> Mapping[str, int]:
        with self._store.reading() as tx:
            files = as_bytes(publications.files_of(tx, version))
        mapping = self._publisher.checked(files)
        who_waits.show(self._store, mapping, files, waiting)
        former = self._publisher.replaced(mapping)
        of_history.show(self._store, former, mapping)
        change = Change(self._settings, self._store, former, mapping)
        return confirming.confirmed(change, bootstrap.clock(), sure)

    def _bring_back(self, name: str, before: Version | None) -> None:
        """Put the older text into the folder that `loods run` watches, unless something would be lost."""
        with self._store.reading() as tx:
            texts, versions = publications.files_of(tx, name), publications.ancestry(tx, name)
        published = [as_bytes(one) for one in (texts, before.texts if before else {})]
        try:
            refuse_loss(self._folder, published)
        except UnpublishedError:
            self._say_of_folder(
                name, "it is left as it is; `loods pull --force` gives it up for the live one"
            )
            return
        write(self._folder, texts, versions)

    def _say_of_folder(self, name: str, then: str) -> None:
        with self._store.reading() as tx:
            files = as_bytes(publications.files_of(tx, name))
        there, unread = what_is_in(self._folder)
        if unread or there != files:
            say(f"notice: {self._folder} holds another text than what is live now; {then}")

    def _publish(
        self, text: Text, signed: Signature, live: Version | None, waiting: Mapping[str, Plan] = KEEP_ALL
    ) -> None:
        publication = self._publisher.publish(text, signed.why, waiting, signed.expected)
        if signed.why or self._is_named or signed.expected:  # `loods run` may have been first just now
            self._publisher.sign(publication.version, signed)
        self._published(publication, live)

    def _ask_run(self, request: Request) -> None:
        """Let the running `loods run` do it, and wait until it has. Raises UnpublishedError."""
        with writing(self._folder):
            live = ask_run(self._folder, request, self._live)
        line = live.publication
        say(f"version {live.name[:12]} is live: `loods run` published it, by {line.who}: {line.why}")

    def _text(self) -> Text:
        """The folder's, checked before anything is made."""
        text = self._read()
        self._publisher.checked(text.files, text.unread)
        return text

    def _read(self) -> Text:
        files, unread = read_folder(self._folder)
        return Text(files, unread, versions_noted(self._folder))

    def _alarm(self, error: MappingError, live: Version | None) -> None:
        if live is None:
            raise error
        for problem in error.problems:
            _warn(str(problem))
        _warn(f"ALARM: {self._folder} cannot be published; {live.name[:12]} stays live")

    @staticmethod
    def _show_change(text: Text, live: Version | None) -> None:
        if live is not None:
            show_change(live.texts, as_texts(text.files), (LIVE, FOLDER))

    def _live(self) -> Version | None:
        self._store.migrate()
        return self._publisher.live()

    def _found(self, version: str) -> str:
        with self._store.reading() as tx:
            return named(tx, version)

    def _published(self, publication: Publication, before: Version | None) -> None:
        _say_published(publication, before)
        try:
            note_version(self._folder, publication.version)
        except OSError as error:
            _warn(f"notice: {self._folder / MARK} cannot be written: {error.strerror}")


def _say_published(publication: Publication, before: Version | None) -> None:
    if before and before.publication == publication:
        say(f"version {publication.version[:12]} is live already")
        return
    if before and before.name == publication.version:
        say(f"version {before.name[:12]} stays live, as publication {publication.id}, for those who wait")
        return
    instead = f" instead of {before.name[:12]}" if before else ""
    say(f"version {publication.version[:12]} is live{instead}, as publication {publication.id}")


def _warn(line: str) -> None:
    click.echo(inert(line), err=True)


def _remedy(error: OutdatedError) -> str:
    return (
        f"`loods publish --over {error.live[:12]}` replaces it all the same, and "
        "`loods pull --force` takes it over into the folder"
    )
