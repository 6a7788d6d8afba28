"""Publishes mappings, and loads what was published through the same check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from connector.errors import MappingError, OutdatedError, Problem, StoreError
from connector.failpoints import reach
from connector.mapping.mapping import Mapping, Plan
from connector.mapping.scalars import is_not_carried_out
from connector.mapping.working_copy import as_bytes, as_texts
from connector.runtime.planning import Choice, choice, planned
from connector.store import expectations, plans, publications
from connector.store.database import Store, Transaction
from connector.store.publications import Publication, Signed

RELEASED: Final = "the sources and presets that come with Loods have changed"
WATCHED: Final = "`loods run` found it in the folder"
"""Why something is live that nobody has given a reason for, but for having saved it."""

KEEP_ALL: Final[Table[str, Plan]] = MappingProxyType({})
"""Who waits goes on by the text under which it began."""

NOTHING_SHOWN: Final[Table[str, int]] = MappingProxyType({})
"""Nobody was shown whom a publication reaches: the usual fuses hold."""

Files: TypeAlias = Table[str, bytes]
Check: TypeAlias = Callable[[Files, Iterable[Problem]], tuple[Mapping | None, tuple[Problem, ...]]]
"""The check of files in memory, and of what was wrong before they could be read."""

TryOut: TypeAlias = Callable[[Mapping], None]
"""Raises SettingsError where a setting that a mapping names cannot be used here."""


@dataclass(frozen=True, slots=True)
class Text:
    """Files that somebody wants to be live, what of them was unreadable, and what they were made from.

    That is a row of versions, newest first: whoever knows one of them knows what the text comes from.
    """

    files: Files
    unread: tuple[Problem, ...] = ()
    made_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What is live: its line in the log, and its text."""

    publication: Publication
    texts: Table[str, str]

    @property
    def name(self) -> str:
        """The hash that names the text."""
        return self.publication.version


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes, and why; why may be empty. `expected` has by rule how many runs were shown to them."""

    who: str
    why: str = ""
    expected: Table[str, int] = field(default_factory=dict)


class Publisher:
    """The only way to a live mapping: nothing is published or loaded that does not pass its check.

    Nor is anything that passes and that this release does not carry out whole, or that names a setting which
    cannot be used here.
    """

    def __init__(
        self, store: Store, check: Check, try_out: TryOut, clock: Callable[[], datetime], who: str
    ) -> None:
        self._store = store
        self._check = check
        self._try_out = try_out
        self._clock = clock
        self._who = who
        self._last: Mapping | None = None

    def checked(self, files: Files, unread: Iterable[Problem] = ()) -> Mapping:
        """The mapping of these files. Raises MappingError with all problems that stand in the way."""
        mapping, problems = self._check(files, unread)
        if mapping is None or any(map(is_not_carried_out, problems)):
            raise MappingError(
                replace(one, severity="error")
                for one in problems
                if one.severity == "error" or is_not_carried_out(one)
            )
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

    def is_live(self, version: str) -> bool:
        """Whether it is this version that is live."""
        live = self.live()
        return live is not None and live.name == version

    def newest(self) -> int:
        """The number of the newest publication: what to ask often."""
        with self._store.reading() as tx:
            return publications.newest(tx)

    def replaced(self, mapping: Mapping) -> Mapping | None:
        """What this mapping replaces if it is published; None where nothing is live, or nobody can read that.

        Where it is live already, that is the mapping itself; or what it has replaced, if it was only found in
        a folder and nobody has signed it.
        """
        live = self.live()
        if live is None or live.name != mapping.version:
            return self._former(live.name) if live else None
        line = live.publication
        return self._former(line.made_from) if line.why == WATCHED and line.made_from else mapping

    def publish(
        self,
        text: Text,
        why: str = "",
        waiting: Table[str, Plan] = KEEP_ALL,
        expected: Table[str, int] = NOTHING_SHOWN,
    ) -> Publication:
        """Publish this text; where it is live already, that is left as it is.

        `waiting` says by trigger what becomes of runs that wait in it under another text than this one; that
        is written into the log also where the text is live already. `expected` has by rule how many runs
        were shown to the person who publishes.

        Raises MappingError where it does not pass, OutdatedError where it was not made from what is live,
        SettingsError where a setting that it names cannot be used.
        """
        mapping = self.checked(text.files, text.unread)
        texts, live = as_texts(text.files), self.live()
        if live and live.name == mapping.version:
            return self.plan(live.name, Signature(self._who, why, expected), waiting) or live.publication
        is_same = live is not None and live.texts == texts
        nearest = self._nearest(text.made_from)
        made_from = live.name if live and (is_same or self._is_text_of(nearest, live)) else nearest
        if live and live.name != made_from:
            raise OutdatedError(made_from, live.name)
        self._try_out(mapping)
        reason = RELEASED if is_same and why in {"", WATCHED} else why
        signed = Signed(self._clock(), self._who, reason, made_from)
        chosen = choice(waiting, self._former(made_from) if waiting else None, expected)
        return self._store.write(lambda tx: _publish(tx, mapping, texts, signed, chosen))

    def plan(self, version: str, signature: Signature, waiting: Table[str, Plan]) -> Publication | None:
        """Plan anew for those who wait, where this version is live: one more line of the log.

        None where another version is live, or nothing is planned otherwise than it was.
        """
        live = self.live()
        if live is None or live.name != version or not waiting:
            return None
        mapping = self.loaded(live)
        signed = Signed(self._clock(), signature.who, signature.why, version)
        chosen = choice(waiting, self._former(live.publication.made_from), signature.expected)
        return self._store.write(lambda tx: _plan(tx, mapping, signed, chosen))

    def roll_back(
        self, version: str, signature: Signature, waiting: Table[str, Plan] = KEEP_ALL
    ) -> Publication:
        """Make a version live that was live before, whatever is live now; `waiting` as for `publish`.

        Raises MappingError where it does not pass with this release, SettingsError as `publish` does,
        OutdatedError where nothing is known of it, or somebody publishes at the same moment.
        """
        live = self._is_there()
        with self._store.reading() as tx:
            if not publications.was_published(tx, version):
                raise OutdatedError(version, live.name)
            texts = publications.files_of(tx, version)
        mapping = self.checked(as_bytes(texts))
        if mapping.version == live.name:
            return self.plan(live.name, signature, waiting) or live.publication
        self._try_out(mapping)
        signed = Signed(self._clock(), signature.who, signature.why, live.name)
        chosen = choice(waiting, self._former(live.name) if waiting else None, signature.expected)
        return self._store.write(lambda tx: _publish(tx, mapping, texts, signed, chosen))

    def sign(self, version: str, signature: Signature) -> Publication | None:
        """Say who wanted what is live, and why, where it is this version and was only found in a folder.

        None where it is another one, or somebody has signed it.
        """
        live = self.live()
        if live is None or live.name != version or live.publication.why != WATCHED:
            return None
        line = live.publication
        return self._store.write(lambda tx: _sign(tx, line, signature))

    def _former(self, version: str | None) -> Mapping | None:
        """What was published as this version; None where nothing was, or this release cannot read it."""
        with self._store.reading() as tx:
            if version is None or not publications.was_published(tx, version):
                return None
            texts = publications.files_of(tx, version)
        mapping, _ = self._check(as_bytes(texts), ())
        return mapping

    def _is_there(self) -> Version:
        live = self.live()
        if live is None:
            raise StoreError("nothing was published yet")
        return live

    def _nearest(self, made_from: Sequence[str]) -> str | None:
        """The newest of these versions that this database knows; where it knows none, the newest."""
        with self._store.reading() as tx:
            known = publications.published_of(tx, made_from)
        return next((one for one in made_from if one in known), made_from[0] if made_from else None)

    def _is_text_of(self, version: str | None, live: Version | None) -> bool:
        """Whether this version's text is the live one, though a release may have given it another name."""
        if version is None or live is None:
            return False
        with self._store.reading() as tx:
            is_known = publications.was_published(tx, version)
            return is_known and publications.files_of(tx, version) == live.texts


def _publish(
    tx: Transaction, mapping: Mapping, texts: Table[str, str], signed: Signed, chosen: Choice
) -> Publication:
    """Publish, and plan for those who wait, in one."""
    publications.in_turn(tx)
    before, plan = publications.newest(tx), planned(tx, mapping, chosen)
    line = publications.publish(tx, mapping.version, texts, signed)
    if line.id != before:
        plans.store(tx, line.id, plan)
        expectations.store(tx, line.id, chosen.expected)
    reach("published-before-commit")
    return line


def _sign(tx: Transaction, line: Publication, signature: Signature) -> Publication | None:
    signed = publications.sign(tx, line, signature.who, signature.why or line.why)
    if signed is not None:
        expectations.store(tx, line.id, signature.expected)
    return signed


def _plan(tx: Transaction, mapping: Mapping, signed: Signed, chosen: Choice) -> Publication | None:
    """Plan anew for those who wait, in another line of the log; None where nothing changes."""
    publications.in_turn(tx)
    live, plan = publications.live(tx), planned(tx, mapping, chosen)
    if live is not None and plans.of_publication(tx, live.id) == plan:
        return None
    line = publications.repeat(tx, signed)
    plans.store(tx, line.id, plan)
    expectations.store(tx, line.id, chosen.expected)
    return line
