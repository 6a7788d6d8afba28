"""The campaigns of an audience, by their reports, and what is told of them in the form of a webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from connector.platforms.mailchimp.answers import proven
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.proof import preparing, unproven
from connector.platforms.transport import Answer

CAMPAIGNS: Final = 1000


def reports(
    client: MailchimpClient, audience: str, since: datetime, fields: Sequence[str]
) -> list[dict[str, Any]]:
    """These fields of the reports on what the audience was sent behind a moment. Raises a DispatchError."""
    with client.one_deadline(), client.for_many(), preparing():
        answer = client.sdk.reports.get_all_campaign_reports(
            fields=[f"reports.{name}" for name in ("list_id", *fields)],
            since_send_time=since.isoformat(timespec="seconds"),
            count=CAMPAIGNS,
        )
        return [one for one in listed(answer, "reports") if one.get("list_id") == audience]


def listed(answer: Answer, name: str) -> list[dict[str, Any]]:
    """What an answer lists under a name. Raises a DispatchError."""
    found = proven(answer).get(name)
    if not isinstance(found, list):
        raise unproven(answer, f"no {name}")
    return [one for one in found if isinstance(one, dict)]


def as_webhook(topic: str, fired_at: str, told: Mapping[str, str]) -> bytes:
    """The body of a webhook of Mailchimp that would tell it."""
    about = {"type": topic, "fired_at": fired_at}
    return urlencode({**about, **{f"data[{name}]": value for name, value in told.items()}}).encode()
