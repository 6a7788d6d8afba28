"""What is made at Mailchimp of what a mapping names, by the official SDK on the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.mailchimp.setting_up import MailchimpBuilder
from connector.platforms.setting_up import State
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, DOUBLE_OPTIN
from tests.platforms.needing import carry_out, details, needing, reads, states, tags, writes

FIELD = Thing.MERGE_FIELD


@pytest.fixture
def builder(sandbox: Sandbox) -> Iterator[MailchimpBuilder]:
    made = MailchimpBuilder("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)
    yield made
    made.close()


def kinds(builder: MailchimpBuilder, sandbox: Sandbox) -> dict[str, str]:
    """The merge fields that were asked for, each with its kind."""
    calls = [one for one in sandbox.state()["calls"] if one["method"] == "POST"]
    return {one["body"]["tag"]: one["body"]["type"] for one in calls if one["path"].endswith("merge-fields")}


def test_a_field_that_a_rule_writes_is_made_with_its_kind(
    sandbox: Sandbox, builder: MailchimpBuilder
) -> None:
    wish = needing(
        writes(FIELD, "SINCE", sort=Sort.DATE),
        writes(FIELD, "VALUE", sort=Sort.NUMBER),
        writes(FIELD, "TEASORT", "green"),
        writes(FIELD, "fname", sort=Sort.TEXT),
        writes(FIELD, "EMAIL", sort=Sort.TEXT),
    )

    carry_out(builder, wish)

    assert kinds(builder, sandbox) == {"SINCE": "date", "VALUE": "number", "TEASORT": "text"}
    assert set(states(builder, wish).values()) == {State.THERE}
    assert "merge field EMAIL" not in states(builder, wish)


def test_a_field_with_a_name_that_mailchimp_does_not_take_is_for_a_person(builder: MailchimpBuilder) -> None:
    wish = needing(writes(FIELD, "FAVOURITE_TEA", "green"), reads(FIELD, "SHOE"))

    assert set(states(builder, wish).values()) == {State.BY_HAND}
    assert (
        "at most 10 characters (named at triggers/a.yaml:7)"
        in details(builder, wish)["merge field FAVOURITE_TEA"]
    )


def test_what_differs_by_capitals_only_is_made_once(builder: MailchimpBuilder) -> None:
    wish = needing(writes(FIELD, "Tea", "green"), writes(FIELD, "TEA", "black"), tags("Warm", "warm"))
    before = states(builder, wish)

    carry_out(builder, wish)

    assert before == {"merge field Tea": State.MAKE, "tag Warm": State.MAKE}
    assert set(states(builder, wish).values()) == {State.THERE}


def test_tags_are_made_before_anybody_has_them(builder: MailchimpBuilder) -> None:
    wish = needing(tags("warm", "loyal"))
    before = states(builder, wish)

    carry_out(builder, wish)

    assert before == {"tag warm": State.MAKE, "tag loyal": State.MAKE}
    assert states(builder, wish) == {"tag warm": State.THERE, "tag loyal": State.THERE}


def test_a_tag_of_which_there_is_only_a_longer_one_is_made(builder: MailchimpBuilder) -> None:
    carry_out(builder, needing(tags("warmer")))

    assert states(builder, needing(tags("warm"))) == {"tag warm": State.MAKE}


def test_a_store_is_made_once_its_currency_is_said(sandbox: Sandbox, builder: MailchimpBuilder) -> None:
    wish = writes(Thing.STORE, "webshop")
    before = states(builder, needing(wish))

    carry_out(builder, needing(wish, currency="EUR"))

    assert before == {"store webshop": State.BY_HAND}
    assert states(builder, needing(wish)) == {"store webshop": State.THERE}
    (call,) = [one for one in sandbox.state()["calls"] if one["path"] == "/3.0/ecommerce/stores"]
    assert (call["body"]["list_id"], call["body"]["is_syncing"]) == (AUDIENCE, False)


def test_the_store_of_another_audience_is_not_taken(sandbox: Sandbox, builder: MailchimpBuilder) -> None:
    other = MailchimpBuilder("test-us21", DOUBLE_OPTIN, base_url=sandbox.mailchimp_url, deadline=10.0)
    carry_out(other, needing(writes(Thing.STORE, "webshop"), currency="EUR"))
    other.close()

    assert "name another store" in details(builder, needing(writes(Thing.STORE, "webshop")))["store webshop"]
