"""Asking live accounts how many people they have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from connector.bootstrap.connections import HUBSPOT_URL
from connector.bootstrap.doors import Doors
from connector.errors import DispatchError, SettingsError
from connector.mapping.accounts import Connection
from connector.mapping.mapping import Mapping
from connector.platforms.counting import Headcount, Headcounter
from connector.platforms.door.lane import Lane
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.headcount import HubSpotHeadcounter
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.headcount import MailchimpHeadcounter
from connector.settings import Settings

DEADLINE: Final = 20.0
"""Seconds for the reads of one account."""


def headcounts(
    settings: Settings, mapping: Mapping, connections: Iterable[str]
) -> dict[str, Headcount | DispatchError]:
    """What each account says of itself, or why it does not.

    One whose settings are not all there, or cannot be used, is not named: nothing leaves for it either.
    """
    doors = Doors()
    found: dict[str, Headcount | DispatchError] = {}
    for name in connections:
        try:
            headcounter = _headcounter(settings, mapping.connections[name], doors)
        except SettingsError:
            continue
        if headcounter is not None:
            found[name] = _told(headcounter)
    return found


def _told(headcounter: Headcounter) -> Headcount | DispatchError:
    try:
        return headcounter.count()
    except DispatchError as error:
        return error
    finally:
        headcounter.close()


def _headcounter(settings: Settings, connection: Connection, doors: Doors) -> Headcounter | None:
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    token, url, audience = said.get("token"), said.get("url"), said.get("audience")
    match connection.platform:
        case "hubspot" if token:
            api = said.get("api") or USUAL
            hubspot = HubSpotClient(token, base_url=url or HUBSPOT_URL, deadline=DEADLINE, api=api)
            hubspot.go_through(doors.gate("hubspot", token, Lane.IMPORT))
            return HubSpotHeadcounter(hubspot)
        case "mailchimp" if token and audience:
            mailchimp = MailchimpClient(token, base_url=url, deadline=DEADLINE)
            mailchimp.go_through(doors.gate("mailchimp", token, Lane.IMPORT))
            return MailchimpHeadcounter(mailchimp, audience)
        case _:
            return None
