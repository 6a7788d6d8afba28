"""Members and their tags: written in Mailchimp's forms, and nobody's status is ever changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Rejected, Transient
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.platforms.mailchimp.values import as_field
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import DOUBLE_OPTIN, do, forget, join, member, methods, wish

ADDRESS = {"addr1": "Dam 1", "city": "Amsterdam", "state": "NH", "zip": "1012"}


@pytest.fixture
def asking_twice(sandbox: Sandbox) -> Iterator[Mailchimp]:
    adapter = Mailchimp("test-us21", DOUBLE_OPTIN, base_url=sandbox.mailchimp_url, deadline=10.0)
    yield adapter
    adapter.close()


def puts(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [one["body"] for one in sandbox.state()["calls"] if one["method"] == "PUT"]


def test_who_is_new_and_has_consented_is_subscribed(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    outcome = do(mailchimp, wish("update_member", {"fields": {"FNAME": "Eva"}, "language": "nl"}))

    assert outcome == Done()
    assert member(sandbox)["status"] == "subscribed"
    assert member(sandbox)["language"] == "nl"


def test_who_is_new_without_consent_is_transactional(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    do(mailchimp, wish("update_member", {}, has_consent=False))

    assert member(sandbox)["status"] == "transactional"
    assert methods(sandbox)[0].startswith("PUT")


def test_an_audience_with_double_opt_in_asks_the_person(asking_twice: Mailchimp, sandbox: Sandbox) -> None:
    do(asking_twice, wish("update_member", {}))

    assert member(sandbox)["status"] == "pending"


def test_double_opt_in_is_read_once_an_hour(asking_twice: Mailchimp, sandbox: Sandbox) -> None:
    do(asking_twice, wish("update_member", {}))
    do(asking_twice, wish("update_member", {}))

    assert methods(sandbox).count(f"GET {DOUBLE_OPTIN}") == 1


def test_nobody_is_added_while_double_opt_in_cannot_be_read(
    asking_twice: Mailchimp, sandbox: Sandbox
) -> None:
    sandbox.script({"method": "GET"}, [{"drop": True}])

    outcome = do(asking_twice, wish("update_member", {}))

    assert isinstance(outcome, Transient)
    assert puts(sandbox) == []


@pytest.mark.parametrize("status", ["unsubscribed", "transactional", "pending", "cleaned"])
def test_a_status_is_never_changed(mailchimp: Mailchimp, sandbox: Sandbox, status: str) -> None:
    join(sandbox, status)

    outcome = do(mailchimp, wish("update_member", {"fields": {"FNAME": "Eva"}}))

    assert outcome == Done()
    assert member(sandbox)["status"] == status
    assert "status" not in puts(sandbox)[-1]


def test_names_of_fields_may_be_in_lower_case(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    assert do(mailchimp, wish("update_member", {"fields": {"fname": "Eva"}})) == Done()
    assert member(sandbox)["merge_fields"] == {"FNAME": "Eva"}


def test_a_field_that_the_audience_does_not_have_is_told(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    outcome = do(mailchimp, wish("update_member", {"fields": {"FNAME": "Eva", "SHOE": "38"}}))

    assert isinstance(outcome, Rejected)
    assert "no merge field SHOE" in outcome.words
    assert member(sandbox)["merge_fields"] == {"FNAME": "Eva"}


def test_a_missing_value_leaves_and_an_empty_one_clears(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    do(mailchimp, wish("update_member", {"fields": {"FNAME": "Eva", "LNAME": "Smit"}}))

    do(mailchimp, wish("update_member", {"fields": {"FNAME": None, "LNAME": ""}}))

    assert member(sandbox)["merge_fields"] == {"FNAME": "Eva", "LNAME": ""}


@pytest.mark.parametrize(
    ("field", "value", "held"),
    [
        ("SCORE", Decimal("12.50"), "12.50"),
        ("SCORE", 7, "7"),
        ("LASTORDER", date(2026, 11, 22), "2026-11-22"),
        ("LASTORDER", datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "2026-11-22"),
        ("BIRTHDAY", date(1980, 5, 17), "05/17"),
        ("BIRTHDAY", "--05-17", "05/17"),
        ("BIRTHDAY", "1980-05-17", "05/17"),
        ("BIRTHDAY", "05/17", "05/17"),
        ("STAGE", "1980-05-17", "1980-05-17"),
        ("STAGE", True, "true"),
        ("STAGE", datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "2026-11-22T09:30:00+00:00"),
        ("STAGE", ("new", "care"), "new, care"),
        ("STAGE", "é" * 127, "é" * 127),
        ("SCORE", "", ""),
        ("BIRTHDAY", "", ""),
        ("ADDRESS", ADDRESS, ADDRESS),
    ],
)
def test_values_arrive_in_the_form_of_their_field(
    mailchimp: Mailchimp, sandbox: Sandbox, field: str, value: Value, held: object
) -> None:
    assert do(mailchimp, wish("update_member", {"fields": {field: value}})) == Done()
    assert member(sandbox)["merge_fields"] == {field: held}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("STAGE", "é" * 128, "at most 255 bytes, and this has 256"),
        ("ADDRESS", {"addr1": "Dam 1", "city": "Amsterdam", "zip": ""}, "no state, zip"),
        ("STAGE", ADDRESS, "takes no address"),
    ],
)
def test_what_mailchimp_would_cut_or_refuse_is_not_sent(
    mailchimp: Mailchimp, sandbox: Sandbox, field: str, value: Value, why: str
) -> None:
    join(sandbox, "subscribed")

    outcome = do(mailchimp, wish("update_member", {"fields": {field: value}}))

    assert isinstance(outcome, Rejected)
    assert field in outcome.words
    assert why in outcome.words
    assert puts(sandbox) == []


@given(st.text(), st.sampled_from(["text", "birthday", "date", "number", "address", None]))
def test_a_text_is_kept_whole_or_refused(text: str, kind: str | None) -> None:
    try:
        kept = as_field(text, kind)
    except ValueError:
        return

    assert kept == text or kind == "birthday"
    assert len(str(kept).encode(errors="replace")) <= 255


def test_a_required_field_that_is_empty_is_no_obstacle(asking_twice: Mailchimp, sandbox: Sandbox) -> None:
    assert do(asking_twice, wish("update_member", {"fields": {"FNAME": "Eva"}})) == Done()
    assert sandbox.state()["calls"][-1]["query"] == {"skip_merge_validation": ["true"]}


@pytest.mark.parametrize(
    ("email", "kind", "code"),
    [
        ("fake@example.com", Rejected, "fake_address"),
        ("eva@invalid.example", Rejected, "fake_address"),
        ("busy@example.com", Transient, "busy"),
    ],
)
def test_an_address_that_mailchimp_doubts_is_told_apart(
    mailchimp: Mailchimp, email: str, kind: type[Rejected | Transient], code: str
) -> None:
    outcome = do(mailchimp, wish("update_member", {}, email=email))

    assert isinstance(outcome, kind)
    assert outcome.code == code
    assert email in outcome.words


def test_who_was_deleted_for_good_stays_so(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed")
    forget(sandbox)

    outcome = do(mailchimp, wish("update_member", {}))

    assert isinstance(outcome, Rejected)
    assert outcome.code == "forgotten"


def test_an_answer_about_somebody_else_is_no_proof(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed", "adam@example.com")
    adams = {"status": 200, "body": member(sandbox, "adam@example.com")}
    sandbox.script({"method": "PUT"}, [adams])

    assert not isinstance(do(mailchimp, wish("update_member", {})), Done)


def test_tags_of_who_is_no_member_are_set_after_adding_them(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    outcome = do(mailchimp, wish("tag", {"add": ["vip"]}))

    assert outcome == Done()
    assert member(sandbox)["tags"] == ["vip"]
    assert [line.split(" ")[0] for line in methods(sandbox)] == ["POST", "GET", "GET", "PUT", "POST", "GET"]


def test_tags_that_are_not_named_stay(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    do(mailchimp, wish("tag", {"add": ["lead", "vip"]}))

    do(mailchimp, wish("tag", {"add": ["customer"], "remove": ["lead", "never was"]}))

    assert member(sandbox)["tags"] == ["vip", "customer"]


@pytest.mark.parametrize("lost", ["GET", "PUT"])
def test_a_member_who_may_not_have_been_added_is_added_again(
    mailchimp: Mailchimp, sandbox: Sandbox, lost: str
) -> None:
    sandbox.script({"method": lost}, [{"apply": True, "drop": True}])

    first, second = do(mailchimp, wish("tag", {"add": ["vip"]})), do(mailchimp, wish("tag", {"add": ["vip"]}))

    assert isinstance(first, Transient)
    assert second == Done()


@pytest.mark.parametrize(
    "arguments",
    [{}, {"add": []}, {"add": [""]}, {"add": ["vip"], "remove": ["VIP"]}, {"add": ["x" * 101]}],
)
def test_tags_that_say_nothing_are_refused(mailchimp: Mailchimp, arguments: dict[str, Value]) -> None:
    assert isinstance(do(mailchimp, wish("tag", arguments)), Rejected)
