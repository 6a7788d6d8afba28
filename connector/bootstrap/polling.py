"""What is asked of which platform again and again."""

from __future__ import annotations

from connector.bootstrap.connections import HUBSPOT_URL
from connector.bootstrap.doors import Doors
from connector.mapping.accounts import Connection
from connector.platforms.door.lane import Lane
from connector.platforms.hubspot.polling.feeds import HubSpotFeeds
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.mailchimp.adapter import SERVER_TIMEOUT
from connector.platforms.mailchimp.polling.feeds import MailchimpFeeds
from connector.platforms.polling import Feeds
from connector.settings import Settings


def feeds_of(settings: Settings, connection: Connection, doors: Doors) -> Feeds | None:
    """The feeds of a connection whose webhooks are its platform's own; None where there are none.

    Their calls wait behind what is live.
    """
    own = {name: settings.resolve(setting) for name, setting in connection.settings.items()}
    said = own | dict(settings.instead.get(connection.platform or "", {}))
    token, is_own = said.get("token"), connection.source == connection.platform
    if connection.platform == "hubspot" and is_own and token:
        gate = doors.gate("hubspot", token, Lane.POLL)
        api, url = said.get("api") or USUAL, said.get("url") or HUBSPOT_URL
        return HubSpotFeeds(token, gate, base_url=url, api=api)
    if connection.platform == "mailchimp" and is_own and token and (audience := said.get("audience")):
        holds = 0.0 if said.get("url") else SERVER_TIMEOUT
        gate = doors.gate("mailchimp", token, Lane.POLL, holds)
        return MailchimpFeeds(token, audience, gate, base_url=said.get("url"))
    return None
