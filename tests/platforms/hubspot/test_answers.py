"""What HubSpot's refusals mean, and how its SDK is held."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unauthorized
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.answers import refusal
from connector.platforms.transport import Answer
from connector.sandbox import Sandbox, start
from tests.platforms.hubspot.wish import do, wish

NAMES = (
    "id",
    "results",
    "properties",
    "errors",
    "context",
    "objectWriteTraceId",
    "message",
    "category",
    "list",
    "status",
    "toObjectId",
    "associationTypes",
    "recordIdsRemoved",
    "recordIdsMissing",
    "ids",
    "from",
    "to",
    "email",
)
UPDATE = wish("update_contact", {"fields": {"firstname": "Eva"}})

WISHES = (
    UPDATE,
    wish("create_task", {"title": "Call", "due": UPDATE.action.decided_at}),
    wish("start_workflow", {"workflow": 4444}),
    wish("start_sequence", {"sequence": 3333, "sender": "sales@example.com", "user": 2222}),
    wish("add_to_list", {"list": "VIP"}),
    wish("tag", {"add": ["vip"]}),
    wish("remove_from_list", {"list": "VIP"}),
    wish("update_company", {"fields": {"city": "Gent", "lifecyclestage": "lead"}}),
    wish("complete_task", {"title": "Call"}),
    wish("complete_task", {"task": 3}),
    wish("add_note", {"text": "Asked for a catalogue"}),
    wish("create_deal", {"name": "Order 1001", "stage": "closedwon"}),
    wish("update_deal", {"name": "Order 1001", "stage": "closedwon"}),
    wish("update_deal", {"deal": 3, "amount": 80}),
    wish("create_ticket", {"subject": "A broken cup"}),
    wish("send_event", {"name": "pe1_quiz"}),
    wish("set_owner", {"owner": "sales@example.com"}),
    wish("unsubscribe", {}),
    wish("unsubscribe", {"subscription": 77}),
)


def answer(status: int, body: object = None, **headers: str) -> Answer:
    content = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json"} | named, content, 1_795_000_000.0)


@pytest.mark.parametrize(
    ("policy", "wait"), [("TEN_SECONDLY_ROLLING", 10), ("SECONDLY", 1), ("DAILY", 3600), ("OTHER", None)]
)
def test_the_policy_says_how_long_to_wait(policy: str, wait: float | None) -> None:
    refused = refusal(answer(429, {"policyName": policy, "message": "slow down", "errorType": "RATE_LIMIT"}))

    assert isinstance(refused, Transient)
    assert (refused.retry_after, refused.code) == (wait, "RATE_LIMIT")


def test_a_time_that_is_named_comes_before_the_policy() -> None:
    refused = refusal(answer(429, {"policyName": "DAILY"}, retry_after="7"))

    assert isinstance(refused, Transient)
    assert refused.retry_after == 7


def test_a_locked_record_waits_two_seconds() -> None:
    refused = refusal(answer(423, {"message": "locked"}))

    assert isinstance(refused, Transient)
    assert refused.retry_after == 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"category": "MISSING_SCOPES", "message": "lacks crm.objects.contacts.write"}, Transient),
        (None, Unauthorized),
        ({"category": "USER_DOES_NOT_HAVE_PERMISSIONS", "message": "no seat"}, Rejected),
    ],
)
def test_403_pauses_only_where_nothing_readable_came(
    body: dict[str, str] | None, kind: type[DispatchError]
) -> None:
    refused = refusal(answer(403, body))

    assert type(refused) is kind


@pytest.mark.parametrize("status", [477, 503])
def test_a_migration_or_an_outage_waits_as_long_as_is_said(status: int) -> None:
    refused = refusal(answer(status, retry_after="120"))

    assert isinstance(refused, Transient)
    assert refused.retry_after == 120


def test_a_revoked_token_is_unauthorized_everywhere(sandbox: Sandbox) -> None:
    adapter = HubSpot("pat-revoked", base_url=sandbox.hubspot_url)

    assert isinstance(do(adapter, UPDATE)[0], Unauthorized)
    with pytest.raises(Unauthorized):
        adapter.account()
    adapter.close()


def test_the_account_is_named_by_its_portal(hubspot: HubSpot) -> None:
    assert hubspot.account().removeprefix("hubspot:").isdecimal()


@pytest.mark.parametrize("body", [{}, {"portalId": None}, {"portalId": ""}, [1]])
def test_an_account_without_a_portal_cannot_be_told(hubspot: HubSpot, sandbox: Sandbox, body: object) -> None:
    sandbox.script({"path": "/account-info"}, [{"status": 200, "body": body}])

    with pytest.raises(Transient):
        hubspot.account()


def test_an_action_that_does_not_exist_is_refused(hubspot: HubSpot) -> None:
    outcome = do(hubspot, wish("send_pigeon", {}))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "hubspot has no action send_pigeon"


def test_one_connection_serves_all_packages_of_the_sdk(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, UPDATE)
    opened = hubspot._client._transport._wire.sock
    do(hubspot, wish("create_task", {"title": "Call", "due": UPDATE.action.decided_at}))
    do(hubspot, wish("add_to_list", {"list": "VIP"}))

    assert opened is not None
    assert hubspot._client._transport._wire.sock is opened


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(body=JSON, status=st.sampled_from([200, 201, 207, 400, 404, 409, 429]))
def test_any_json_gives_an_outcome(body: object, status: int) -> None:
    with start() as sandbox:
        adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, owner="sales@example.com")
        sandbox.script({}, [{"status": status, "body": json.dumps(body)}], times=None)

        outcomes = [do(adapter, one, _of_jan(one)) for one in WISHES]

        assert {len(some) for some in outcomes} == {2}
        assert all(isinstance(one, Done | DispatchError) for some in outcomes for one in some)
        adapter.close()


def _of_jan(one: Call) -> Call:
    return replace(one, addressee=replace(one.addressee, email="jan@example.com"))


def test_the_token_goes_to_https_only() -> None:
    with pytest.raises(SettingsError):
        HubSpot("pat-test", base_url="http://api.hubapi.com")


def test_importing_the_adapter_does_not_load_the_sdk() -> None:
    loading = "import sys; from connector.platforms.hubspot.adapter import HubSpot"
    code = f"{loading}; HubSpot('t'); print('hubspot' in sys.modules)"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "False"
