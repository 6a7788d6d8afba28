"""What is made at HubSpot of what a mapping names, by the official SDK on the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from connector.errors import Rejected, Unauthorized
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.hubspot.setting_up import HubSpotBuilder
from connector.platforms.setting_up import State
from connector.sandbox import Sandbox
from connector.sandbox.hubspot import REVOKED
from tests.platforms.needing import carry_out, details, needing, reads, states, tags, writes

CONTACT, DEAL = Thing.CONTACT_PROPERTY, Thing.DEAL_PROPERTY


@pytest.fixture
def builder(sandbox: Sandbox) -> Iterator[HubSpotBuilder]:
    made = HubSpotBuilder("pat-test", base_url=sandbox.hubspot_url, deadline=10.0)
    yield made
    made.close()


def ask(sandbox: Sandbox, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Another program's call, with its answer."""
    headers = {"Authorization": "Bearer pat-other", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, sandbox.hubspot_url + path, body=content, headers=headers)
    assert answer.status in {200, 201}, answer.data
    found: dict[str, Any] = answer.json()
    return found


def property_of(sandbox: Sandbox, name: str, kind: str = "contacts") -> dict[str, Any]:
    """A property as it is there now."""
    return ask(sandbox, "GET", f"/crm/v3/properties/{kind}/{name}")


def test_a_property_that_a_rule_writes_is_made_in_a_group_of_ours(
    sandbox: Sandbox, builder: HubSpotBuilder
) -> None:
    wish = needing(writes(CONTACT, "favourite", "tea"), writes(DEAL, "basket", sort=Sort.NUMBER))
    before = states(builder, wish)

    carry_out(builder, wish)

    made = property_of(sandbox, "favourite"), property_of(sandbox, "basket", "deals")
    assert before == {
        "group loods of contacts": State.MAKE,
        "contact property favourite": State.MAKE,
        "group loods of deals": State.MAKE,
        "deal property basket": State.MAKE,
    }
    assert [(one["groupName"], one["type"]) for one in made] == [("loods", "string"), ("loods", "number")]
    assert set(states(builder, wish).values()) == {State.THERE}


@pytest.mark.parametrize(
    ("sort", "form"),
    [
        (Sort.TEXT, ("string", "text")),
        (Sort.NUMBER, ("number", "number")),
        (Sort.YES_NO, ("bool", "booleancheckbox")),
        (Sort.DATE, ("date", "date")),
        (Sort.TIME, ("datetime", "date")),
        (Sort.STAGE, ("string", "text")),
        (None, ("string", "text")),
    ],
)
def test_the_kind_of_a_new_property_is_that_of_what_is_written(
    sandbox: Sandbox, builder: HubSpotBuilder, sort: Sort | None, form: tuple[str, str]
) -> None:
    carry_out(builder, needing(writes(CONTACT, "measured", sort=sort)))

    made = property_of(sandbox, "measured")
    assert (made["type"], made["fieldType"]) == form


@pytest.mark.parametrize("other", [writes(CONTACT, "measured", "none yet"), writes(CONTACT, "measured")])
def test_a_property_that_takes_several_kinds_of_value_is_a_text(
    sandbox: Sandbox, builder: HubSpotBuilder, other: Any
) -> None:
    carry_out(builder, needing(writes(CONTACT, "measured", sort=Sort.NUMBER), other))

    assert property_of(sandbox, "measured")["type"] == "string"


def test_a_property_that_is_only_read_is_not_made(builder: HubSpotBuilder) -> None:
    wish = needing(reads(CONTACT, "score_of_sales"))

    assert states(builder, wish) == {"contact property score_of_sales": State.BY_HAND}
    assert "named at triggers/a.yaml:7" in details(builder, wish)["contact property score_of_sales"]


def test_the_choices_of_a_property_that_somebody_made_are_theirs_to_add(
    sandbox: Sandbox, builder: HubSpotBuilder
) -> None:
    wish = needing(writes(CONTACT, "lifecyclestage", "lead", "ambassador"))
    before = property_of(sandbox, "lifecyclestage")

    carry_out(builder, wish)

    assert states(builder, wish) == {"contact property lifecyclestage": State.BY_HAND}
    assert (
        "lacks the choice ambassador: add them" in details(builder, wish)["contact property lifecyclestage"]
    )
    assert property_of(sandbox, "lifecyclestage") == before


def test_tags_are_choices_of_a_property_which_keeps_those_that_it_has(
    sandbox: Sandbox, builder: HubSpotBuilder
) -> None:
    carry_out(builder, needing(tags("warm", "loyal")))

    carry_out(builder, needing(tags("new", "warm")))

    assert [one["value"] for one in property_of(sandbox, "loods_tags")["options"]] == ["warm", "loyal", "new"]
    assert states(builder, needing(tags("new"))) == {"contact property loods_tags": State.THERE}


def test_a_choice_that_somebody_adds_meanwhile_is_not_lost(sandbox: Sandbox, builder: HubSpotBuilder) -> None:
    (step,) = builder.plan(needing(tags("warm")))
    option = {"label": "VIP", "value": "vip", "displayOrder": 0, "hidden": False}
    ask(sandbox, "PATCH", "/crm/v3/properties/contacts/loods_tags", {"options": [option]})

    builder.carry_out(step)

    assert [one["value"] for one in property_of(sandbox, "loods_tags")["options"]] == ["vip", "warm"]


def test_without_the_property_of_the_tags_it_is_made_with_all_of_them(
    sandbox: Sandbox, builder: HubSpotBuilder
) -> None:
    lacking = {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": []}
    read = {"method": "POST", "path": "/crm/v3/properties/contacts/batch/read"}
    sandbox.script(read, [{"status": 207, "body": lacking}])

    group, step = builder.plan(
        needing(tags("warm", "loyal", "warm"), tags("{{ contact.x }}", is_known=False))
    )

    assert (group.what, step.state) == ("group loods of contacts", State.MAKE)
    assert (step.body["type"], step.body["fieldType"]) == ("enumeration", "checkbox")
    assert [one["value"] for one in step.body["options"]] == ["warm", "loyal"]


def test_a_list_that_is_named_is_made_as_a_static_one(sandbox: Sandbox, builder: HubSpotBuilder) -> None:
    wish = needing(writes(Thing.LIST, "Spring campaign"))
    before = states(builder, wish)

    carry_out(builder, wish)

    made = [one for one in sandbox.state()["hubspot"]["lists"].values() if one["name"] == "Spring campaign"]
    assert before == {"list Spring campaign": State.MAKE}
    assert [one["processingType"] for one in made] == ["MANUAL"]
    assert states(builder, wish) == {"list Spring campaign": State.THERE}


def test_a_list_that_fills_itself_and_a_number_that_is_none_are_for_a_person(
    sandbox: Sandbox, builder: HubSpotBuilder
) -> None:
    body = {"name": "Everybody", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    ask(sandbox, "POST", "/crm/v3/lists", body)

    found = details(builder, needing(writes(Thing.LIST, "Everybody"), writes(Thing.LIST, "987654")))

    assert found["list Everybody"].startswith("fills itself")
    assert found["list 987654"].startswith("there is no list with this number")


def test_a_list_that_was_deleted_is_not_there(sandbox: Sandbox, builder: HubSpotBuilder) -> None:
    deleted = {"listId": "123", "processingType": "MANUAL", "deletedAt": "2026-05-02T21:00:14.271Z"}
    sandbox.script({"path": "/crm/v3/lists/123"}, [{"status": 200, "body": {"list": deleted}}])

    found = details(builder, needing(writes(Thing.LIST, "123")))

    assert found["list 123"].startswith("there is no list with this number")


def test_where_tags_are_lists_each_is_a_list(builder: HubSpotBuilder) -> None:
    wish = needing(tags("warm"), has_tag_lists=True)

    assert states(builder, wish) == {"list warm": State.MAKE}


def test_a_tag_that_is_the_number_of_another_list_is_a_list_of_its_own(builder: HubSpotBuilder) -> None:
    wish = needing(tags("123"), has_tag_lists=True)
    before = states(builder, wish)

    carry_out(builder, wish)

    assert states(builder, needing(writes(Thing.LIST, "123"))) == {"list 123": State.THERE}
    assert before == {"list 123": State.MAKE}
    assert states(builder, wish) == {"list 123": State.THERE}


def test_the_dated_paths_make_the_same(sandbox: Sandbox) -> None:
    dated = HubSpotBuilder("pat-test", base_url=sandbox.hubspot_url, api="2026-03", deadline=10.0)
    wish = needing(writes(CONTACT, "favourite", "tea"), writes(Thing.LIST, "Spring"), tags("warm"))

    carry_out(dated, wish)

    assert set(states(dated, wish).values()) == {State.THERE}
    assert all("/2026-03" in one["path"] for one in sandbox.state()["calls"])
    dated.close()


def test_hubspots_refusal_is_told_in_its_words(builder: HubSpotBuilder) -> None:
    with pytest.raises(Rejected, match="lower case letters, digits and underscores"):
        carry_out(builder, needing(writes(CONTACT, "Favourite Tea", "green")))


def test_a_revoked_token_says_so(sandbox: Sandbox) -> None:
    revoked = HubSpotBuilder(REVOKED, base_url=sandbox.hubspot_url, deadline=10.0)

    with pytest.raises(Unauthorized, match="Authentication credentials not found"):
        revoked.plan(needing(writes(CONTACT, "favourite", "tea")))

    revoked.close()
