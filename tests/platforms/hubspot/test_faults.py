"""Every action of HubSpot, at everything that goes wrong at it: what is said of it afterwards is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done, Outcome, Platform
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox, start
from tests.platforms.contract import NOW, Case, call, script, spec
from tests.platforms.faults import AGAIN, CUT, HTML, LIES, OUTAGES, REDIRECTS, SLOW, THROTTLES, Fault, Kinds
from tests.platforms.hubspot.portal import PORTALS
from tests.platforms.hubspot.test_adapter import CASES

FINAL: Final[Kinds] = (Rejected,)
PAUSED: Final[Kinds] = (Unauthorized,)
TRACED: Final = frozenset(
    {"update_contact", "tag", "set_owner", "create_task", "add_note", "create_deal", "create_ticket"}
)
"""The actions whose answers tell of each part by its trace."""
PROOF: Final = {"loods_tags": "vip", "hubspot_owner_id": "64492917", "firstname": "Eva"}


def refused(status: int, **document: Any) -> Mapping[str, Any]:
    """An answer with HubSpot's document of an error."""
    return {"status": status, "body": {"status": "error", "message": "not now", **document}}


def always(name: str, answer: Mapping[str, Any], kinds: Kinds) -> Fault:
    """Something that means the same for every action."""
    return Fault(name, answer, kinds, kinds)


OWN: Final = (
    always("ten seconds", refused(429, policyName="TEN_SECONDLY_ROLLING", errorType="RATE_LIMIT"), AGAIN),
    always("a second", refused(429, policyName="SECONDLY", category="RATE_LIMITS"), AGAIN),
    always("a day", refused(429, policyName="DAILY", category="RATE_LIMITS"), AGAIN),
    always("another policy", refused(429, policyName="NEW", category="RATE_LIMITS"), AGAIN),
    always("locked", refused(423, category="LOCKED"), AGAIN),
    always("a migration", {**refused(477), "headers": {"Retry-After": "120"}}, AGAIN),
    always("no scope", refused(403, category="MISSING_SCOPES"), AGAIN),
    always("not allowed", refused(403, category="USER_DOES_NOT_HAVE_PERMISSIONS"), FINAL),
    always("forbidden by something on the way", {"status": 403, **HTML}, PAUSED),
    always("forbidden without a word", {"status": 403}, PAUSED),
    always("revoked", refused(401, category="INVALID_AUTHENTICATION"), PAUSED),
    always("expired", refused(401, category="EXPIRED_AUTHENTICATION"), PAUSED),
    always("invalid", refused(400, category="VALIDATION_ERROR"), FINAL),
    always("unknown", refused(404, category="OBJECT_NOT_FOUND"), FINAL),
    always("a conflict", refused(409, category="CONFLICT"), FINAL),
    always("unprocessable", refused(422, category="VALIDATION_ERROR"), FINAL),
)
"""F28, F29 and what HubSpot alone says."""

GROUPS: Final[Mapping[str, Sequence[Fault]]] = {
    "throttles": THROTTLES,
    "outages": OUTAGES,
    "lies": LIES,
    "redirects": REDIRECTS,
    "cut": CUT,
    "own": OWN,
}

BEFORE: Final[Mapping[str, tuple[str, Mapping[str, Value]]]] = {
    "complete_task": ("create_task", {"title": "Call about the cart", "due": NOW}),
    "remove_from_list": ("add_to_list", {"list": "Newsletter"}),
}
"""By action, what each contact of several needs to find."""


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """One sandbox for all of them."""
    with start() as sandbox:
        yield sandbox


@pytest.fixture
def platform(running: Sandbox) -> Iterator[HubSpot]:
    """The adapter, which asks nobody for an owner."""
    adapter = HubSpot("pat-test", base_url=running.hubspot_url, deadline=5.0)
    yield adapter
    adapter.close()


def outcomes(platform: Platform, sandbox: Sandbox, case: Case, fault: Fault, count: int) -> list[Outcome]:
    """What comes of the action, for so many contacts at once, where this goes wrong at what counts."""
    sandbox.reset()
    if case.name in PORTALS:
        PORTALS[case.name](sandbox)
    if case.name in BEFORE:
        before = replace(case, name=BEFORE[case.name][0], arguments=BEFORE[case.name][1])
        platform.dispatch(before.name, [_of(before, number) for number in range(1, count)])
    sandbox.script({"method": case.method, "path": case.path}, [fault.scripted], times=None)
    return list(platform.dispatch(case.name, [_of(case, number) for number in range(count)]))


def _of(case: Case, number: int) -> Call:
    """The first is about Eva, for whom the portal has what there is to find."""
    one = call(case, email="eva@example.com" if number == 0 else f"p{number}@example.com")
    return replace(one, action=replace(one.action, key=f"{one.action.key}:{number}"))


def wrong(platform: Platform, sandbox: Sandbox, case: Case, group: str, count: int) -> list[str]:
    """What is not true of the outcomes, fault by fault."""
    is_idempotent = spec(platform, case).is_idempotent
    return [
        f"{fault}: {type(one).__name__} {one}"
        for fault in GROUPS[group]
        if fault.answer.get("status") != case.proof
        for one in outcomes(platform, sandbox, case, fault, count)
        if not _is_true(fault, one, is_idempotent=is_idempotent)
    ]


def _is_true(fault: Fault, outcome: Outcome, *, is_idempotent: bool) -> bool:
    """HubSpot's own words may name a time by themselves."""
    if fault in OWN:
        return isinstance(outcome, fault.once)
    return fault.allows(outcome, is_idempotent=is_idempotent)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_of_one_action_only_what_is_true_is_said(
    platform: HubSpot, running: Sandbox, case: Case, group: str
) -> None:
    assert wrong(platform, running, case, group, count=1) == []


TOGETHER: Final = tuple(case for case in CASES if HubSpot("pat-test").batch_size(case.name) > 1)


@pytest.mark.parametrize("group", ["lies", "cut", "own"])
@pytest.mark.parametrize("case", TOGETHER, ids=str)
def test_of_each_action_of_a_batch_only_what_is_true_is_said(
    platform: HubSpot, running: Sandbox, case: Case, group: str
) -> None:
    assert wrong(platform, running, case, group, count=3) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_answer_that_proves_nothing_is_told_apart_from_none(
    platform: HubSpot, running: Sandbox, case: Case
) -> None:
    """Who does not answer is left alone for a while, and who answers is not."""
    answered = [one for one in LIES if str(one) in {"another's id", "empty object", "partial and empty"}]

    found = [one for fault in answered for one in outcomes(platform, running, case, fault, 1)]

    assert [str(one) for one in found if isinstance(one, DispatchError) and one.status is None] == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", SLOW, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_too_slow_is_lost_at_the_deadline(running: Sandbox, case: Case, fault: Fault) -> None:
    hasty = HubSpot("pat-test", base_url=running.hubspot_url, deadline=0.8)

    found = outcomes(hasty, running, case, fault, 1)

    assert [isinstance(one, Unknown) for one in found] == [True]
    hasty.close()


@pytest.mark.parametrize(
    ("category", "repeatable", "once"),
    [
        ("RATE_LIMITS", Transient, Transient),
        ("SERVICE_UNAVAILABLE", Transient, Transient),
        ("INTERNAL_ERROR", Transient, Unknown),
        ("TIMEOUT", Transient, Unknown),
        ("VALIDATION_ERROR", Rejected, Rejected),
    ],
)
@pytest.mark.parametrize("case", [one for one in CASES if one.name in TRACED], ids=str)
def test_only_the_part_that_an_answer_names_is_not_done(
    platform: HubSpot,
    running: Sandbox,
    case: Case,
    category: str,
    repeatable: type[DispatchError],
    once: type[DispatchError],
) -> None:
    running.reset()
    error = {"category": category, "message": "this one", "context": {"objectWriteTraceId": ["1"]}}
    made = [
        {"id": id_, "properties": PROOF, "objectWriteTraceId": trace}
        for id_, trace in (("51", "0"), ("53", "2"))
    ]
    script(running, case, status=207, body={"results": made, "errors": [error]})

    found = platform.dispatch(case.name, [_of(case, number) for number in range(3)])

    kind = repeatable if spec(platform, case).is_idempotent else once
    assert [type(one) for one in found] == [Done, kind, Done]
