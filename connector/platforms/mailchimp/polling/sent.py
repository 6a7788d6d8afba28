"""To whom the campaigns of an audience were sent.

By mailchimp.com/developer, Marketing API, List campaign recipients: all of a campaign, 1,000 a page, with
`sent`, or `hard` and `soft` where it bounced; neither in an order that is documented nor with a moment. So
each has the moment at which the sending began, and a campaign is read from its beginning again when its
report tells of more, and once more a day later: whoever is told twice is known by the key. E-mails of
automations are left out, because nothing tells when somebody got theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.polling.activity import LASTS
from connector.platforms.mailchimp.polling.campaigns import as_webhook, listed, reports
from connector.platforms.mailchimp.values import read_moment
from connector.platforms.polling import Page, State, milliseconds
from connector.platforms.proof import is_absent, preparing

TOPIC: Final = "polled.sent"
AT_ONCE: Final = 500
PAGES: Final = 20
"""In one turn: so at most 10,000 recipients come at once, and of more the next turn reads on."""
SETTLES: Final = timedelta(days=1)
"""What was read later than this behind its beginning goes to nobody more, unless its report says so."""
OF_AUTOMATIONS: Final = "auto"
"""How the type of their reports begins."""


class Sent:
    """The campaigns whose sending began after it was first asked, one after another.

    `left` are those that are still to be read; the first is under way, from `offset`. `told` has of those
    that were read how many e-mails they were then, and whether they had settled.
    """

    name = "sent"
    topics = (TOPIC,)

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def begin(self, now: datetime) -> State:
        """From now on."""
        return {"begun": milliseconds(now), "told": {}}

    def ask(self, state: State, now: datetime) -> Page:
        """A page of the campaign that is under way; at the begin of a round which are to be read."""
        return self._recipients(state) if state.get("left") else self._round(state, now)

    def _round(self, state: State, now: datetime) -> Page:
        begun = datetime.fromtimestamp(state["begun"] // 1000, tz=UTC)
        fields = ["id", "type", "send_time", "emails_sent"]
        found = reports(self._client, self._audience, max(begun, now - LASTS), fields)
        told = {
            id_: one for id_, one in state["told"].items() if id_ in {str(each.get("id")) for each in found}
        }
        left = [
            {"id": str(one["id"]), "sent_at": str(one["send_time"]), "as": now_told}
            for one in found
            if (now_told := _told(one, now)) and told.get(str(one.get("id"))) != now_told
        ]
        return Page((), {"begun": state["begun"], "told": told, "left": left}, is_last=not left)

    def _recipients(self, state: State) -> Page:
        campaign, *others = state["left"]
        offset, pages = state.get("offset", 0), state.get("pages", 0) + 1
        recipients = self._page(campaign["id"], offset)
        bodies = [self._body(campaign, one) for one in recipients if one.get("status") == "sent"]
        after = {"begun": state["begun"], "pages": pages % PAGES}
        if len(recipients) == AT_ONCE:
            after |= {"told": state["told"], "left": state["left"], "offset": offset + AT_ONCE}
        else:
            after |= {"told": {**state["told"], campaign["id"]: campaign["as"]}, "left": others}
        return Page(bodies, after, is_last=not after["left"] or pages == PAGES)

    def _page(self, campaign: str, offset: int) -> list[dict[str, Any]]:
        """The recipients of a page; of a campaign that was deleted there are none."""
        with self._client.one_deadline(), self._client.for_many(), preparing():
            answer = self._client.sdk.reports.get_campaign_recipients(
                campaign,
                fields=[f"sent_to.{name}" for name in ("email_id", "email_address", "status")],
                count=AT_ONCE,
                offset=offset,
            )
            return [] if is_absent(answer) else listed(answer, "sent_to")

    def _body(self, campaign: Mapping[str, Any], recipient: Mapping[str, Any]) -> bytes:
        told = {
            "list_id": self._audience,
            "campaign_id": campaign["id"],
            "id": f"{campaign['id']} {recipient.get('email_id')}",
            "email": str(recipient.get("email_address")),
        }
        return as_webhook(TOPIC, campaign["sent_at"], told)


def _told(report: Mapping[str, Any], now: datetime) -> list[Any] | None:
    """What a report says of the extent of a campaign; None of what is none, or has gone to nobody yet."""
    sent_at, count = read_moment(report.get("send_time")), report.get("emails_sent")
    if sent_at is None or not isinstance(count, int) or not count or not report.get("id"):
        return None
    if str(report.get("type")).startswith(OF_AUTOMATIONS):
        return None
    return [count, now - sent_at >= SETTLES]
