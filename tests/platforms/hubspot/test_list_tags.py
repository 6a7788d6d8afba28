"""Tags that are static lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, SettingsError, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.list_tags import OVERTAKEN
from connector.platforms.hubspot.tags import kept_in
from connector.runtime.reading import ReadingBack
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import do, wish


@pytest.fixture
def listing(sandbox: Sandbox) -> Iterator[HubSpot]:
    """The adapter of a connection that says `tags: lists`."""
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, tag_property="")
    yield adapter
    adapter.close()


def tag(number: int = 1, /, **tags: Value) -> Call:
    return wish("tag", tags, email=f"p{number}@example.com")


def members(sandbox: Sandbox) -> Mapping[str, int]:
    lists = sandbox.state()["hubspot"]["lists"].values()
    return {one["name"]: len(one["members"]) for one in lists if one["members"]}


def test_a_tag_is_a_list_of_its_name(listing: HubSpot, sandbox: Sandbox) -> None:
    added = do(listing, tag(add=["VIP", "Newsletter"]))[0]
    moved = do(listing, tag(add=["Newsletter"], remove=["VIP"]))[0]

    assert isinstance(added, Done)
    assert moved == added
    assert members(sandbox) == {"Newsletter": 1}


def test_the_tags_of_many_are_one_request_a_list(listing: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(listing, *[tag(n, add=["VIP"] if n % 2 else ["Newsletter"]) for n in range(100)])

    moves = [one for one in sandbox.state()["calls"] if one["method"] == "PUT"]
    assert all(isinstance(one, Done) for one in outcomes)
    assert members(sandbox) == {"VIP": 50, "Newsletter": 50}
    assert len(moves) == 2


@pytest.mark.parametrize("is_added_last", [True, False])
def test_of_two_wishes_of_one_contact_the_later_counts(
    listing: HubSpot, sandbox: Sandbox, is_added_last: bool
) -> None:
    wishes = [tag(remove=["VIP"]), tag(add=["VIP"])]

    outcomes = do(listing, *(wishes if is_added_last else reversed(wishes)), tag(2, add=["VIP"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert members(sandbox) == {"VIP": 1 + is_added_last}


@pytest.mark.parametrize("is_added_last", [True, False])
def test_what_a_later_wish_has_undone_is_done_and_says_so(listing: HubSpot, is_added_last: bool) -> None:
    both = [tag(remove=["VIP"]), tag(add=["VIP"])]
    wishes = [*(both if is_added_last else reversed(both)), tag(2, add=["VIP"])]
    do(listing, tag(1, add=["Newsletter"]))

    outcomes = ReadingBack(listing, lambda _: None).after(wishes, do(listing, *wishes))

    notes = [one.note for one in outcomes if isinstance(one, Done)]
    assert notes == [OVERTAKEN, "", ""]


def test_of_three_wishes_what_the_last_wants_too_is_read_back(listing: HubSpot) -> None:
    wishes = [tag(add=["VIP"]), tag(remove=["VIP"]), tag(add=["VIP"])]

    outcomes = do(listing, *wishes)

    assert [isinstance(one, Done) and one.is_read for one in outcomes] == [False, True, False]


def test_a_tag_without_a_list_is_refused_and_says_what_to_do(listing: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(listing, tag(1, add=["Nobody"]), tag(2, add=["VIP"]))

    assert [type(one) for one in outcomes] == [Rejected, Done]
    assert isinstance(outcomes[0], Rejected)
    assert "no static list Nobody" in outcomes[0].words
    assert len(sandbox.state()["hubspot"]["contacts"]) == 1


def test_a_tag_that_there_is_no_list_of_is_gone_already(listing: HubSpot, sandbox: Sandbox) -> None:
    assert do(listing, tag(remove=["Nobody", "VIP"]))[0] == Done()
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_the_name_of_a_tag_may_be_a_number(listing: HubSpot, sandbox: Sandbox) -> None:
    assert isinstance(do(listing, tag(add=["123"]))[0], Rejected)
    assert members(sandbox) == {}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 200, "body": {}}, Unknown),
        ({"apply": True, "drop": True}, Unknown),
        ({"status": 429}, Transient),
        ({"status": 400, "body": {"message": "the list is dynamic"}}, Rejected),
    ],
)
def test_of_several_lists_all_have_to_be_right(
    listing: HubSpot, sandbox: Sandbox, answer: dict[str, Any], kind: type[DispatchError]
) -> None:
    sandbox.script({"method": "PUT", "path": "*/memberships/add"}, [{}, answer])

    assert isinstance(do(listing, tag(add=["VIP", "Newsletter"]))[0], kind)


def test_hubspot_tells_nothing_of_such_tags(listing: HubSpot) -> None:
    assert listing.changes(wish("tag", {"add": ["VIP"]}, platform_id="51")) == ()


@pytest.mark.parametrize(("said", "kept"), [(None, "loods_tags"), ("property", "loods_tags"), ("lists", "")])
def test_the_connection_says_what_keeps_its_tags(said: str | None, kept: str) -> None:
    assert kept_in(said) == kept


def test_a_connection_that_says_something_else_is_refused() -> None:
    with pytest.raises(SettingsError, match="in a property or in lists"):
        kept_in("segments")
