"""Setting a HubSpot account up."""

from __future__ import annotations

from connector.errors import Rejected
from connector.platforms.hubspot import webhooks
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.setting_up import Made, Step, Wanted


class HubSpotBuilder:
    """What a HubSpot account still lacks. Each call ends within `deadline` seconds."""

    def __init__(self, token: str, *, base_url: str, deadline: float = 20.0) -> None:
        self._client = HubSpotClient(token, base_url=base_url, deadline=deadline)

    def plan(self, wanted: Wanted) -> list[Step]:
        """How each thing that is wanted stands. Raises a DispatchError."""
        return webhooks.steps(wanted)

    def carry_out(self, step: Step) -> Made:
        """Do a step that writes. Raises a DispatchError."""
        raise Rejected(f"a {step.kind} is made by hand")

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()
