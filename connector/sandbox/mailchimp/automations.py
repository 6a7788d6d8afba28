"""Mailchimp's classic automations: the queue of an e-mail, which lets everybody in once."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.exchange import Answer, Json, Request, as_json
from connector.sandbox.mailchimp.activity import JourneyBody, seconds
from connector.sandbox.mailchimp.audiences import Audience, listed, member_id
from connector.sandbox.mailchimp.problems import not_found, problem
from connector.sandbox.routing import Route

_QUEUE = "/3.0/automations/{automation}/emails/{email}/queue"


class Automations:
    """Every id is that of an automation; whoever is put into a queue stays there.

    The refusal of somebody who is there already is recorded of real accounts. That of somebody who is not
    subscribed is not: it is the one that a journey's step gives in the same position.
    """

    def __init__(self, held: Mapping[str, Audience]) -> None:
        self._held = held
        self.queued: list[Json] = []

    def routes(self) -> list[Route]:
        """The calls about queues."""
        return [
            ("POST", _QUEUE, self._add),
            ("GET", _QUEUE, self._all),
            ("GET", "/3.0/automations/{automation}", self._one),
            ("GET", "/3.0/automations/{automation}/emails/{email}", self._email),
        ]

    def _one(self, request: Request, automation: str) -> Answer:
        return as_json(200, {"id": automation, "status": "sending", "emails_sent": 0})

    def _email(self, request: Request, automation: str, email: str) -> Answer:
        return as_json(200, {"id": email, "workflow_id": automation, "status": "sending"})

    def _add(self, request: Request, automation: str, email: str) -> Answer:
        address = request.read(JourneyBody).email_address.lower()
        known = [one for audience in self._held.values() if (one := audience.members.get(member_id(address)))]
        statuses = {one.status for one in known}
        if statuses <= {"archived"}:
            raise not_found()
        if "subscribed" not in statuses:
            raise problem(
                400, "Bad Request", "The contact is not subscribed and cannot enter the automation."
            )
        if any(one["email_address"] == address for one in self._of(automation, email)):
            detail = "The subscriber has already been triggered for this email."
            raise problem(400, "Bad Request", detail)
        queued = {"id": member_id(address), "email_address": address, "next_send": seconds(request.at)}
        self.queued.append({"workflow_id": automation, "email_id": email, **queued})
        return Answer(204)

    def _all(self, request: Request, automation: str, email: str) -> Answer:
        return listed(request, "queue", self._of(automation, email))

    def _of(self, automation: str, email: str) -> list[Json]:
        return [one for one in self.queued if (one["workflow_id"], one["email_id"]) == (automation, email)]
