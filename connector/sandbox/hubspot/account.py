"""Whose portal it is."""

from __future__ import annotations

from connector.sandbox.exchange import Answer, CamelBody, Request, as_json
from connector.sandbox.hubspot.refusals import not_found
from connector.sandbox.routing import Route

PORTAL_ID = 24680135

_DETAILS = {
    "portalId": PORTAL_ID,
    "accountType": "STANDARD",
    "timeZone": "Europe/Amsterdam",
    "companyCurrency": "EUR",
    "additionalCurrencies": [],
    "utcOffset": "+01:00",
    "utcOffsetMilliseconds": 3600000,
    "uiDomain": "app-eu1.hubspot.com",
    "dataHostingLocation": "eu1",
}


SCOPES = (
    "oauth",
    *(
        f"crm.objects.{kind}.{way}"
        for kind in ("contacts", "companies", "deals")
        for way in ("read", "write")
    ),
    *(
        f"crm.schemas.{kind}.{way}"
        for kind in ("contacts", "companies", "deals")
        for way in ("read", "write")
    ),
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.lists.write",
    "tickets",
    "automation",
    "automation.sequences.read",
    "automation.sequences.enrollments.write",
    "behavioral_events.event_definitions.read_write",
    "analytics.behavioral_events.send",
    "communication_preferences.read_write",
    "content",
    "forms",
)


class TokenBody(CamelBody):
    """Which token is asked about."""

    token_key: str


class Account:
    """The details of the one portal that there is."""

    def routes(self) -> list[Route]:
        """The calls that ask for them, and for what a token may do."""
        return [
            ("GET", "/account-info/v3/details", self._details),
            ("POST", "/oauth/v2/private-apps/get/access-token-info", self._token),
        ]

    def _token(self, request: Request) -> Answer:
        """What HubSpot tells of the token of a private app (Private apps): here it has every scope."""
        wanted = request.read(TokenBody)
        if not wanted.token_key.startswith("pat-"):
            raise not_found("No such token")
        told = {"userId": 2222, "hubId": PORTAL_ID, "appId": 1234567, "scopes": list(SCOPES)}
        return as_json(200, told)

    def _details(self, request: Request) -> Answer:
        return as_json(200, _DETAILS)
