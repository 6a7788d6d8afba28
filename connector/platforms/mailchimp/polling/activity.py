"""Who opened the campaigns of an audience, and what they clicked.

By mailchimp.com/developer, Marketing API, List email activity: for each recipient the opens, clicks and
bounces of one campaign, those behind `since`, 1,000 recipients a page. That an address is cleaned after a
bounce a webhook tells, so bounces are left out here. Opens of mail programs that load every picture count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.polling.campaigns import as_webhook, listed, reports
from connector.platforms.polling import OVERLAP, Page, State, milliseconds
from connector.platforms.proof import is_absent, preparing

TOPICS: Final = {"open": "polled.open", "click": "polled.click"}
AT_ONCE: Final = 500
LASTS: Final = timedelta(days=30)
"""A campaign that was sent longer ago is not asked about any more."""
FIELDS: Final = ("email_id", "email_address", "activity")


class Activity:
    """The campaigns of an audience that were sent lately, one after another, each from what is settled on.

    `left` are those of this round that are still to be read; the first is under way. `since` has the newest
    of each that is settled, in Mailchimp's own time.
    """

    name = "activity"
    topics = tuple(TOPICS.values())

    def __init__(self, client: MailchimpClient, audience: str) -> None:
        self._client, self._audience = client, audience

    def begin(self, now: datetime) -> State:
        """From now on, also of campaigns that were sent before."""
        return {"begun": milliseconds(now), "since": {}}

    def ask(self, state: State, now: datetime) -> Page:
        """A page of the campaign that is under way; at the begin of a round the list of campaigns."""
        if not state.get("left"):
            return self._round(state, now)
        return self._recipients(state)

    def _round(self, state: State, now: datetime) -> Page:
        found = reports(self._client, self._audience, now - LASTS, ["id"])
        ids = [str(one.get("id")) for one in found]
        since = {one: at for one, at in state["since"].items() if one in ids}
        return Page((), {"begun": state["begun"], "since": since, "left": ids}, is_last=not ids)

    def _recipients(self, state: State) -> Page:
        campaign, *others = state["left"]
        floor = max(state["begun"], state["since"].get(campaign, 0) - OVERLAP)
        offset = state.get("offset", 0)
        recipients = self._page(campaign, floor, offset)
        acts = [(one, at, act) for one in recipients for at, act in _acts(one) if at >= floor]
        top = max([state.get("top", 0), *(at for _, at, _ in acts)])
        bodies = [self._body(campaign, one, act) for one, _, act in acts]
        if len(recipients) == AT_ONCE:
            return Page(bodies, {**state, "offset": offset + AT_ONCE, "top": top}, is_last=False)
        since = {**state["since"], **({campaign: top} if top else {})}
        return Page(bodies, {"begun": state["begun"], "since": since, "left": others}, is_last=not others)

    def _page(self, campaign: str, floor: int, offset: int) -> list[dict[str, Any]]:
        """The recipients of a page who did something; of a campaign that was deleted there are none."""
        since = datetime.fromtimestamp(floor // 1000 - 1, tz=UTC)
        with self._client.one_deadline(), self._client.for_many(), preparing():
            answer = self._client.sdk.reports.get_email_activity_for_campaign(
                campaign,
                fields=[f"emails.{name}" for name in FIELDS],
                since=since.isoformat(timespec="seconds"),
                count=AT_ONCE,
                offset=offset,
            )
            return [] if is_absent(answer) else listed(answer, "emails")

    def _body(self, campaign: str, recipient: Mapping[str, Any], act: Mapping[str, Any]) -> bytes:
        """As a webhook of Mailchimp would bring it. Each link is one of its own, also in the same second."""
        url = str(act.get("url") or "")
        told = {
            "list_id": self._audience,
            "campaign_id": campaign,
            "id": f"{campaign} {recipient.get('email_id')} {url}",
            "email": str(recipient.get("email_address")),
            **({"url": url} if url else {}),
        }
        return as_webhook(TOPICS[act["action"]], str(act["timestamp"]), told)


def _acts(recipient: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What the recipient did, and when."""
    for act in recipient.get("activity") or ():
        if isinstance(act, dict) and act.get("action") in TOPICS:
            try:
                at = datetime.fromisoformat(str(act.get("timestamp")))
            except ValueError:
                continue
            yield milliseconds(at if at.tzinfo else at.replace(tzinfo=UTC)), act
