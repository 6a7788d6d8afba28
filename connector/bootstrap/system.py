"""Everything of one process, made and wired."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from functools import partial

from connector.bootstrap.breaking import arm_as_asked
from connector.bootstrap.connections import credentials_of, missing, platform_of
from connector.bootstrap.doors import Doors
from connector.bootstrap.mappings import kept, shipped, specs, stopped_rules
from connector.bootstrap.now import clock
from connector.bootstrap.panel import Parts, ears, panel
from connector.bootstrap.polling import feeds_of
from connector.bootstrap.pricing import Change, too_dear
from connector.bootstrap.role import Role
from connector.errors import LoodsError, Problem
from connector.mapping.accounts import Connection
from connector.mapping.folder import read_folder
from connector.mapping.load import check_files
from connector.mapping.mapping import Mapping
from connector.platforms.base import Platform
from connector.runtime.crew import Crew
from connector.runtime.deciding import Clock
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duties
from connector.runtime.explaining import Explainer
from connector.runtime.following import PAUSE, Begun, Follower, begin, begin_published
from connector.runtime.keeping import keep
from connector.runtime.live import Live
from connector.runtime.observing import Observer
from connector.runtime.offering import Hold, hold_nothing
from connector.runtime.polling import Poller
from connector.runtime.processor import Processor
from connector.runtime.publisher import Publisher
from connector.runtime.service import Service
from connector.runtime.watching import Folder
from connector.runtime.worker import Worker
from connector.settings import Settings
from connector.store import norms
from connector.store.database import Place, Store, open_store
from connector.store.news import News
from connector.telemetry.clocks import Clocks
from connector.telemetry.panel import Panel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class System:
    """Everything of one process, wired and not yet started."""

    settings: Settings
    live: Live
    store: Store
    processor: Processor
    crew: Crew
    service: Service
    follower: Follower
    following: Worker
    panel: Panel
    role: Role

    @property
    def mapping(self) -> Mapping:
        """The mapping that is live at this moment."""
        return self.live.mapping

    @property
    def dispatchers(self) -> tuple[Dispatcher, ...]:
        """Those of the live mapping."""
        return self.crew.dispatchers


def build(
    settings: Settings,
    now: Clock = clock,
    doors: Doors | None = None,
    *,
    is_watched: bool = False,
    is_noted: bool = False,
) -> System:
    """Make everything, in order. Raises SettingsError, MappingError or StoreError; nothing runs yet.

    The folder is published where nothing is live yet, or where it `is_watched`; what is live is what runs.
    A folder that is not watched is written into, to say which version it is, only where it `is_noted`.
    The platforms are called through `doors`.
    """
    arm_as_asked(settings)
    store = open_store(settings.database_url)
    if not store.is_there:
        publisher(settings, store, now).checked(*read_folder(settings.mappings))
    try:
        store.migrate()
        return _wired(settings, store, now, doors or Doors(), is_watched=is_watched, is_noted=is_noted)
    except LoodsError:
        store.close()
        raise


def build_beside(settings: Settings, role: Role, now: Clock = clock) -> System:
    """Make what a process needs that has others beside it. Nothing is migrated, and no folder is read.

    Raises HeldError where SQLite's file is another's, SettingsError where nothing was published yet.
    """
    arm_as_asked(settings)
    store = open_store(settings.database_url, Place(role.value))
    try:
        store.take_place()
        publishing = publisher(settings, store, now)
        return _made(settings, store, now, Doors(), _Beginning(publishing, begin_published(publishing), role))
    except LoodsError:
        store.close()
        raise


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The mapping with which a process begins, and where the next one comes from."""

    publishing: Publisher
    begun: Begun
    role: Role
    folder: Folder | None = None
    hold: Hold = hold_nothing


def _wired(
    settings: Settings, store: Store, now: Clock, doors: Doors, *, is_watched: bool, is_noted: bool
) -> System:
    publishing, folder = publisher(settings, store, now), Folder(settings.mappings)
    hold = partial(_too_dear, settings, store, now)
    begun = begin(publishing, folder, is_watched=is_watched, is_noted=is_noted, hold=hold)
    watched = folder if is_watched else None
    return _made(settings, store, now, doors, _Beginning(publishing, begun, Role.WHOLE, watched, hold))


def _made(settings: Settings, store: Store, now: Clock, doors: Doors, beginning: _Beginning) -> System:
    Clocks(clock).require_right(store)
    begun, role = beginning.begun, beginning.role
    live = Live(begun.mapping, partial(keep, store, kept))
    heard = ears(settings, store, now)
    observer = heard.observer
    duties = Duties(store, partial(credentials_of, settings))
    made = partial(platform_of, settings, doors=doors)
    dispatcher = partial(_dispatcher, made, store, live, now, observer)
    crew = Crew(live, dispatcher if role.works else _no_dispatcher, duties)
    processor = Processor(store, live, now, settings.resolve, partial(_ring, store, crew), observer)
    follow = partial(_follow, settings, crew, live)
    follower = Follower(beginning.publishing, begun, follow, beginning.folder, beginning.hold)
    service = Service(store, processor, crew, now, settings.keep, works=role.works)
    came = partial(_arrived, store, processor)
    service.ask_by(Poller(store, live, partial(feeds_of, settings, doors=doors), now, came))
    following = Worker("follower", follower, lambda: PAUSE)
    parts = Parts(store, live, lambda: _wellbeing(service, following), service.notices, follower)
    shown = panel(settings, parts, heard, now)
    return System(settings, live, store, processor, crew, service, follower, following, shown, role)


def _ring(store: Store, crew: Crew) -> None:
    """There is something to dispatch, here or in another process."""
    crew.ring()
    store.tell(News.ACTIONS)


def _arrived(store: Store, processor: Processor) -> None:
    """There is something to process, here or in another process."""
    processor.bell.ring()
    store.tell(News.DELIVERIES)


def _too_dear(
    settings: Settings, store: Store, now: Clock, former: Mapping | None, mapping: Mapping
) -> list[str]:
    """What a folder's change costs that is for a person to accept."""
    return too_dear(Change(settings, store, former, mapping), now())


def _wellbeing(service: Service, following: Worker) -> dict[str, bool]:
    """Each thread that works behind the receiver, and whether it is well."""
    return {**service.wellbeing(), following.name: following.is_well}


def _follow(settings: Settings, crew: Crew, live: Live, mapping: Mapping) -> None:
    """Make another mapping live, and say what it names and the environment does not have."""
    known = set(missing(settings, live.mapping))
    crew.follow(mapping)
    for notice in missing(settings, mapping):
        if notice not in known:
            log.warning("%s", notice)


def publisher(settings: Settings, store: Store, now: Clock = clock, who: str = "") -> Publisher:
    """Publishes for `who`, or else for who is logged in, by the sources and actions of this release."""

    def check_text(
        files: Table[str, bytes], unread: Iterable[Problem]
    ) -> tuple[Mapping | None, tuple[Problem, ...]]:
        return check_files(files, shipped(), specs(), unread)

    return Publisher(store, check_text, partial(_try_out, settings), now, who or settings.login)


def _try_out(settings: Settings, mapping: Mapping) -> None:
    """Raises SettingsError where a platform cannot be made with what the mapping names and we have."""
    for connection in mapping.connections.values():
        platform = platform_of(settings, connection, Doors())
        if platform is not None:
            platform.close()


def explainer(settings: Settings, mapping: Mapping, store: Store | None) -> Explainer:
    """Answers what a payload would do, against what the store knows, with what is stopped in it."""
    if store is None:
        return Explainer(mapping, store, settings.resolve)
    with store.reading() as tx:
        heeding = replace(mapping, norms=norms.stored(tx), stopped=stopped_rules(tx))
    return Explainer(heeding, store, settings.resolve)


def _no_dispatcher(_connection: Connection) -> None:
    """Who only receives calls no platform."""


def _dispatcher(
    made: Callable[[Connection], Platform | None],
    store: Store,
    live: Live,
    now: Clock,
    observer: Observer,
    connection: Connection,
) -> Dispatcher | None:
    """The dispatcher of a connection that acts and whose settings are there."""
    platform = made(connection)
    if platform is None:
        return None
    return Dispatcher(connection.name, platform, store, live, now, observer)
