"""The versions of HubSpot's API, and what their paths are."""

from __future__ import annotations

import pytest

from connector.errors import SettingsError
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.versions import VERSIONS, Version
from connector.sandbox import Sandbox
from tests.platforms.contract import Case, dispatched
from tests.platforms.hubspot.portal import PORTALS
from tests.platforms.hubspot.test_adapter import CASES
from tests.platforms.hubspot.wish import do, wish


@pytest.mark.parametrize(
    ("written", "dated"),
    [
        ("/crm/v3/objects/contacts/batch/upsert", "/crm/objects/2026-03/contacts/batch/upsert"),
        (
            "/crm/v4/objects/contacts/51/associations/tasks",
            "/crm/objects/2026-03/contacts/51/associations/tasks",
        ),
        (
            "/crm/v4/associations/contacts/tasks/batch/read",
            "/crm/associations/2026-03/contacts/tasks/batch/read",
        ),
        ("/crm/v3/lists/7/memberships/add", "/crm/lists/2026-03/7/memberships/add"),
        ("/crm/v3/owners/", "/crm/owners/2026-03/"),
        ("/crm/v3/properties/contacts", "/crm/properties/2026-03/contacts"),
        ("/crm/v3/pipelines/deals", "/crm/pipelines/2026-03/deals"),
        ("/events/v3/send", "/events/2026-03/send"),
        ("/events/v3/send/batch", "/events/2026-03/send/batch"),
        ("/events/v3/event-definitions/pe1_quiz", "/events/2026-03/event-definitions/pe1_quiz"),
        ("/automation/v4/sequences/enrollments", "/automation/sequences/2026-03/enrollments"),
        (
            "/communication-preferences/v4/statuses/eva%40example.com",
            "/communication-preferences/2026-03/statuses/eva%40example.com",
        ),
        ("/account-info/v3/details", "/account-info/2026-03/details"),
        ("/automation/v2/workflows/7/enrollments", "/automation/v2/workflows/7/enrollments"),
        ("/crm/v3/objectsomething", "/crm/v3/objectsomething"),
    ],
)
def test_a_path_is_written_anew_where_the_version_has_another(written: str, dated: str) -> None:
    assert Version("2026-03").path(written) == dated
    assert Version("v3").path(written) == written


@pytest.mark.parametrize("name", ["", "v4", "2026-09", "2026-03 ", "2027-03", "latest"])
def test_a_version_that_is_not_known_is_refused_at_once(name: str) -> None:
    with pytest.raises(SettingsError, match="v3 or 2026-03"):
        HubSpot("pat-test", api=name)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_path_carries_is_the_same_in_every_version(sandbox: Sandbox, version: str) -> None:
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, api=version)

    do(adapter, wish("add_to_list", {"list": "VIP"}, email="eva+a/b@example.com"))

    assert [one["query"] for one in sandbox.state()["calls"]] == [{}, {}, {}, {}]
    assert [one["members"] for one in sandbox.state()["hubspot"]["lists"].values()] == [["51"], [], []]
    adapter.close()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_action_is_done_by_dated_paths_alone(sandbox: Sandbox, case: Case) -> None:
    if case.name in PORTALS:
        PORTALS[case.name](sandbox)
    before = len(sandbox.state()["calls"])
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, api="2026-03")

    outcome = dispatched(adapter, case)

    paths = [one["path"] for one in sandbox.state()["calls"][before:]]
    assert isinstance(outcome, Done)
    assert case.effect(sandbox.state())
    assert [one for one in paths if "/2026-03" not in one] == [one for one in paths if "/v2/" in one]
    adapter.close()
