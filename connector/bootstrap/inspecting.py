"""Asking the live accounts whether they have what a mapping needs, all at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeAlias

from connector.bootstrap.connections import HUBSPOT_URL, missing
from connector.bootstrap.doors import Doors
from connector.bootstrap.setting_up import Place, Site, sites
from connector.errors import DispatchError, SettingsError
from connector.mapping.accounts import Connection, FromEnvironment
from connector.mapping.build.connections import NEEDED
from connector.mapping.mapping import Mapping
from connector.model.finding import Finding, Severity
from connector.platforms.door.lane import Lane
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.inspection.inspector import HubSpotInspector
from connector.platforms.hubspot.tags import kept_in
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.inspecting import Inspector, Question, of_whole, questions, unasked
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.inspection.inspector import MailchimpInspector
from connector.platforms.planned import judged
from connector.settings import Settings

DEADLINE: Final = 30.0
"""Seconds for all calls to one account."""
UNASKED: Final = "L108"
"""The code of an account that is not asked for want of settings."""
_AT_ONCE: Final = 8
_Job: TypeAlias = Callable[[], list[Finding]]


def inspect(settings: Settings, mapping: Mapping) -> list[Finding]:
    """What the accounts say of what the mapping names. Nothing is written, and nothing raised.

    An account that does not answer keeps no other waiting: each has its own thread and deadline.
    """
    asked, doors = questions(mapping, settings.resolve), Doors()
    jobs = [_of_account(settings, mapping.connections[name], one, doors) for name, one in asked.items()]
    return _done(jobs)


def inspect_webhooks(settings: Settings, mapping: Mapping) -> list[Finding]:
    """Whether the webhooks of each connection are verified here, and come to our own address."""
    return [*_unset(settings, mapping), *_done(list(_of_webhooks(settings, mapping)))]


def _done(jobs: Sequence[_Job]) -> list[Finding]:
    with ThreadPoolExecutor(_AT_ONCE, "inspection") as threads:
        return [one for some in threads.map(lambda job: job(), jobs) for one in some]


def _unset(settings: Settings, mapping: Mapping) -> Iterator[Finding]:
    """The variables that the mapping names and the environment does not have."""
    for said in missing(settings, mapping):
        name, _, message = said.partition(": ")
        place = mapping.connections[name].place
        remedy = "set it where Loods runs"
        yield Finding(Severity.ERROR, "L107", name, message, remedy, place.file, place.line, place.column)


def _of_account(settings: Settings, connection: Connection, question: Question, doors: Doors) -> _Job:
    def look() -> list[Finding]:
        try:
            inspector = _inspector(settings, connection, doors)
        except SettingsError as error:
            return [of_whole(question, Severity.ERROR, "L107", str(error), "set it where Loods runs")]
        if inspector is None:
            return list(_unaskable(settings, question, connection))
        try:
            return list(inspector.inspect(question))
        finally:
            inspector.close()

    return look


def _inspector(settings: Settings, connection: Connection, doors: Doors) -> Inspector | None:
    """None where the settings are not all there, or where nothing can be asked without doing something.

    It waits as a process does that asks again and again: what is live goes first, by what the platform tells
    of its limits.
    """
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    token, url, audience = said.get("token"), said.get("url"), said.get("audience")
    match connection.platform:
        case "hubspot" if token:
            api = said.get("api") or USUAL
            client = HubSpotClient(token, base_url=url or HUBSPOT_URL, deadline=DEADLINE, api=api)
            client.go_through(doors.gate("hubspot", token, Lane.POLL))
            return HubSpotInspector(client, token, tags=kept_in(said.get("tags")))
        case "mailchimp" if token and audience:
            chimp = MailchimpClient(token, base_url=url, deadline=DEADLINE)
            chimp.go_through(doors.gate("mailchimp", token, Lane.POLL))
            return MailchimpInspector(chimp, audience)
        case _:
            return None


def _unaskable(settings: Settings, question: Question, connection: Connection) -> Iterator[Finding]:
    """That an account was not asked for want of settings; an address of http can only be posted to."""
    needed = NEEDED.get(connection.platform or "", ())
    if needed != NEEDED["http"]:
        said = [connection.settings[key] for key in needed if key in connection.settings]
        unset = [
            f"${one.variable}"
            for one in said
            if isinstance(one, FromEnvironment) and not settings.resolve(one)
        ]
        message = f"the account is not asked: {' and '.join(unset) or 'a setting'} is not set here"
        yield of_whole(question, Severity.WARNING, UNASKED, message, "set it for this command too")


def _of_webhooks(settings: Settings, mapping: Mapping) -> Iterator[_Job]:
    """Nobody knows whether they come here where our own address is not set."""
    if settings.public_url is None:
        return
    for site in sites(settings, mapping, Place(settings.public_url)):
        connection = mapping.connections[site.wanted.connection]
        if connection.source is not None:
            yield _look_at(site, Question(connection.name, connection.place, ()), connection.source)


def _look_at(site: Site, question: Question, source: str) -> _Job:
    def look() -> list[Finding]:
        if site.builder is None or source == "hubspot":
            message = "whether its webhooks come here cannot be asked"
            remedy = "`loods connect --dry-run` says what there has to be"
            return [of_whole(question, Severity.UNKNOWN, "L275", message, remedy)]
        try:
            steps = [one for one in site.builder.plan(site.wanted) if one.kind == "webhook"]
            return list(judged(question, steps))
        except DispatchError as error:
            return [unasked(question, "its webhooks", error)]

    def closing() -> list[Finding]:
        try:
            return look()
        finally:
            if site.builder is not None:
                site.builder.close()

    return closing
