"""Whose portal it is."""

from __future__ import annotations

from connector.sandbox.exchange import Answer, Request, as_json
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


class Account:
    """The details of the one portal that there is."""

    def routes(self) -> list[Route]:
        """The call that asks for them."""
        return [("GET", "/account-info/v3/details", self._details)]

    def _details(self, request: Request) -> Answer:
        return as_json(200, _DETAILS)
