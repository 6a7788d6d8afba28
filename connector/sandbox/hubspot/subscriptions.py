"""HubSpot's communication preferences: who gets no e-mail any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.refusals import invalid
from connector.sandbox.routing import Route

STATUSES = "/communication-preferences/v4/statuses/{email}"
OFF = "UNSUBSCRIBED"


class StatusBody(CamelBody):
    """What becomes of one subscription type."""

    channel: Literal["EMAIL"]
    status_state: Literal["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"]
    subscription_id: int


@dataclass
class Subscriptions:
    """Statuses by e-mail address and subscription type; any address has some, `types` are the account's.

    `gone` are the addresses that are off all e-mail.
    """

    types: tuple[int, ...]
    held: dict[str, dict[int, str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def routes(self) -> list[Route]:
        """The calls about the statuses of an address."""
        return [
            ("POST", f"{STATUSES}/unsubscribe-all", self._end_all),
            ("GET", f"{STATUSES}/unsubscribe-all", self._is_off_all),
            ("POST", STATUSES, self._change),
            ("GET", STATUSES, self._all),
            ("GET", "/communication-preferences/v3/definitions", self._definitions),
        ]

    def state(self) -> Json:
        """Each address with the types that it is off; `all` where it is off everything."""
        off = {email: [one for one, is_ in held.items() if is_ == OFF] for email, held in self.held.items()}
        return {email: ["all"] if email in self.gone else types for email, types in off.items()}

    def _definitions(self, request: Request) -> Answer:
        shown = [
            {"id": str(one), "name": f"Subscription {one}", "isActive": True, "isDefault": False}
            for one in self.types
        ]
        return as_json(200, {"subscriptionDefinitions": shown})

    def _change(self, request: Request, email: str) -> Answer:
        body = request.read(StatusBody)
        if body.subscription_id not in self.types:
            raise invalid(f"Subscription {body.subscription_id} does not exist")
        statuses = self._of(email)
        is_same = statuses[body.subscription_id] == body.status_state
        statuses[body.subscription_id] = body.status_state
        reason = "NO_STATUS_CHANGE" if is_same else "REQUESTED_CHANGE_OCCURRED"
        told = self._shown(email, body.subscription_id, request) | {"setStatusSuccessReason": reason}
        return self._answer(request, [told])

    def _end_all(self, request: Request, email: str) -> Answer:
        _check_channel(request)
        self._of(email).update(dict.fromkeys(self.types, OFF))
        self.gone.add(email.lower())
        return self._all(request, email)

    def _is_off_all(self, request: Request, email: str) -> Answer:
        """Nothing where the address is not off all e-mail, as HubSpot documents it."""
        _check_channel(request)
        wide = {"channel": "EMAIL", "status": OFF, "subscriberIdString": email}
        told = wide | {"wideStatusType": "PORTAL_WIDE", "timestamp": instant(request.at)}
        return self._answer(request, [told] if email.lower() in self.gone else [])

    def _all(self, request: Request, email: str) -> Answer:
        return self._answer(request, [self._shown(email, one, request) for one in self._of(email)])

    def _of(self, email: str) -> dict[int, str]:
        return self.held.setdefault(email.lower(), dict.fromkeys(self.types, "NOT_SPECIFIED"))

    def _shown(self, email: str, type_: int, request: Request) -> Json:
        return {
            "channel": "EMAIL",
            "source": "API",
            "status": self._of(email)[type_],
            "subscriberIdString": email,
            "subscriptionId": type_,
            "timestamp": instant(request.at),
        }

    def _answer(self, request: Request, results: list[Json]) -> Answer:
        at = instant(request.at)
        done = {"status": "COMPLETE", "startedAt": at, "completedAt": at}
        return as_json(200, {**done, "results": results})


def _check_channel(request: Request) -> None:
    if request.first("channel") != "EMAIL":
        raise invalid("channel must be EMAIL")
