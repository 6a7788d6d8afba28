"""HubSpot's pipelines of deals and tickets: those that a new account has (API reference, Pipelines)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.sandbox.exchange import Answer, Json, Request, as_json
from connector.sandbox.hubspot.refusals import invalid
from connector.sandbox.routing import Route


class Pipelines:
    """The pipelines by kind of record; there is no way to change them."""

    def __init__(self, held: Mapping[str, Sequence[Json]]) -> None:
        self._held = {kind: [_shown(one) for one in some] for kind, some in held.items()}

    def routes(self) -> list[Route]:
        """The call that lists them."""
        return [("GET", "/crm/v3/pipelines/{kind}", self._all)]

    def _all(self, request: Request, kind: str) -> Answer:
        if kind not in self._held:
            raise invalid(f"Unable to infer object type from: {kind}")
        return as_json(200, {"results": self._held[kind]})


def _shown(seed: Json) -> Json:
    stages = [
        {"id": id_, "label": label, "displayOrder": number, "metadata": {}, "archived": False}
        for number, (id_, label) in enumerate(seed["stages"].items())
    ]
    return {"id": seed["id"], "label": seed["label"], "displayOrder": 0, "archived": False, "stages": stages}
