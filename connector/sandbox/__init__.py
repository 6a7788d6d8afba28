"""A local HubSpot and Mailchimp over real HTTP, with memory.

Tests, the demo and users point the official SDKs at it: it answers with the platforms' own statuses, bodies
and refusals, remembers what it was told, and shows that and every call at `GET /state`. It imports nothing
of ours.

    with start() as sandbox:
        client = hubspot.Client.create(access_token="pat-any", host=sandbox.hubspot_url)

What it does not know of the real platforms: scopes, the delay before a search finds a record, webhooks.
"""

from connector.sandbox.limits import Limits
from connector.sandbox.sandbox import Sandbox, serve, start

__all__ = ["Limits", "Sandbox", "serve", "start"]
