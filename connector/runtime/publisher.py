"""Publishes mappings, and loads what was published through the same check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from connector.errors import MappingError, OutdatedError, Problem
from connector.mapping.mapping import Mapping
from connector.mapping.working_copy import as_bytes, as_texts
from connector.store import publications
from connector.store.database import Store
from connector.store.publications import Publication, Signed

RELEASED: Final = "the sources and presets that come with Loods have changed"

Files: TypeAlias = Table[str, bytes]
Check: TypeAlias = Callable[[Files, Iterable[Problem]], tuple[Mapping | None, tuple[Problem, ...]]]
"""The check of files in memory, and of what was wrong before they could be read."""


@dataclass(frozen=True, slots=True)
class Text:
    """Files that somebody wants to be live, what was unreadable of them, and from which version they come."""

    files: Files
    unread: tuple[Problem, ...] = ()
    made_from: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What is live: its line in the log, and its text."""

    publication: Publication
    texts: Table[str, str]

    @property
    def name(self) -> str:
        """The hash that names the text."""
        return self.publication.version


class Publisher:
    """The only way to a live mapping: nothing is published or loaded that does not pass its check."""

    def __init__(self, store: Store, check: Check, clock: Callable[[], datetime], who: str) -> None:
        self._store = store
        self._check = check
        self._clock = clock
        self._who = who
        self._last: Mapping | None = None

    def checked(self, files: Files, unread: Iterable[Problem] = ()) -> Mapping:
        """The mapping of these files. Raises MappingError with all problems that stand in the way."""
        mapping, problems = self._check(files, unread)
        if mapping is None:
            raise MappingError(one for one in problems if one.severity == "error")
        as_texts(files)
        self._last = mapping
        return mapping

    def live(self) -> Version | None:
        """The live version, None where nothing was published yet."""
        with self._store.reading() as tx:
            publication = publications.live(tx)
            return (
                Version(publication, publications.files_of(tx, publication.version)) if publication else None
            )

    def loaded(self, version: Version) -> Mapping:
        """The mapping of a version, by the sources and presets of this release.

        Raises MappingError where it does not pass with them.
        """
        last = self._last
        return last if last and last.version == version.name else self.checked(as_bytes(version.texts))

    def newest(self) -> int:
        """The number of the newest publication: what to ask often."""
        with self._store.reading() as tx:
            return publications.newest(tx)

    def publish(self, text: Text, why: str = "") -> Publication:
        """Publish this text; the live one is left as it is.

        Raises MappingError where it does not pass, OutdatedError where it was not made from what is live.
        """
        mapping = self.checked(text.files, text.unread)
        texts, live = as_texts(text.files), self.live()
        is_same = live is not None and live.texts == texts
        is_next = is_same or self._is_text_of(text.made_from, live)
        made_from = live.name if live and is_next else text.made_from
        if live and live.name == mapping.version:
            return live.publication
        if live and live.name != made_from:
            raise OutdatedError(made_from, live.name)
        signed = Signed(self._clock(), self._who, why or (RELEASED if is_same else ""), made_from)
        return self._store.write(lambda tx: publications.publish(tx, mapping.version, texts, signed))

    def _is_text_of(self, version: str | None, live: Version | None) -> bool:
        """Whether this version's text is the live one, though a release may have given it another name."""
        if version is None or live is None:
            return False
        with self._store.reading() as tx:
            is_known = publications.was_published(tx, version)
            return is_known and publications.files_of(tx, version) == live.texts
