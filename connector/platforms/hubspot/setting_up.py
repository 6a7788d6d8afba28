"""Setting a HubSpot account up, as far as its API does that: its webhooks are entered by hand."""

from __future__ import annotations

from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.new_lists import NewLists
from connector.platforms.hubspot.new_properties import NewProperties
from connector.platforms.hubspot.versions import USUAL
from connector.platforms.setting_up import Made, Step, Wanted
from connector.platforms.transport import Gate


class HubSpotBuilder:
    """What a HubSpot account still lacks. Each call ends within `deadline` seconds.

    `api` is the version of HubSpot's API that is called.
    """

    def __init__(self, token: str, *, base_url: str, api: str = USUAL, deadline: float = 20.0) -> None:
        self._client = HubSpotClient(token, base_url=base_url, deadline=deadline, api=api)
        self._properties, self._lists = NewProperties(self._client), NewLists(self._client)

    def plan(self, wanted: Wanted) -> list[Step]:
        """How each thing that is wanted stands. Raises a DispatchError."""
        return [*self._properties.plan(wanted), *self._lists.plan(wanted)]

    def carry_out(self, step: Step) -> Made:
        """Do a step that writes. Raises a DispatchError."""
        if step.kind == "list":
            return self._lists.carry_out(step)
        return self._properties.carry_out(step)

    def go_through(self, gate: Gate) -> None:
        """From now on every request waits there for its turn."""
        self._client.go_through(gate)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()
