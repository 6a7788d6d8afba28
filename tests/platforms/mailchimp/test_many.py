"""Many members in few calls: each is settled by itself, and nobody is done who is not named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.changes import JOINED
from connector.model.values import Value
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp.adapter import AT_FIRST, AT_ONCE, Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.mailchimp.wish import AUDIENCE, join, member, wish

LIST = f"/3.0/lists/{AUDIENCE}"
ADAM, BEA, CAS = "adam@example.com", "bea@example.com", "cas@example.com"
PEOPLE = (ADAM, BEA, CAS)
FNAME: Mapping[str, Value] = {"fields": {"FNAME": "New"}}


def updates(*emails: str, has_consent: bool = True, **arguments: Value) -> list[Call]:
    wanted = arguments or FNAME
    return [wish("update_member", wanted, email=one, has_consent=has_consent, key=one) for one in emails]


def tags(*emails: str, **arguments: Value) -> list[Call]:
    return [wish("tag", arguments or {"add": ["vip"]}, email=one, key=one) for one in emails]


def send(platform: Mailchimp, calls: Sequence[Call]) -> Sequence[Outcome]:
    return platform.dispatch(calls[0].action.name, calls)


def calls_of(sandbox: Sandbox, method: str = "POST", path: str = LIST) -> list[dict[str, Any]]:
    return [one for one in sandbox.state()["calls"] if (one["method"], one["path"]) == (method, path)]


def writes(sandbox: Sandbox) -> list[str]:
    """What was written since the last reset of the list, by method and end of path."""
    made = [one for one in sandbox.state()["calls"] if one["method"] != "GET"]
    return [f"{one['method']} {one['path'].removeprefix(LIST)}" for one in made]


@pytest.fixture
def trusting(mailchimp: Mailchimp, sandbox: Sandbox) -> Mailchimp:
    """The adapter after the audience has shown that a batch keeps statuses."""
    join(sandbox, "transactional", "shown@example.com")
    send(mailchimp, updates("shown@example.com", "beside@example.com"))
    assert mailchimp.batch_size("update_member") == AT_ONCE
    return mailchimp


def test_new_members_are_one_call_and_join_as_consent_allows(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    calls = [*updates(ADAM, BEA), *updates(CAS, has_consent=False)]

    outcomes = send(mailchimp, calls)

    assert [isinstance(one, Done) and JOINED not in one.became for one in outcomes] == [True, True, False]
    assert [member(sandbox, one)["status"] for one in PEOPLE] == ["subscribed"] * 2 + ["transactional"]
    assert all(member(sandbox, one)["merge_fields"] == {"FNAME": "New"} for one in PEOPLE)
    assert not calls_of(sandbox)[0]["body"]["update_existing"]


@pytest.mark.parametrize("status", ["subscribed", "unsubscribed", "transactional", "pending", "cleaned"])
def test_a_status_is_kept_by_every_way_to_write_many(
    mailchimp: Mailchimp, sandbox: Sandbox, status: str
) -> None:
    for email in PEOPLE:
        join(sandbox, status, email)

    outcomes = [*send(mailchimp, updates(*PEOPLE)), *send(mailchimp, updates(*PEOPLE))]

    assert all(isinstance(one, Done) for one in outcomes)
    assert [member(sandbox, one)["status"] for one in PEOPLE] == [status] * 3
    for call in calls_of(sandbox):
        may_change = call["body"]["update_existing"]
        assert not (may_change and any("status" in one for one in call["body"]["members"]))


def test_who_is_there_is_written_singly_until_the_audience_has_shown_that_a_batch_keeps_a_status(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    for email in (ADAM, BEA):
        join(sandbox, "subscribed", email)
    join(sandbox, "transactional", CAS)

    send(mailchimp, updates(ADAM, BEA))
    assert mailchimp.batch_size("update_member") == AT_FIRST
    send(mailchimp, updates(CAS, ADAM, BEA))

    assert mailchimp.batch_size("update_member") == AT_ONCE
    assert len([line for line in writes(sandbox) if line.startswith("PUT")]) == 5
    shown = calls_of(sandbox)[-1]["body"]
    assert shown["members"] == [{"email_address": CAS, "merge_fields": {"FNAME": "New"}}]


def test_a_batch_that_changes_a_status_is_undone_and_never_used_again(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    for email in PEOPLE:
        join(sandbox, "transactional", email)
    held = member(sandbox, ADAM)
    raised = {"updated_members": [{**held, "status": "subscribed"}], "new_members": [], "errors": []}
    sandbox.script(
        {"method": "POST", "path": LIST, "contains": '"update_existing": true'},
        [{"status": 200, "body": raised}],
    )

    outcomes = send(mailchimp, updates(*PEOPLE))

    assert all(isinstance(one, Done) for one in outcomes)
    assert [one["body"] for one in sandbox.state()["calls"] if one["method"] == "PATCH"] == [
        {"status": "transactional"}
    ]
    assert len([line for line in writes(sandbox) if line.startswith("PUT")]) == 3
    assert mailchimp.batch_size("update_member") == AT_FIRST


def test_a_thousand_known_members_are_two_calls(trusting: Mailchimp, sandbox: Sandbox) -> None:
    people = [f"p{number}@example.org" for number in range(1000)]
    for half in (people[:500], people[500:]):
        send(trusting, updates(*half))
    before = len(sandbox.state()["calls"])

    outcomes = [one for half in (people[:500], people[500:]) for one in send(trusting, updates(*half))]

    assert all(isinstance(one, Done) for one in outcomes)
    assert len(sandbox.state()["calls"]) - before == 2


def test_only_the_bad_ones_of_many_are_refused_each_in_its_own_words(
    trusting: Mailchimp, sandbox: Sandbox
) -> None:
    calls = [
        *updates(ADAM, "fake@example.com", "busy@example.com"),
        *updates(BEA, fields={"BIRTHDAY": "tomorrow"}),
        *updates(CAS, fields={"SHOE": "38"}),
        *updates("long@example.com", fields={"STAGE": "x" * 256}),
        wish("update_member", {"colour": "red"}, email="odd@example.com"),
        wish("update_member", {}, email=None),
    ]

    outcomes = send(trusting, calls)

    assert [type(one) for one in outcomes] == [Done, Rejected, Transient, *[Rejected] * 5]
    codes = [one.code for one in outcomes if isinstance(one, DispatchError)]
    assert codes == ["fake_address", "busy", "merge_fields", "", "", "", ""]
    assert "no merge field SHOE" in str(outcomes[4])
    assert member(sandbox, ADAM)["merge_fields"] == {"FNAME": "New"}


def test_somebody_in_a_compliance_state_is_written_but_not_subscribed(
    trusting: Mailchimp, sandbox: Sandbox
) -> None:
    join(sandbox, "unsubscribed", ADAM)
    refused = {
        "email_address": ADAM,
        "error": f"{ADAM} is in a compliance state due to unsubscribe, bounce, or compliance review",
        "error_code": "ERROR_GENERIC",
    }
    told = {"new_members": [], "updated_members": [], "errors": [refused]}
    sandbox.script({"method": "POST", "path": LIST}, [{"status": 200, "body": told}])

    outcomes = send(trusting, updates(ADAM, BEA))

    assert isinstance(outcomes[0], Done)
    assert isinstance(outcomes[1], Unknown)
    assert member(sandbox, ADAM)["status"] == "unsubscribed"


def test_who_is_in_no_part_of_the_answer_is_not_done(trusting: Mailchimp, sandbox: Sandbox) -> None:
    told: dict[str, list[object]] = {"new_members": [], "updated_members": [], "errors": []}
    sandbox.script({"method": "POST", "path": LIST}, [{"status": 200, "body": told, "apply": True}])

    outcomes = send(trusting, updates(*PEOPLE))

    assert [type(one) for one in outcomes] == [Unknown] * 3
    assert all(isinstance(one, Done) for one in send(trusting, updates(*PEOPLE)))


def test_a_batch_whose_answer_is_lost_may_be_repeated(trusting: Mailchimp, sandbox: Sandbox) -> None:
    sandbox.script({"method": "POST", "path": LIST}, [{"apply": True, "drop": True}])

    lost, again = send(trusting, updates(*PEOPLE)), send(trusting, updates(*PEOPLE))

    assert all(isinstance(one, Unknown) for one in lost)
    assert all(isinstance(one, Done) for one in again)
    assert all(member(sandbox, one)["status"] == "subscribed" for one in PEOPLE)


def test_one_address_twice_is_written_twice(trusting: Mailchimp) -> None:
    outcomes = send(trusting, updates(ADAM, ADAM.upper(), BEA))

    assert all(isinstance(one, Done) for one in outcomes)


def test_a_batch_that_is_refused_whole_is_done_one_by_one(trusting: Mailchimp, sandbox: Sandbox) -> None:
    refused = {"title": "Invalid Resource", "detail": "Something in it is odd.", "status": 400}
    sandbox.script({"method": "POST", "path": LIST}, [{"status": 400, "body": refused}])

    outcomes = send(trusting, updates(*PEOPLE))

    assert all(isinstance(one, Done) for one in outcomes)
    assert [line.split(" ")[0] for line in writes(sandbox)[-3:]] == ["PUT"] * 3


def test_who_was_archived_comes_back_as_consent_allows(trusting: Mailchimp, sandbox: Sandbox) -> None:
    send(trusting, updates(*PEOPLE))
    trusting.dispatch("archive", [wish("archive", {}, email=ADAM)])

    outcomes = [send(trusting, updates(*PEOPLE))[0], send(trusting, updates(*PEOPLE))[0]]

    assert isinstance(outcomes[-1], Done)
    assert member(sandbox, ADAM)["status"] == "subscribed"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, Transient),
        ({"status": 403}, Transient),
        ({"status": 401, "body": {"title": "API Key Invalid"}}, Unauthorized),
    ],
)
def test_nobody_is_called_for_after_mailchimp_refused_us(
    mailchimp: Mailchimp, sandbox: Sandbox, answer: dict[str, Any], kind: type[DispatchError]
) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    sandbox.script({"method": "PUT"}, [answer], times=None)

    outcomes = send(mailchimp, updates(*PEOPLE))

    assert [type(one) for one in outcomes] == [kind] * 3
    assert len([line for line in writes(sandbox) if line.startswith("PUT")]) == 1


def test_many_tags_are_one_call_and_their_answer_is_the_proof(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    people = [f"p{number}@example.org" for number in range(500)]
    for email in people:
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(*people))
    before = len(sandbox.state()["calls"])

    gained = send(mailchimp, tags(*people, add=["buyer"], remove=["vip"]))
    made = len(sandbox.state()["calls"]) - before

    held = sandbox.state()["mailchimp"]["members"]
    assert all(isinstance(one, Done) for one in gained)
    assert all(held[one]["tags"] == ["buyer"] for one in people)
    assert made == 6


@pytest.mark.parametrize("is_added_last", [True, False])
def test_of_two_wishes_of_one_member_the_later_counts(
    mailchimp: Mailchimp, sandbox: Sandbox, is_added_last: bool
) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(ADAM, BEA, CAS, add=["vip"]))
    removed, added = tags(ADAM, BEA, CAS, remove=["vip"]), tags(ADAM, BEA, CAS, add=["VIP"])

    outcomes = send(mailchimp, [*removed, *added] if is_added_last else [*added, *removed])

    assert all(isinstance(one, Done) for one in outcomes)
    assert [bool(member(sandbox, one)["tags"]) for one in PEOPLE] == [is_added_last] * 3


def test_who_had_the_tag_already_is_found_among_its_holders(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    people = [*PEOPLE, "dan@example.com"]
    for email in people:
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(*people))
    before = len(sandbox.state()["calls"])

    outcomes = send(mailchimp, tags(*people))

    assert all(isinstance(one, Done) for one in outcomes)
    assert len(sandbox.state()["calls"]) - before == 2


def test_who_is_not_in_the_audience_is_put_into_it_with_all_others(
    mailchimp: Mailchimp, sandbox: Sandbox
) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(*PEOPLE))
    send(mailchimp, tags(*PEOPLE, add=["lead"]))
    people = [f"p{number}@example.org" for number in range(100)]
    calls = [
        *[wish("tag", {"add": ["vip"], "remove": ["lead"]}, email=one) for one in people[:60]],
        *[wish("tag", {"add": ["vip"]}, email=one, has_consent=False) for one in people[60:]],
    ]
    before = len(sandbox.state()["calls"])

    outcomes = send(mailchimp, calls)

    assert all(isinstance(one, Done) for one in outcomes)
    assert [JOINED not in one.became for one in outcomes if isinstance(one, Done)] == [True] * 60 + [
        False
    ] * 40
    held = sandbox.state()["mailchimp"]["members"]
    assert [held[one]["status"] for one in people] == ["subscribed"] * 60 + ["transactional"] * 40
    assert all(held[one]["tags"] == ["vip"] for one in people)
    assert len(sandbox.state()["calls"]) - before <= 8


def test_who_was_archived_loses_a_tag_that_they_still_have(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    known = ["x@example.com", "y@example.com", "z@example.com"]
    for email in (*PEOPLE, *known):
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(*PEOPLE, *known, add=["lead"]))
    send(mailchimp, tags(*known))
    for email in PEOPLE:
        mailchimp.dispatch("archive", [wish("archive", {}, email=email)])

    outcomes = send(mailchimp, tags(*PEOPLE, add=["vip"], remove=["lead"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert [member(sandbox, one)["tags"] for one in PEOPLE] == [["vip"]] * 3


def test_nobody_is_tried_out_for_the_sake_of_a_tag(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed", "other@example.com")
    send(mailchimp, tags("other@example.com"))
    calls = [wish("tag", {"add": ["vip"]}, email=one, has_consent=False, key=one) for one in PEOPLE]

    outcomes = send(mailchimp, calls)

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any(one["body"]["update_existing"] for one in calls_of(sandbox))


def test_who_cannot_be_tagged_in_bulk_is_tagged_singly(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    join(sandbox, "subscribed", ADAM)
    join(sandbox, "unsubscribed", BEA)

    outcomes = send(mailchimp, tags(ADAM, BEA, CAS))

    assert all(isinstance(one, Done) for one in outcomes)
    assert [member(sandbox, one)["tags"] for one in PEOPLE] == [["vip"]] * 3
    assert [member(sandbox, one)["status"] for one in PEOPLE] == ["subscribed", "unsubscribed", "subscribed"]


def test_a_tag_whose_number_changed_is_looked_up_anew(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    send(mailchimp, tags(*PEOPLE))
    gone = {"title": "Resource Not Found", "status": 404}
    sandbox.script({"method": "POST", "path": f"{LIST}/segments/"}, [{"status": 404, "body": gone}])

    first, second = send(mailchimp, tags(*PEOPLE)), send(mailchimp, tags(*PEOPLE))

    assert all(isinstance(one, Done) for one in (*first, *second))
    assert len(calls_of(sandbox, "GET", f"{LIST}/tag-search")) == 3


@pytest.mark.parametrize("size", [1, 3])
def test_a_tag_call_that_does_nothing_is_not_believed(
    mailchimp: Mailchimp, sandbox: Sandbox, size: int
) -> None:
    for email in PEOPLE:
        join(sandbox, "subscribed", email)
    sandbox.script({"method": "POST", "path": f"{LIST}/members/*/tags"}, [{"status": 204}], times=None)

    outcomes = send(mailchimp, tags(*PEOPLE[:size]))

    assert not any(isinstance(one, Done) for one in outcomes)


@pytest.mark.parametrize("status", ["subscribed", "unsubscribed", "cleaned", "pending"])
def test_only_somebody_who_is_transactional_can_show_it(
    mailchimp: Mailchimp, sandbox: Sandbox, status: str
) -> None:
    for email in PEOPLE:
        join(sandbox, status, email)

    send(mailchimp, updates(*PEOPLE))
    send(mailchimp, updates(*PEOPLE))

    assert mailchimp.batch_size("update_member") == AT_FIRST
    assert [line.split(" ")[0] for line in writes(sandbox)[-3:]] == ["PUT"] * 3


@pytest.mark.parametrize(
    ("path", "made"), [("*/merge-fields", 1), ("*/[5]7afe96172", 2)], ids=["kinds of fields", "double opt-in"]
)
def test_what_cannot_be_read_beforehand_is_asked_once_for_all(
    mailchimp: Mailchimp, sandbox: Sandbox, path: str, made: int
) -> None:
    sandbox.script({"method": "GET", "path": path}, [{"status": 503}], times=None)

    outcomes = send(mailchimp, updates(*PEOPLE))

    assert [type(one) for one in outcomes] == [Transient] * 3
    assert len(sandbox.state()["calls"]) == made


def test_after_a_throttled_tag_no_other_is_tried(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    sandbox.script({"path": LIST}, [{"status": 429, "headers": {"Retry-After": "7"}}], times=None)

    outcomes = send(mailchimp, [*tags(*PEOPLE, add=["a", "b"]), *tags("dan@example.com", add=["c"])])

    assert [(type(one), getattr(one, "retry_after", None)) for one in outcomes] == [(Transient, 7)] * 4
    assert len(sandbox.state()["calls"]) == 1


def singles(sandbox: Sandbox) -> int:
    """The calls about the tags of one person."""
    return len([one for one in sandbox.state()["calls"] if one["path"].endswith("/tags")])


@pytest.fixture
def with_prospects(mailchimp: Mailchimp, sandbox: Sandbox) -> Mailchimp:
    """The audience has the tags prospect and customer, which other people have."""
    for email in (*PEOPLE, "x@example.com", "y@example.com"):
        join(sandbox, "subscribed", email)
    others = ("x@example.com", "y@example.com", "z@example.com")
    send(mailchimp, tags(*others, add=["prospect", "customer"]))
    return mailchimp


def test_a_thousand_lose_a_tag_that_nobody_of_them_has(mailchimp: Mailchimp, sandbox: Sandbox) -> None:
    people = [f"p{number}@example.org" for number in range(1000)]
    halves = people[:500], people[500:]
    for half in halves:
        send(mailchimp, updates(*half))
    for half in (["x@example.com", "y@example.com", "z@example.com"], halves[0], halves[1]):
        send(mailchimp, tags(*half, add=["prospect" if len(half) == 3 else "known"]))
    before, alone = len(sandbox.state()["calls"]), singles(sandbox)

    moved = [
        one for half in halves for one in send(mailchimp, tags(*half, add=["known"], remove=["prospect"]))
    ]

    assert all(isinstance(one, Done) for one in moved)
    assert len(sandbox.state()["calls"]) - before == 8
    assert singles(sandbox) == alone


def test_who_has_the_tag_loses_it_beside_those_who_have_not(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    people, alone = (*PEOPLE, "x@example.com", "y@example.com"), singles(sandbox)

    outcomes = send(with_prospects, tags(*people, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any("prospect" in member(sandbox, one)["tags"] for one in people)
    assert singles(sandbox) == alone


def test_a_tag_that_the_audience_does_not_have_is_held_by_nobody(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    before = len(sandbox.state()["calls"])

    outcomes = send(with_prospects, tags(*PEOPLE, remove=["nobody's"]))

    assert all(isinstance(one, Done) for one in outcomes)
    made = sandbox.state()["calls"][before:]
    assert [one["path"].removeprefix(LIST) for one in made] == ["/tag-search"]


@pytest.mark.parametrize(
    "told", [{"tags": [], "total_items": 3}, {"tags": []}], ids=["cut short", "without a count"]
)
def test_a_list_of_tags_that_is_not_whole_proves_nothing(
    with_prospects: Mailchimp, sandbox: Sandbox, told: dict[str, object]
) -> None:
    sandbox.script({"path": f"{LIST}/tag-search"}, [{"status": 200, "body": told}], times=None)
    people, alone = ("x@example.com", "y@example.com", "z@example.com"), singles(sandbox)
    fresh = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)

    outcomes = send(fresh, tags(*people, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any("prospect" in member(sandbox, one)["tags"] for one in people)
    assert singles(sandbox) - alone == 6
    fresh.close()


def test_a_tag_that_a_list_cut_short_leaves_out_is_searched_for(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    sandbox.script({"path": f"{LIST}/tag-search"}, [{"status": 200, "body": {"tags": [], "total_items": 3}}])
    people, alone = ("x@example.com", "y@example.com", "z@example.com"), singles(sandbox)
    fresh = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)

    outcomes = send(fresh, tags(*people, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any("prospect" in member(sandbox, one)["tags"] for one in people)
    assert singles(sandbox) == alone
    fresh.close()


def test_tags_that_the_audience_does_not_have_are_asked_for_once(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    before = len(sandbox.state()["calls"])

    outcomes = send(with_prospects, tags(*PEOPLE, add=["customer"], remove=["lead", "suspect", "stranger"]))

    assert all(isinstance(one, Done) for one in outcomes)
    made = sandbox.state()["calls"][before:]
    assert len([one for one in made if one["path"].endswith("/tag-search")]) == 1


def test_a_tag_that_came_meanwhile_is_taken_away(with_prospects: Mailchimp, sandbox: Sandbox) -> None:
    others = ("x@example.com", "y@example.com", "z@example.com")
    send(with_prospects, tags(*others, remove=["lead"]))
    elsewhere = Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=10.0)
    send(elsewhere, tags(*others, add=["lead"]))

    outcomes = send(with_prospects, tags(*others, remove=["lead"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any("lead" in member(sandbox, one)["tags"] for one in others)
    elsewhere.close()


def test_what_one_adapter_knows_of_tags_the_others_need_not_ask(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    others = ("x@example.com", "y@example.com", "z@example.com")
    other, before = with_prospects.another(), len(calls_of(sandbox, "GET", f"{LIST}/tag-search"))

    outcomes = send(other, tags(*others, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert len(calls_of(sandbox, "GET", f"{LIST}/tag-search")) == before
    other.close()


def test_a_batch_that_takes_nothing_away_is_not_believed(with_prospects: Mailchimp, sandbox: Sandbox) -> None:
    silent: dict[str, list[object]] = {"members_added": [], "members_removed": [], "errors": []}
    sandbox.script({"method": "POST", "path": f"{LIST}/segments/"}, [{"status": 200, "body": silent}])
    people = ("x@example.com", "y@example.com", "z@example.com")

    outcomes = send(with_prospects, tags(*people, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert not any("prospect" in member(sandbox, one)["tags"] for one in people)


@pytest.mark.parametrize("status", ["unsubscribed", "cleaned"])
def test_who_cannot_be_reached_in_bulk_loses_a_tag_singly(
    with_prospects: Mailchimp, sandbox: Sandbox, status: str
) -> None:
    left = ("l@example.com", "m@example.com", "n@example.com")
    for email in left:
        join(sandbox, status, email)
        send(with_prospects, tags(email, add=["prospect"]))

    outcomes = send(with_prospects, tags(*left, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert [member(sandbox, one)["tags"] for one in left] == [[]] * 3


@pytest.mark.parametrize(
    ("total", "pages"), [(5, 1), (50_000, 1), (5000, 5)], ids=["fewer than said", "too many", "worth it"]
)
def test_holders_prove_nothing_where_not_all_are_read(
    with_prospects: Mailchimp, sandbox: Sandbox, total: int, pages: int
) -> None:
    path, alone = f"{LIST}/segments/*/members", singles(sandbox)
    told: dict[str, object] = {"members": [], "total_items": total}
    sandbox.script({"method": "GET", "path": path}, [{"status": 200, "body": told}], times=None)
    before = len(sandbox.state()["calls"])

    outcomes = send(with_prospects, tags(*PEOPLE, remove=["prospect"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert singles(sandbox) - alone == 6
    made = sandbox.state()["calls"][before:]
    assert len([one for one in made if "/segments/" in one["path"] and one["method"] == "GET"]) == pages


def test_who_joins_by_a_batch_and_is_tagged_singly_then_has_joined(
    with_prospects: Mailchimp, sandbox: Sandbox
) -> None:
    gone = {"title": "Resource Not Found", "status": 404}
    sandbox.script({"method": "POST", "path": f"{LIST}/segments/"}, [{"status": 404, "body": gone}])
    new = ("new@example.com", "newer@example.com", "newest@example.com")
    wishes = [*tags(*new, add=["prospect"]), *tags(*new, add=["customer"])]

    outcomes = send(with_prospects, wishes)

    assert [isinstance(one, Done) and JOINED not in one.became for one in outcomes] == [True] * 3 + [
        False
    ] * 3
    assert [member(sandbox, one)["status"] for one in new] == ["subscribed"] * 3


def test_who_joins_by_one_tag_and_makes_the_audience_know_another_has_joined(
    with_prospects: Mailchimp,
) -> None:
    new = ("new@example.com", "newer@example.com", "newest@example.com")

    outcomes = send(with_prospects, tags(*new, add=["prospect", "unheard"]))

    assert [isinstance(one, Done) and JOINED not in one.became for one in outcomes] == [True] * 3
