"""HubSpot's owners: the company's own people."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.exchange import Answer, Json, Request, as_json
from connector.sandbox.hubspot.refusals import not_found
from connector.sandbox.routing import Route


class Owners:
    """The owners of a portal, by id; there is no way to change them."""

    def __init__(self, held: Mapping[str, Json]) -> None:
        self.held = held

    def routes(self) -> list[Route]:
        """The calls about owners."""
        return [("GET", "/crm/v3/owners", self._all), ("GET", "/crm/v3/owners/{id}", self._one)]

    def _all(self, request: Request) -> Answer:
        email = request.first("email").lower()
        found = [owner for owner in self.held.values() if email in {"", owner["email"]}]
        return as_json(200, {"results": found[: request.number("limit", 100, 500)]})

    def _one(self, request: Request, id_: str) -> Answer:
        by = request.first("idProperty", "id")
        found = next((owner for owner in self.held.values() if str(owner.get(by)) == id_), None)
        if found is None:
            raise not_found(f"No owner exists with id {id_}")
        return as_json(200, found)


def seeded(seed: Json, since: str) -> Json:
    """An owner as the seed file writes one, whole."""
    fixed = {"type": "PERSON", "archived": False, "createdAt": since, "updatedAt": since}
    return seed | fixed | {"userIdIncludingInactive": seed["userId"], "teams": []}
