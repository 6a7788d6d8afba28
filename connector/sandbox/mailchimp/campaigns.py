"""Mailchimp's campaigns, who got them, and what their recipients did.

By mailchimp.com/developer, Marketing API: Add campaign, Send campaign, List campaign reports, List campaign
recipients, List email activity. Without `since` everybody is listed who did something, with it those who did
behind it. A campaign goes at once to all who are subscribed. What recipients do is posted to the path of the
activity, and who gets it later, or only bounces, to that of the recipients: Mailchimp itself takes nothing
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.activity import seconds
from connector.sandbox.mailchimp.audiences import Audience, listed, member_id, moment
from connector.sandbox.mailchimp.problems import not_found
from connector.sandbox.routing import Route

ACTIVITY = "/3.0/reports/{campaign}/email-activity"
SENT_TO = "/3.0/reports/{campaign}/sent-to"


class RecipientsBody(Body):
    """To whom a campaign goes."""

    list_id: str


class CampaignBody(Body):
    """A new campaign."""

    type: Literal["regular", "plaintext", "rss", "variate", "automation"]
    recipients: RecipientsBody


class ActBody(Body):
    """Something that a recipient did."""

    email_address: str
    action: Literal["open", "click", "bounce"]
    timestamp: AwareDatetime
    url: str = ""


class RecipientBody(Body):
    """Somebody to whom a campaign went, and whether it arrived."""

    email_address: str
    status: Literal["sent", "hard", "soft"] = "sent"


@dataclass
class Campaign:
    """A campaign of an audience: to whom it went, and what was done, by address."""

    id: str
    list_id: str
    type: str
    sent_at: datetime | None = None
    recipients: dict[str, str] = field(default_factory=dict)
    acts: dict[str, list[Json]] = field(default_factory=dict)


class Campaigns:
    """The campaigns of an account, by id."""

    def __init__(self, audiences: Mapping[str, Audience]) -> None:
        self._audiences = audiences
        self.held: dict[str, Campaign] = {}

    def routes(self) -> list[Route]:
        """The calls about campaigns and their reports."""
        return [
            ("POST", "/3.0/campaigns", self._create),
            ("POST", "/3.0/campaigns/{campaign}/actions/send", self._send),
            ("DELETE", "/3.0/campaigns/{campaign}", self._delete),
            ("GET", "/3.0/reports", self._reports),
            ("GET", ACTIVITY, self._activity),
            ("POST", ACTIVITY, self._act),
            ("GET", SENT_TO, self._sent_to),
            ("POST", SENT_TO, self._reach),
        ]

    def _create(self, request: Request) -> Answer:
        body = request.read(CampaignBody)
        if body.recipients.list_id not in self._audiences:
            raise not_found()
        id_ = f"c{len(self.held) + 1:09d}"
        self.held[id_] = Campaign(id_, body.recipients.list_id, body.type)
        return as_json(200, {"id": id_, "status": "save", "recipients": body.recipients.model_dump()})

    def _send(self, request: Request, campaign: str) -> Answer:
        sent = self._found(campaign)
        members = self._audiences[sent.list_id].members.values()
        sent.sent_at = request.at
        sent.recipients |= {one.email: "sent" for one in members if one.status == "subscribed"}
        return Answer(204)

    def _delete(self, request: Request, campaign: str) -> Answer:
        del self.held[self._found(campaign).id]
        return Answer(204)

    def _reports(self, request: Request) -> Answer:
        since = moment(request.first("since_send_time"))
        sent = [one for one in self.held.values() if one.sent_at is not None and one.sent_at > since]
        return listed(request, "reports", [_report(one) for one in sent])

    def _sent_to(self, request: Request, campaign: str) -> Answer:
        found = self._found(campaign)
        about = {"campaign_id": found.id, "list_id": found.list_id}
        shown = [
            {"email_id": member_id(email), "email_address": email, "status": status, **about}
            for email, status in found.recipients.items()
        ]
        return listed(request, "sent_to", shown)

    def _reach(self, request: Request, campaign: str) -> Answer:
        body = request.read(RecipientBody)
        self._found(campaign).recipients[body.email_address] = body.status
        return Answer(204)

    def _activity(self, request: Request, campaign: str) -> Answer:
        found, since = self._found(campaign), moment(request.first("since"))
        shown = [
            {
                "campaign_id": found.id,
                "list_id": found.list_id,
                "email_id": member_id(email),
                "email_address": email,
                "activity": those,
            }
            for email, acts in sorted(found.acts.items())
            if (those := [one for one in acts if moment(one["timestamp"]) > since])
        ]
        return listed(request, "emails", shown)

    def _act(self, request: Request, campaign: str) -> Answer:
        act = request.read(ActBody)
        told = {"action": act.action, "timestamp": seconds(act.timestamp), "ip": "192.0.2.7"}
        link = {"url": act.url} if act.action == "click" else {}
        self._found(campaign).acts.setdefault(act.email_address, []).append(told | link)
        return Answer(204)

    def _found(self, campaign: str) -> Campaign:
        if campaign not in self.held:
            raise not_found()
        return self.held[campaign]


def _report(campaign: Campaign) -> Json:
    return {
        "id": campaign.id,
        "list_id": campaign.list_id,
        "type": campaign.type,
        "send_time": seconds(campaign.sent_at or datetime.min.replace(tzinfo=UTC)),
        "emails_sent": len(campaign.recipients),
    }
