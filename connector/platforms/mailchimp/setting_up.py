"""Setting a Mailchimp audience up."""

from __future__ import annotations

from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.new_fields import NewFields
from connector.platforms.mailchimp.webhooks import Webhooks
from connector.platforms.setting_up import Made, Step, Wanted
from connector.platforms.transport import Gate


class MailchimpBuilder:
    """What a Mailchimp audience still lacks. Each call ends within `deadline` seconds."""

    def __init__(self, token: str, audience: str, *, base_url: str | None, deadline: float = 60.0) -> None:
        self._client = MailchimpClient(token, base_url=base_url, deadline=deadline)
        self._webhooks = Webhooks(self._client, audience)
        self._fields = NewFields(self._client, audience)

    def plan(self, wanted: Wanted) -> list[Step]:
        """How each thing that is wanted stands. Raises a DispatchError."""
        return [*self._webhooks.plan(wanted), *self._fields.plan(wanted)]

    def carry_out(self, step: Step) -> Made:
        """Do a step that writes. Raises a DispatchError."""
        return self._webhooks.carry_out(step) if step.kind == "webhook" else self._fields.carry_out(step)

    def go_through(self, gate: Gate) -> None:
        """From now on every request waits there for its turn."""
        self._client.go_through(gate)

    def close(self) -> None:
        """Give up the connection."""
        self._client.close()
