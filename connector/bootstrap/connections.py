"""Connections: which platforms there are, what the environment gives them, and what it lacks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import partial

from connector.bootstrap.doors import Doors
from connector.bootstrap.now import clock
from connector.errors import SettingsError
from connector.mapping.accounts import Connection, FromEnvironment, Setting
from connector.mapping.build.connections import NEEDED
from connector.mapping.mapping import Mapping
from connector.platforms.base import Platform
from connector.platforms.door.lane import Lane
from connector.platforms.http import Http
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.tags import kept_in
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.settings import Settings

PLATFORMS: tuple[type[HubSpot] | type[Mailchimp] | type[Http], ...] = (HubSpot, Mailchimp, Http)


HUBSPOT_URL = "https://api.hubapi.com"


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
    if connection.secrets and not secrets_of(settings, connection):
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
    if connection.platform == "http" and connection.secrets and not secrets_of(settings, connection):
        yield f"{connection.name}: {_name(connection.secrets[0])} is not set; its posts wait until then"


def _variables(connection: Connection) -> list[str]:
    settings = (*connection.settings.values(), *connection.secrets)
    return [one.variable for one in settings if isinstance(one, FromEnvironment)]


def _name(setting: Setting) -> str:
    return setting.variable if isinstance(setting, FromEnvironment) else "a setting"


def platform_of(settings: Settings, connection: Connection, doors: Doors) -> Platform | None:
    """The platform of a connection whose settings are there. Raises SettingsError, with their names."""
    try:
        return _made(settings, connection, doors)
    except SettingsError as error:
        named = [f"${one}" for one in _variables(connection)]
        told = f" (with {', '.join(named)})" if named else ""
        raise SettingsError(f"{connection.name}{told}: {error}") from error


def credentials_of(settings: Settings, connection: Connection) -> str:
    """A hash of all that decides to which account of its platform a connection leads."""
    said = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    instead = settings.instead.get(connection.platform or "", {})
    shown = json.dumps([connection.platform, sorted((said | dict(instead)).items())])
    return hashlib.sha256(shown.encode()).hexdigest()


def _made(settings: Settings, connection: Connection, doors: Doors) -> Platform | None:
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    secret = next(iter(secrets_of(settings, connection)), None)
    token, url, audience = said.get("token"), said.get("url"), said.get("audience")
    match connection.platform:
        case "hubspot" if token:
            hubspot = HubSpot(
                token,
                base_url=url or HUBSPOT_URL,
                owner=said.get("owner"),
                tag_property=kept_in(said.get("tags")),
                api=said.get("api") or USUAL,
            )
            hubspot.go_through(doors.gate("hubspot", token), doors.gate("hubspot", token, Lane.VERIFY))
            return hubspot
        case "mailchimp" if token and audience:
            mailchimp = Mailchimp(token, audience, store=said.get("store"), base_url=url)
            gate = partial(doors.gate, "mailchimp", token, holds=mailchimp.deadline)
            mailchimp.go_through(gate(), gate(lane=Lane.VERIFY))
            return mailchimp
        case "http" if url and (secret or not connection.secrets):
            return Http(url, secret.decode() if secret else None, clock=clock)
        case _:
            return None


def secrets_of(settings: Settings, connection: Connection) -> tuple[bytes, ...]:
    """Those of the connection's secrets that the environment has."""
    values = (settings.resolve(secret) for secret in connection.secrets)
    return tuple(value.encode() for value in values if value)
