"""Keeps a process on the mapping that was published last, and publishes the folder that it watches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from connector.errors import MappingError, OutdatedError, SettingsError, StoreError
from connector.mapping.mapping import Mapping
from connector.mapping.requests import Request
from connector.mapping.working_copy import as_bytes
from connector.runtime.bell import Bell
from connector.runtime.offering import Hold, Offered, hold_nothing, note, offered, tell
from connector.runtime.publisher import WATCHED, Publisher, Signature, Text, Version
from connector.runtime.watching import Folder

log = logging.getLogger(__name__)

PAUSE = 0.2
"""Seconds between two looks. An edit is seen by the second look, so that it is live within half a second."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What a process begins with: the mapping, the number of its publication, was the folder's refused.

    `held` is the version of the folder's where a person has to accept first what it costs.
    """

    mapping: Mapping
    publication: int
    is_refused: bool = False
    held: str = ""


def begin(
    publisher: Publisher,
    folder: Folder,
    *,
    is_watched: bool,
    is_noted: bool = False,
    hold: Hold = hold_nothing,
) -> Begun:
    """Publish the folder where it is watched or nothing is live yet, and load what is live.

    What is published is noted in the folder, unless that is neither watched nor to be `is_noted`.

    A folder that is refused while something is live is told of loudly, and that runs. Raises MappingError
    where nothing is live and the folder does not pass, or where what is live does not pass with this release.
    """
    text, offer = folder.read(), Offered(is_live=True)
    if publisher.live() is None:
        _publish_first(publisher, text, folder if is_watched or is_noted else None)
    if is_watched:
        offer = offered(publisher, text, folder, hold)
    mapping, publication = _live(publisher)
    log.info("version %s is live", mapping.version[:12])
    return Begun(mapping, publication, not offer.is_live, offer.held)


def begin_published(publisher: Publisher) -> Begun:
    """Load what is live; no folder is needed for it. Raises SettingsError where nothing was published yet."""
    if publisher.live() is None:
        raise SettingsError(
            "no mapping was published yet: run `loods publish` where the folder of mapping files is"
        )
    mapping, publication = _live(publisher)
    log.info("version %s is live", mapping.version[:12])
    return Begun(mapping, publication)


class Follower:
    """One thread calls `step`; `follow` makes another mapping live."""

    def __init__(
        self,
        publisher: Publisher,
        begun: Begun,
        follow: Callable[[Mapping], None],
        folder: Folder | None,
        hold: Hold = hold_nothing,
    ) -> None:
        self.bell = Bell()
        self._publisher = publisher
        self._newest = begun.publication
        self._version = begun.mapping.version
        self._is_refused, self._held = begun.is_refused, begun.held
        self._hold = hold
        self._is_behind = False
        self._follow = follow
        self._folder = folder
        self._answered: Request | None = None

    @property
    def says(self) -> str:
        """What an operator should know of the mapping."""
        is_well = not self._is_refused and not self._is_behind
        return f"version {self._version[:12]}" if is_well else "last change refused"

    @property
    def trouble(self) -> str:
        """What is not as somebody wants it, and the remedy; empty where all is."""
        live = f"version {self._version[:12]}"
        if self._is_behind:
            return (
                f"what is live now cannot be followed here, and {live} goes on: the log says what is missing"
            )
        if self._is_refused:
            return (
                f"the folder's last change was refused, and {live} goes on: the log says why; `loods check` "
                "names what is wrong in it, and `loods publish` asks where a person has to decide"
            )
        return ""

    def step(self) -> int:
        """Publish the folder if it has changed, and follow what was published; 0, for there is no hurry."""
        if self._folder is not None:
            self._offer(self._folder)
            self._answer(self._folder)
        newest = self._publisher.newest()
        if newest != self._newest:
            self._go_to(self._publisher.live())
            self._newest = newest
        return 0

    def _offer(self, folder: Folder) -> None:
        text = folder.changed()
        if text is None:
            return
        try:
            self._offer_text(folder, text, self._hold)
        except StoreError:
            folder.forget()
            raise

    def _offer_text(self, folder: Folder, text: Text, hold: Hold) -> None:
        offer = offered(self._publisher, text, folder, hold)
        if offer.is_live and self._is_refused:
            log.info("%s is all right again", folder.path)
        self._is_refused, self._held = not offer.is_live, offer.held

    def _answer(self, folder: Folder) -> None:
        """Do what a person asks by way of the folder: sign what is live, plan anew for those who wait in it,
        bring back an older version, or publish what the folder holds though it costs much.
        """
        request = folder.request()
        if request is None or request == self._answered:
            return
        if not request.is_rollback and not self._publisher.is_live(request.version):
            if request.version != self._held:
                return  # it is asked of what stands in the folder, which is published when it has stood still
            self._accept(folder, request.version)
        try:
            self._do(request)
        except (MappingError, OutdatedError, SettingsError) as error:
            tell(error, f"version {request.version[:12]}, which {request.who} wants, cannot be live")
        self._answered = None if folder.done_with_request() else request

    def _accept(self, folder: Folder, version: str) -> None:
        """Publish what the folder holds, where it is this version: a person has seen what it costs."""

        def hold(former: Mapping | None, mapping: Mapping) -> Sequence[str]:
            return () if mapping.version == version else self._hold(former, mapping)

        self._offer_text(folder, folder.read(), hold)

    def _do(self, request: Request) -> None:
        signature, publisher = Signature(request.who, request.why, request.expected), self._publisher
        if request.is_rollback and not publisher.is_live(request.version):
            publisher.roll_back(request.version, signature, request.waiting)
        elif not publisher.plan(request.version, signature, request.waiting):
            publisher.sign(request.version, signature)

    def _go_to(self, version: Version | None) -> None:
        if version is None:
            return
        try:
            mapping = self._publisher.loaded(version)
            self._follow(mapping)
        except (MappingError, SettingsError) as error:
            tell(error, f"version {version.name[:12]}, by {version.publication.who}, cannot be followed here")
            self._is_behind = True
            return
        self._version = mapping.version
        self._is_behind = False
        why = f" ({version.publication.why})" if version.publication.why else ""
        log.info("version %s is live, by %s%s", mapping.version[:12], version.publication.who, why)


def _publish_first(publisher: Publisher, text: Text, noted: Folder | None) -> None:
    try:
        publication = publisher.publish(text, WATCHED)
    except OutdatedError:  # another process was first
        return
    if noted is not None:
        note(noted, publication.version)


def _live(publisher: Publisher) -> tuple[Mapping, int]:
    """What is live, and the number of its publication: a new one where this release names it otherwise."""
    while True:
        live = publisher.live()
        if live is None:
            raise StoreError("the log of publications is empty, though something was published just now")
        mapping = _loaded(publisher, live)
        if mapping.version == live.name:
            return mapping, live.publication.id
        with suppress(OutdatedError):  # another process published meanwhile
            return mapping, publisher.publish(Text(as_bytes(live.texts))).id


def _loaded(publisher: Publisher, version: Version) -> Mapping:
    try:
        return publisher.loaded(version)
    except MappingError as error:
        tell(error, f"version {version.name[:12]} is live and does not pass with this release")
        raise
