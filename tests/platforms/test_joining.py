"""Two consecutive actions as one: what is there in the end is what both would have left there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Rejected
from connector.platforms.hubspot.arguments import SPECS as HUBSPOT
from connector.platforms.joining import with_later_tags, with_later_values
from connector.platforms.mailchimp.arguments import SPECS as MAILCHIMP
from connector.platforms.mailchimp.arguments import UpdateMember

NAMES = st.sampled_from(["a", "b", "c", "d"])
FIELDS = st.dictionaries(NAMES, st.one_of(st.none(), st.integers(0, 3), st.just("")), max_size=4)
WRITTEN = st.fixed_dictionaries(
    {"fields": FIELDS}, optional={"language": st.sampled_from(["nl", "de", None])}
)
TAGGED = st.dictionaries(NAMES, st.booleans(), max_size=4).map(
    lambda said: {
        "add": [name for name, is_added in said.items() if is_added],
        "remove": [name for name, is_added in said.items() if not is_added],
    }
)


def written(before: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Properties after an update of them."""
    others = {name: one for name, one in arguments.items() if name != "fields"}
    told = {**arguments["fields"], **others}
    return {**before, **{name: value for name, value in told.items() if value is not None}}


def tagged(before: frozenset[str], arguments: Mapping[str, Any]) -> frozenset[str]:
    """Tags after a change of them."""
    return (before - set(arguments["remove"])) | set(arguments["add"])


@given(FIELDS, WRITTEN, WRITTEN)
def test_properties_become_what_two_updates_make_of_them(
    before: dict[str, Any], first: dict[str, Any], then: dict[str, Any]
) -> None:
    assert written(before, with_later_values(first, then)) == written(written(before, first), then)


@given(st.frozensets(NAMES), TAGGED, TAGGED)
def test_tags_become_what_two_changes_make_of_them(
    before: frozenset[str], first: dict[str, Any], then: dict[str, Any]
) -> None:
    assert tagged(before, with_later_tags(first, then)) == tagged(tagged(before, first), then)


@given(TAGGED, TAGGED)
def test_no_tag_is_added_and_removed_at_once(first: dict[str, Any], then: dict[str, Any]) -> None:
    both: Mapping[str, Any] = with_later_tags(first, then)

    assert set(both["add"]).isdisjoint(both["remove"])


def test_a_name_that_is_written_in_two_ways_gets_what_was_said_last() -> None:
    """A model takes away the spaces around a name."""
    both = with_later_values({"fields": {"CITY": "Delft"}}, {"fields": {"CITY ": "Gouda"}})

    told = UpdateMember.model_validate(with_later_values(both, {"fields": {"CITY": "Leiden"}}))

    assert told.fields == {"CITY": "Leiden"}


@pytest.mark.parametrize(("one", "other"), [("City", "city"), ("city ", "CITY")])
def test_what_differs_by_capitals_only_is_not_joined(one: str, other: str) -> None:
    """Whether it is the same is for the platform to say, to each by itself."""
    with pytest.raises(Rejected):
        with_later_values({"fields": {one: "Delft"}}, {"fields": {other: "Gouda"}})
    with pytest.raises(Rejected):
        with_later_tags({"remove": [one]}, {"add": [other]})


def test_only_what_can_be_repeated_is_joined() -> None:
    """Of a run whose answer is lost each action is repeated by itself."""
    joining = [spec for spec in (*HUBSPOT, *MAILCHIMP) if spec.join is not None]

    assert {spec.name for spec in joining} == {"update_contact", "update_company", "tag", "update_member"}
    assert all(spec.is_idempotent and not spec.can_look_up for spec in joining)
