"""Which accounts there are to set up, with what each connection wants of its own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from connector.bootstrap.connections import HUBSPOT_URL
from connector.bootstrap.doors import Doors
from connector.errors import SettingsError
from connector.mapping.accounts import Connection, FromEnvironment
from connector.mapping.mapping import Mapping
from connector.mapping.needs import Listening, listening, needs_of
from connector.mapping.source import POLLED, Source
from connector.platforms.door.lane import Lane
from connector.platforms.hubspot import webhooks as of_hubspot
from connector.platforms.hubspot.setting_up import HubSpotBuilder
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.mailchimp.setting_up import MailchimpBuilder
from connector.platforms.setting_up import Builder, State, Step, Wanted
from connector.platforms.shops import shopify
from connector.platforms.shops.woocommerce import WooCommerce
from connector.settings import Settings
from connector.sources.topics import heard

_PLATFORMS = frozenset({"hubspot", "mailchimp"})
_KNOWN = {"shopify": shopify.TOPICS}
"""The topics among which a `*` of a source file chooses, where a sender has more than those that it names."""
_TO_ASK = ("token", "audience", "url", "api_key", "api_secret")
"""The settings by which an account is asked."""
_NEEDED = {"woocommerce": "url:, api_key: and api_secret:", "shopify": "url: and api_key:"}
_FEW = 12
_OF_MANY = "for what it has to tell; docs/sources.md names the topics"
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where webhooks are to come: our public address, and the one that it was until now.

    `currency` is that of a store which is not there yet.
    """

    url: str
    before: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """An account to set up for a connection.

    Without a `builder` nobody can be asked. `by_hand` is what a person has to do whatever is there.
    `component` is the text of the file by which a HubSpot project has the webhooks; empty elsewhere.
    """

    wanted: Wanted
    about: str
    builder: Builder | None
    by_hand: tuple[Step, ...] = ()
    component: str = ""


def sites(settings: Settings, mapping: Mapping, place: Place) -> Iterator[Site]:
    """One for each connection that listens, or acts on a platform that can be set up."""
    told = {one.connection: one for one in listening(mapping)}
    needs, doors = needs_of(mapping, settings.resolve), Doors()
    for connection in mapping.connections.values():
        if connection.source is not None or connection.platform in _PLATFORMS:
            source = mapping.sources.get(connection.source or "")
            wanted = replace(
                _wanted(settings, connection, place, source, told.get(connection.name)),
                needs=[one for one in needs if one.connection == connection.name],
                has_tag_lists=settings.resolve(connection.settings.get("tags")) == "lists",
                currency=place.currency,
            )
            text = of_hubspot.component(wanted) if connection.source == "hubspot" else ""
            yield replace(_asked(settings, connection, wanted, doors), component=text)


def _wanted(
    settings: Settings, connection: Connection, place: Place, source: Source | None, told: Listening | None
) -> Wanted:
    path = f"/webhooks/{connection.name}"
    variables = [one.variable for one in connection.secrets if isinstance(one, FromEnvironment)]
    properties: dict[str, list[str]] = {}
    for one in told.properties if told else ():
        properties.setdefault(one.topic, []).append(one.property)
    return Wanted(
        connection.name,
        place.url + path,
        _topics(source) if source else (),
        place.before + path if place.before else None,
        {one: settings.resolve(FromEnvironment(one)) for one in variables},
        invented=secrets.token_urlsafe(_SECRET_BYTES),
        properties=properties,
    )


def _topics(source: Source) -> tuple[str, ...]:
    """Those of webhooks that the source file names, and those of its sender that its patterns take in."""
    named = [one for one in source.events if "*" not in one and not one.startswith(POLLED)]
    among = [
        one for one in _KNOWN.get(source.name, ()) if not isinstance(heard(source, source.events, one), str)
    ]
    return tuple(dict.fromkeys([*among, *named]))


def _asked(settings: Settings, connection: Connection, wanted: Wanted, doors: Doors) -> Site:
    """The account, or by hand what is wrong with its settings."""
    try:
        return _site(settings, connection, wanted, doors)
    except SettingsError as error:
        kind = str(connection.platform or connection.source)
        return Site(wanted, kind, None, (Step(State.BY_HAND, f"mend the settings: {error}"),))


def _site(settings: Settings, connection: Connection, wanted: Wanted, doors: Doors) -> Site:
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    token, url, audience = said.get("token"), said.get("url"), said.get("audience")
    key, secret = said.get("api_key"), said.get("api_secret")
    match connection.platform or connection.source:
        case "hubspot" if token:
            builder = HubSpotBuilder(token, base_url=url or HUBSPOT_URL, api=said.get("api") or USUAL)
            builder.go_through(doors.gate("hubspot", token, Lane.POLL))
            return Site(wanted, "HubSpot", builder, tuple(of_hubspot.steps(wanted)))
        case "mailchimp" if token and audience:
            of_audience = MailchimpBuilder(token, audience, base_url=url)
            of_audience.go_through(doors.gate("mailchimp", token, Lane.POLL))
            return Site(wanted, f"Mailchimp, audience {audience}", of_audience)
        case "woocommerce" if url and key and secret:
            return Site(wanted, f"WooCommerce at {url}", WooCommerce(url, key, secret))
        case "shopify" if url and key:
            client_secret = secret or wanted.secret
            return Site(wanted, f"Shopify at {url}", shopify.Shopify(url, key, client_secret))
        case kind:
            return Site(wanted, str(kind), None, _by_hand(settings, connection, wanted))


def _by_hand(settings: Settings, connection: Connection, wanted: Wanted) -> tuple[Step, ...]:
    """What a person has to do where we cannot ask: set what is missing, or enter the webhooks."""
    lacking = [Step(State.BY_HAND, f"set ${one}") for one in _unset(settings, connection)]
    if connection.source == "hubspot":
        return (*lacking, *of_hubspot.steps(wanted))
    return tuple(lacking) or (Step(State.BY_HAND, "webhooks", _told(connection, wanted)),)


def _unset(settings: Settings, connection: Connection) -> Iterator[str]:
    """The variables without which the account cannot be asked."""
    for key in _TO_ASK:
        setting = connection.settings.get(key)
        is_needed = key != "url" or connection.platform is None
        if isinstance(setting, FromEnvironment) and is_needed and settings.resolve(setting) is None:
            yield setting.variable


def _told(connection: Connection, wanted: Wanted) -> str:
    few = len(wanted.topics) <= _FEW
    told = [f"to {wanted.address}", f"for {', '.join(wanted.topics)}" if few else _OF_MANY]
    if variables := " or ".join(f"${one}" for one in wanted.variables):
        told.append(f"with the secret that {variables} has")
    if asked := _NEEDED.get(connection.source or ""):
        told.append(f"with {asked} at this connection they are made from here")
    return "\n".join(told)
