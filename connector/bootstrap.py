"""The composition root: the one module that names every concrete class and knows the clock.

It is long because nothing else may know them all.
"""

from __future__ import annotations

import importlib.resources
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask

from connector.errors import LoodsError, MappingError, Problem, SettingsError, StoreError
from connector.mapping.accounts import Connection, FromEnvironment, Setting
from connector.mapping.build.connections import NEEDED
from connector.mapping.folder import read_folder
from connector.mapping.json_schema import json_schema
from connector.mapping.kept import kept_trigger
from connector.mapping.load import check_files, check_folder, load_mapping, load_source
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.mapping.source import Source
from connector.mapping.working_copy import as_bytes
from connector.model.action import ActionSpec
from connector.model.delivery import Delivery
from connector.platforms.base import Platform
from connector.platforms.http import Http
from connector.platforms.hubspot import HubSpot
from connector.platforms.mailchimp import Mailchimp
from connector.runtime.crew import Crew
from connector.runtime.deciding import Clock
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.explaining import Explainer
from connector.runtime.following import PAUSE, Follower, begin
from connector.runtime.keeping import keep
from connector.runtime.live import Live
from connector.runtime.processor import Processor
from connector.runtime.publisher import Publisher
from connector.runtime.receipts import Receipts
from connector.runtime.service import Service
from connector.runtime.watching import Folder
from connector.runtime.worker import Worker
from connector.settings import Settings
from connector.store import inbox, norms, outbox, publications, stops
from connector.store.database import Store, Transaction, open_store
from connector.store.inbox import Received
from webhooks.receive import Door, create_app
from webhooks.serve import Server

log = logging.getLogger(__name__)

PLATFORMS: tuple[type[HubSpot] | type[Mailchimp] | type[Http], ...] = (HubSpot, Mailchimp, Http)


HUBSPOT_URL = "https://api.hubapi.com"


def clock() -> datetime:
    """Now, aware, in UTC: the only clock of the program."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def specs() -> list[ActionSpec]:
    """Every action that can stand in a mapping."""
    return [spec for platform in PLATFORMS for spec in platform.specs]


def shipped() -> Path:
    """The folder of the source files that come with Loods."""
    return Path(str(importlib.resources.files("connector.sources"))) / "shipped"


def check(settings: Settings) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """The mapping, if it passes its check, and all that is wrong or doubtful in it."""
    return check_folder(settings.mappings, shipped(), specs())


def load(settings: Settings) -> Mapping:
    """The checked mapping. Raises MappingError with every problem."""
    return load_mapping(settings.mappings, shipped(), specs())


def live_mapping(settings: Settings, tx: Transaction) -> Mapping:
    """The mapping that is live in this database, with what is stopped in it; the folder's where nothing was
    published yet.

    It knows what is usual among the contacts. Raises MappingError with every problem.
    """
    publication = publications.live(tx)
    if publication is None:
        return replace(load(settings), norms=norms.stored(tx))
    files = as_bytes(publications.files_of(tx, publication.version))
    mapping, problems = check_files(files, shipped(), specs())
    if mapping is None:
        raise MappingError(one for one in problems if one.severity == "error")
    return replace(mapping, norms=norms.stored(tx), stopped=_stopped(tx))


def knowing(mapping: Mapping, store: Store | None) -> Mapping:
    """The mapping with what is usual among the contacts of this store, if there is one."""
    if store is None:
        return mapping
    with store.reading() as tx:
        return replace(mapping, norms=norms.stored(tx))


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

    @property
    def mapping(self) -> Mapping:
        """The mapping that is live at this moment."""
        return self.live.mapping

    @property
    def dispatchers(self) -> tuple[Dispatcher, ...]:
        """Those of the live mapping."""
        return self.crew.dispatchers


def build(
    settings: Settings, now: Clock = clock, *, is_watched: bool = False, is_noted: bool = False
) -> System:
    """Make everything, in order. Raises SettingsError, MappingError or StoreError; nothing runs yet.

    The folder is published where nothing is live yet, or where it `is_watched`; what is live is what runs.
    A folder that is not watched is written into, to say which version it is, only where it `is_noted`.
    """
    store = open_store(settings.database_url)
    if not store.is_there:
        publisher(settings, store, now).checked(*read_folder(settings.mappings))
    try:
        store.migrate()
        return _wired(settings, store, now, is_watched=is_watched, is_noted=is_noted)
    except LoodsError:
        store.close()
        raise


def _wired(settings: Settings, store: Store, now: Clock, *, is_watched: bool, is_noted: bool) -> System:
    publishing, folder = publisher(settings, store, now), Folder(settings.mappings)
    begun = begin(publishing, folder, is_watched=is_watched, is_noted=is_noted)
    live = Live(begun.mapping, partial(keep, store, kept))
    crew = Crew(live, partial(_dispatcher, settings, store, live, now))
    processor = Processor(store, live, now, settings.resolve, crew.ring)
    follow = partial(_follow, settings, crew, live)
    follower = Follower(publishing, begun, follow, folder if is_watched else None)
    service = Service(store, processor, crew, now)
    following = Worker("follower", follower, lambda: PAUSE)
    return System(settings, live, store, processor, crew, service, follower, following)


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


def kept(files: Table[str, bytes], before: Table[str, bytes], name: str) -> Trigger | None:
    """A trigger as it stands in the files `before`, by the sources and actions of this release."""
    return kept_trigger(files, before, name, shipped(), specs())


def _try_out(settings: Settings, mapping: Mapping) -> None:
    """Raises SettingsError where a platform cannot be made with what the mapping names and we have."""
    for connection in mapping.connections.values():
        platform = _platform(settings, connection)
        if platform is not None:
            platform.close()


def explainer(settings: Settings, mapping: Mapping, store: Store | None) -> Explainer:
    """Answers what a payload would do, against what the store knows, with what is stopped in it."""
    if store is None:
        return Explainer(mapping, store, settings.resolve)
    with store.reading() as tx:
        heeding = replace(mapping, norms=norms.stored(tx), stopped=_stopped(tx))
    return Explainer(heeding, store, settings.resolve)


def _stopped(tx: Transaction) -> frozenset[str]:
    return frozenset(one.rule for one in stops.stopped(tx))


def shipped_sources() -> list[Source]:
    """The sources that come with Loods, by name."""
    return [load_source(one.read_text("utf-8"), one.name) for one in sorted(shipped().glob("*.yaml"))]


def editor_schema() -> str:
    """The JSON Schema of the mapping language, as an editor reads it."""
    names = [source.name for source in shipped_sources()]
    return json.dumps(json_schema(specs(), names), indent=2, ensure_ascii=False) + "\n"


def missing(settings: Settings, mapping: Mapping) -> list[str]:
    """What the environment does not say though the mapping names it: a sentence each, for the operator."""
    connections = mapping.connections.values()
    return [
        said for one in connections for said in (*_unheard(settings, mapping, one), *_idle(settings, one))
    ]


def _unheard(settings: Settings, mapping: Mapping, connection: Connection) -> Iterator[str]:
    """Why the connection's webhooks cannot be verified; any one of its secrets is enough."""
    if connection.source is None:
        return
    verify = mapping.sources[connection.source].verify
    lacking = ["PUBLIC_URL"] if verify.needs_url and settings.public_url is None else []
    if connection.secrets and not _secrets(settings, connection):
        lacking += [_name(connection.secrets[0])]
    user = connection.settings.get("user")
    if verify.scheme == "basic" and user is not None and settings.resolve(user) is None:
        lacking += [_name(user)]
    for name in lacking:
        yield f"{connection.name}: {name} is not set; its webhooks are answered 503 until then"


def _idle(settings: Settings, connection: Connection) -> Iterator[str]:
    """Why the connection's platform cannot be reached."""
    for key in NEEDED.get(connection.platform or "", ()):
        setting = connection.settings.get(key)
        if setting is not None and settings.resolve(setting) is None:
            yield f"{connection.name}: {_name(setting)} is not set; its actions wait until then"
    owner = connection.settings.get("owner")
    if owner is not None and settings.resolve(owner) is None:
        yield f"{connection.name}: {_name(owner)} is not set; tasks that name no owner have none until then"
    if connection.platform == "http" and connection.secrets and not _secrets(settings, connection):
        yield f"{connection.name}: {_name(connection.secrets[0])} is not set; its posts wait until then"


def _variables(connection: Connection) -> list[str]:
    settings = (*connection.settings.values(), *connection.secrets)
    return [one.variable for one in settings if isinstance(one, FromEnvironment)]


def _name(setting: Setting) -> str:
    return setting.variable if isinstance(setting, FromEnvironment) else "a setting"


def _dispatcher(
    settings: Settings, store: Store, live: Live, now: Clock, connection: Connection
) -> Dispatcher | None:
    """The dispatcher of a connection that acts and whose settings are there."""
    platform = _platform(settings, connection)
    return Dispatcher(connection.name, platform, store, live, now) if platform is not None else None


def _platform(settings: Settings, connection: Connection) -> Platform | None:
    """The platform of a connection whose settings are there. Raises SettingsError, with their names."""
    try:
        return _made(settings, connection)
    except SettingsError as error:
        named = [f"${one}" for one in _variables(connection)]
        told = f" (with {', '.join(named)})" if named else ""
        raise SettingsError(f"{connection.name}{told}: {error}") from error


def _made(settings: Settings, connection: Connection) -> Platform | None:
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    secret = next(iter(_secrets(settings, connection)), None)
    token, url, audience = said.get("token"), said.get("url"), said.get("audience")
    match connection.platform:
        case "hubspot" if token:
            return HubSpot(token, base_url=url or HUBSPOT_URL, owner=said.get("owner"))
        case "mailchimp" if token and audience:
            return Mailchimp(token, audience, store=said.get("store"), base_url=url)
        case "http" if url and (secret or not connection.secrets):
            return Http(url, secret.decode() if secret else None, clock=clock)
        case _:
            return None


def _secrets(settings: Settings, connection: Connection) -> tuple[bytes, ...]:
    values = (settings.resolve(secret) for secret in connection.secrets)
    return tuple(value.encode() for value in values if value)


def web(system: System, now: Clock = clock) -> Flask:
    """The HTTP edge of a system: a door for every connection that listens."""
    store = system.store
    doors = system.live.made(partial(_doors, system.settings))
    receipts = Receipts(now)
    return create_app(
        doors=lambda name: doors().get(name),
        receive=receipts.watching(store.receive),
        keep_failed=receipts.watching(partial(_keep_failed, store)),
        health=lambda: {
            "store": _answers(store) and receipts.is_well,
            **system.service.wellbeing(),
            system.following.name: system.following.is_well,
            "mapping": system.follower.says,
            **system.service.notices(),
        },
        clock=now,
        woke=system.processor.bell.ring,
    )


def _doors(settings: Settings, mapping: Mapping) -> dict[str, Door]:
    listening = [one for one in mapping.connections.values() if one.source is not None]
    return {one.name: _door(settings, mapping, one) for one in listening}


def _door(settings: Settings, mapping: Mapping, connection: Connection) -> Door:
    source = mapping.sources[connection.source or ""]
    secrets = _credentials(settings, connection, source)
    return Door(
        name=connection.name,
        source=source,
        secrets=secrets,
        public_url=settings.public_url,
        is_missing_secret=not secrets and source.verify.scheme != "none",
    )


def _credentials(settings: Settings, connection: Connection, source: Source) -> tuple[bytes, ...]:
    """What `webhooks.verify` takes for secrets: the password of a user together with the user."""
    secrets = _secrets(settings, connection)
    if source.verify.scheme != "basic":
        return secrets
    user = settings.resolve(connection.settings.get("user"))
    return tuple(f"{user}:".encode() + secret for secret in secrets) if user else ()


def _keep_failed(store: Store, delivery: Delivery, reason: str, path: str) -> Received:
    return store.write(lambda tx: inbox.insert_failed(tx, delivery, reason, path))


def _answers(store: Store) -> bool:
    try:
        with store.reading() as tx:
            outbox.paused(tx)
    except StoreError:
        return False
    return True


def run(system: System, stop: threading.Event, listening: Callable[[str], None]) -> bool:
    """Serve until `stop` is set; whether everything ended in time. `listening` is told the address.

    Raises SettingsError where the address cannot be listened on.
    """
    server = Server(web(system), system.settings.host, system.settings.port)
    system.service.start()
    system.following.start()
    listening(f"http://{system.settings.host}:{server.port}")
    threading.Thread(target=_stop_when, args=(stop, server), daemon=True, name="stop").start()
    server.run()
    system.following.ask_to_stop()
    is_clean = system.service.stop() & system.following.join(5.0)
    system.store.close()
    return is_clean


def _stop_when(stop: threading.Event, server: Server) -> None:
    stop.wait()
    server.stop()
