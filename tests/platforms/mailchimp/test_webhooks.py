"""The webhooks of a Mailchimp audience, made by the official SDK on the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import urllib3

from connector.errors import Rejected, Unauthorized
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.webhooks import EVENTS, Webhooks
from connector.platforms.setting_up import Made, State, Step, Wanted
from connector.sandbox import Sandbox
from connector.sandbox.mailchimp import REVOKED
from tests.platforms.mailchimp.wish import AUDIENCE

HERE = "https://hooks.example.com/webhooks/mailchimp"
OLD = "https://old.example.com/webhooks/mailchimp"
TOPICS = ("subscribe", "unsubscribe", "profile", "upemail", "cleaned")
UNSET = {"ONE": None, "TWO": None}


@pytest.fixture
def webhooks(sandbox: Sandbox) -> Iterator[Webhooks]:
    client = MailchimpClient("test-us21", base_url=sandbox.mailchimp_url, deadline=10.0)
    yield Webhooks(client, AUDIENCE)
    client.close()


def wanted(
    variables: Mapping[str, str | None] = UNSET, *, address: str = HERE, before: str | None = None
) -> Wanted:
    """What the connection `mailchimp` wants."""
    return Wanted("mailchimp", address, TOPICS, before, variables)


def carry_out(webhooks: Webhooks, wish: Wanted) -> list[tuple[Step, Made]]:
    """Do all that is to be done."""
    return [(step, webhooks.carry_out(step)) for step in webhooks.plan(wish) if step.writes]


def held(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The webhooks of the audience."""
    found: list[dict[str, Any]] = sandbox.state()["mailchimp"]["webhooks"].get(AUDIENCE, [])
    return found


def make(sandbox: Sandbox, url: str) -> None:
    """A person makes a webhook for all there is."""
    events, sources = dict.fromkeys(EVENTS, True), dict.fromkeys(("user", "admin", "api"), True)
    body = json.dumps({"url": url, "events": events, "sources": sources})
    headers = urllib3.make_headers(basic_auth="x:person-us21")
    with urllib3.PoolManager() as pool:
        path = f"{sandbox.mailchimp_url}/3.0/lists/{AUDIENCE}/webhooks"
        answer = pool.request("POST", path, body=body, headers=headers)
    assert answer.status == 200, answer.data


def test_two_are_made_and_only_one_of_them_hears_what_the_api_did(
    sandbox: Sandbox, webhooks: Webhooks
) -> None:
    carry_out(webhooks, wanted())

    told = {
        one["url"]: ({name for name, yes in one["events"].items() if yes}, one["sources"]["api"])
        for one in held(sandbox)
    }
    assert told == {
        HERE: ({"subscribe", "profile"}, False),
        f"{HERE}/departures": ({"unsubscribe", "cleaned", "upemail"}, True),
    }


def test_each_gives_its_secret_once_for_a_variable_of_its_own(sandbox: Sandbox, webhooks: Webhooks) -> None:
    done = carry_out(webhooks, wanted())

    assert [step.variable for step, _ in done] == ["ONE", "TWO"]
    assert all(len(made.secret) == 32 for _, made in done)
    assert "signing_secret" not in held(sandbox)[0]


def test_what_is_there_is_left(webhooks: Webhooks) -> None:
    secrets = {step.variable: made.secret for step, made in carry_out(webhooks, wanted())}

    assert [step.state for step in webhooks.plan(wanted(secrets))] == [State.THERE, State.THERE]


def test_a_second_one_needs_a_second_variable(webhooks: Webhooks) -> None:
    first, second = webhooks.plan(wanted({"ONE": None}))

    assert (first.state, second.state) == (State.MAKE, State.BY_HAND)
    assert "add one more to it in the mapping" in second.detail


def test_the_secret_of_a_webhook_that_is_there_is_missed(webhooks: Webhooks) -> None:
    carry_out(webhooks, wanted())

    *_, last = webhooks.plan(wanted({"ONE": "known", "TWO": None}))

    assert (last.state, last.what) == (State.BY_HAND, "signing secrets")
    assert last.detail.startswith("2 of the webhooks here are signed, and 1 of the secret's variables")


def test_one_here_that_tells_of_other_things_is_changed(sandbox: Sandbox, webhooks: Webhooks) -> None:
    make(sandbox, HERE)
    states = [step.state for step in webhooks.plan(wanted({"ONE": "known", "TWO": None}))]

    carry_out(webhooks, wanted({"ONE": "known", "TWO": None}))

    assert states == [State.CHANGE, State.MAKE]
    assert held(sandbox)[0]["sources"]["api"] is False
    assert [name for name, yes in held(sandbox)[0]["events"].items() if yes] == ["subscribe", "profile"]


def test_one_that_tells_of_all_stays_so_until_another_can_be_made(
    sandbox: Sandbox, webhooks: Webhooks
) -> None:
    make(sandbox, HERE)

    first, second = webhooks.plan(wanted({"ONE": "known"}))

    assert (first.state, second.state) == (State.BY_HAND, State.BY_HAND)
    assert first.detail.startswith("tells of unsubscribe, cleaned, upemail too, and is changed once")


def test_one_with_a_secret_in_its_address_keeps_that(sandbox: Sandbox, webhooks: Webhooks) -> None:
    make(sandbox, f"{HERE}?secret=mine")

    carry_out(webhooks, wanted({"ONE": "mine", "TWO": None}))

    assert [one["url"] for one in held(sandbox)] == [f"{HERE}?secret=mine", f"{HERE}/departures"]


def test_those_of_the_address_before_are_changed(sandbox: Sandbox, webhooks: Webhooks) -> None:
    carry_out(webhooks, wanted(address=OLD))

    carry_out(webhooks, wanted({"ONE": "one", "TWO": "two"}, before=OLD))

    assert [one["url"] for one in held(sandbox)] == [HERE, f"{HERE}/departures"]


def test_a_secret_in_an_address_goes_along_and_is_not_shown(sandbox: Sandbox, webhooks: Webhooks) -> None:
    make(sandbox, f"{OLD}?secret=mine")
    wish = wanted({"ONE": "mine", "TWO": None})

    elsewhere = webhooks.plan(wish)
    carry_out(webhooks, wanted({"ONE": "mine", "TWO": None}, before=OLD))

    assert elsewhere[-1].detail.startswith(
        f"goes to {OLD}; where that was this Loods until now, --moved-from "
    )
    assert not any("mine" in step.detail for step in elsewhere)
    assert held(sandbox)[0]["url"] == f"{HERE}?secret=mine"


def test_one_elsewhere_is_shown_and_left_alone(sandbox: Sandbox, webhooks: Webhooks) -> None:
    make(sandbox, OLD)
    make(sandbox, "https://crm.example.com/mailchimp")

    *_, last = webhooks.plan(wanted())

    assert (last.state, last.detail.partition(";")[0]) == (State.LEFT, f"goes to {OLD}")
    assert len(webhooks.plan(wanted())) == 3


def test_a_webhook_that_mailchimp_does_not_sign_is_told_of(sandbox: Sandbox, webhooks: Webhooks) -> None:
    sandbox.script({"method": "POST", "path": "/3.0/lists"}, [{"status": 200, "body": {"id": "a1"}}])

    ((_, made), _) = carry_out(webhooks, wanted())

    assert made == Made("a1", notice="Mailchimp gave no signing secret: what it sends is refused here")


def test_a_refused_address_is_told_in_mailchimps_words(webhooks: Webhooks) -> None:
    with pytest.raises(Rejected, match="not a valid URL"):
        carry_out(webhooks, wanted(address="nowhere"))


def test_a_revoked_key_says_so(sandbox: Sandbox) -> None:
    client = MailchimpClient(REVOKED, base_url=sandbox.mailchimp_url, deadline=10.0)

    with pytest.raises(Unauthorized, match="API Key Invalid"):
        Webhooks(client, AUDIENCE).plan(wanted())

    client.close()
