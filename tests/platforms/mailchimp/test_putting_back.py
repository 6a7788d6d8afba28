"""What rules had written of members before is put back, and nobody comes into the audience by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.mailchimp.members import member_id
from connector.platforms.mailchimp.putting_back import NOT_THERE
from connector.platforms.undoing import PUT_BACK
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, EVA, do, member, wish

SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def put_back(was: str, *values: str) -> dict[str, Value]:
    """The first name, which rules had written before and then wrote otherwise."""
    return {"of": "member", "fields": {"FNAME": {"values": [*values], "since": SINCE, "was": was}}}


def test_who_leaves_the_audience_meanwhile_is_not_put_into_it(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    call = wish(PUT_BACK, put_back("Eva", "Reader"))
    shown = {"id": member_id(call.addressee), "status": "subscribed", "merge_fields": {"FNAME": "Reader"}}
    one = {"method": "GET", "path": f"/3.0/lists/{AUDIENCE}/members/"}
    sandbox.script(one, [{"status": 200, "body": shown}])

    outcome = do(mailchimp, call)

    assert EVA not in sandbox.state()["mailchimp"]["members"]
    assert outcome == NOT_THERE


def test_what_has_been_put_back_already_is_done_without_a_word(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    do(mailchimp, wish("update_member", {"fields": {"FNAME": "Reader"}}))
    sandbox.script({"method": "PATCH"}, [{"apply": True, "drop": True}])
    call = wish(PUT_BACK, put_back("Eva", "Reader"))

    first, second = do(mailchimp, call), do(mailchimp, call)

    assert not isinstance(first, Done)
    assert second == Done()
    assert member(sandbox)["merge_fields"]["FNAME"] == "Eva"
