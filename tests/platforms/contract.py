"""What every platform's adapter promises, tried on the sandbox with prescribed answers.

An adapter gets the whole suite by a subclass of a few lines: how to connect, and one `Case` an action.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, ClassVar

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.action import Action, ActionSpec, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Done, Outcome, Platform
from connector.sandbox import Sandbox, start

NOW = datetime.fromtimestamp(time.time(), UTC)
WORDS = "this is refused by the platform"
FRIENDLY: Mapping[str, Mapping[str, Any]] = {
    "html": {"status": 200, "body": "<html><h1>It works!</h1></html>", "content_type": "text/html"},
    "html that says json": {"status": 200, "body": "<html></html>"},
    "json that says html": {"status": 200, "body": "{}", "content_type": "text/html"},
    "empty": {"status": 200, "body": ""},
    "empty list": {"status": 200, "body": "[]"},
    "empty object": {"status": 200, "body": "{}"},
    "null": {"status": 200, "body": "null"},
    "bad charset": {"status": 200, "body": b'{"id": "\xff\xfe"}'},
    "another's id": {
        "status": 200,
        "body": {"id": None, "results": [{"id": 7, "properties": {}}], "list": 1},
    },
    "accepted": {"status": 202, "body": {"status": "PENDING"}},
    "created and empty": {"status": 201, "body": "{}"},
    "partial and empty": {"status": 207, "body": "{}"},
    "no content": {"status": 204},
    "compressed": {"status": 200, "body": b"\x1f\x8b\x08\x00", "headers": {"Content-Encoding": "gzip"}},
    "cut short": {"status": 200, "body": '{"id"', "headers": {"Content-Length": "500"}},
    "endless": {"status": 200, "body": '{"id": "' + "7" * 300_000 + '"}'},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One action: arguments that work, the request that counts, and what it left at the platform.

    `effect` reads the state of the sandbox; nothing done is falsy. `proof` is the status that is proof
    without a body, where there is one. `refusals` are the statuses that refuse the request for good.
    """

    name: str
    arguments: Mapping[str, Value]
    method: str
    path: str
    effect: Callable[[Mapping[str, Any]], object]
    proof: int | None = None
    refusals: tuple[int, ...] = (400, 404, 409, 422)

    def __str__(self) -> str:
        return self.name


def call(case: Case, *, email: str | None = "eva@example.com", known: frozenset[str] = frozenset()) -> Call:
    """The case's action for one contact."""
    action = Action(
        key=f"contract:{case.name}",
        connection="account",
        name=case.name,
        contact_id="c1",
        arguments=case.arguments,
        kind=Kind.INTERNAL,
        cause=Cause("trigger:contract", 0, "order.paid", "e1"),
        decided_at=NOW,
    )
    return Call(action, Addressee("c1", email, None, has_consent=True), known)


class PlatformContract:
    """The suite. A subclass sets `cases` and `error_type`, and says how to `connect`."""

    cases: ClassVar[tuple[Case, ...]]
    error_type: ClassVar[str] = "application/json"

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        """The adapter, pointed at the sandbox."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls) -> Iterator[Sandbox]:
        with start() as sandbox:
            yield sandbox

    @pytest.fixture
    def sandbox(self, running: Sandbox) -> Sandbox:
        running.reset()
        return running

    @pytest.fixture
    def platform(self, sandbox: Sandbox) -> Iterator[Platform]:
        platform = self.connect(sandbox, deadline=5.0)
        yield platform
        platform.close()

    def test_it_is_done_and_says_so(self, case: Case, platform: Platform, sandbox: Sandbox) -> None:
        outcome = dispatched(platform, case)

        assert isinstance(outcome, Done)
        assert case.effect(sandbox.state())

    def test_every_refusal_is_final_and_in_the_platforms_words(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        for status in case.refusals:
            script(sandbox, case, status=status, body=refusal(status), content_type=self.error_type)
            outcome = dispatched(platform, case)

            assert isinstance(outcome, Rejected), (status, outcome)
            assert WORDS in outcome.words
            assert outcome.status == status

    def test_unknown_credentials_pause_the_connection(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        script(sandbox, case, status=401, body=refusal(401), content_type=self.error_type)

        assert isinstance(dispatched(platform, case), Unauthorized)

    @pytest.mark.parametrize(
        ("header", "least", "most"),
        [
            ("2", 2, 2),
            ("in ten minutes", 500, 600),
            ("86400", 3600, 3600),
            ("-5", None, None),
            ("soon", None, None),
            (formatdate(0, usegmt=True), None, None),
            (None, None, None),
        ],
    )
    def test_too_many_requests_wait_as_long_as_is_asked(
        self,
        case: Case,
        platform: Platform,
        sandbox: Sandbox,
        header: str | None,
        least: float | None,
        most: float | None,
    ) -> None:
        if header == "in ten minutes":
            header = formatdate(time.time() + 600, usegmt=True)
        headers = {"Retry-After": header} if header is not None else {}
        script(sandbox, case, status=429, headers=headers, body=refusal(429), content_type=self.error_type)

        outcome = dispatched(platform, case)

        assert isinstance(outcome, Transient)
        if least is None or most is None:
            assert outcome.retry_after is None
        else:
            assert least <= (outcome.retry_after or 0) <= most
        assert not case.effect(sandbox.state())

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_a_broken_server_is_no_refusal(
        self, case: Case, platform: Platform, sandbox: Sandbox, status: int
    ) -> None:
        script(sandbox, case, status=status, body="<html>Bad gateway</html>", content_type="text/html")

        outcome = dispatched(platform, case)

        is_safe = spec(platform, case).is_idempotent or status == 503
        assert isinstance(outcome, Transient | Unknown if is_safe else Unknown)

    @pytest.mark.parametrize("answer", FRIENDLY.values(), ids=FRIENDLY)
    def test_a_friendly_answer_without_proof_is_not_done(
        self, case: Case, platform: Platform, sandbox: Sandbox, answer: Mapping[str, Any]
    ) -> None:
        if answer["status"] == case.proof:
            pytest.skip("this status is the proof")
        script(sandbox, case, **answer)

        outcome = dispatched(platform, case)

        assert isinstance(outcome, DispatchError)
        assert not isinstance(outcome, Unauthorized)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "/elsewhere"])
    def test_a_redirect_is_not_followed(
        self, case: Case, platform: Platform, sandbox: Sandbox, status: int, target: str
    ) -> None:
        script(sandbox, case, status=status, headers={"Location": target})

        outcome = dispatched(platform, case)

        assert isinstance(outcome, Transient | Unknown)
        assert "/elsewhere" not in [made["path"] for made in sandbox.state()["calls"]]

    def test_an_effect_whose_answer_is_lost_happens_once(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        script(sandbox, case, apply=True, drop=True)

        outcome = dispatched(platform, case)

        assert isinstance(outcome, Unknown)
        self._is_left_once(case, platform, sandbox)

    def test_a_slow_answer_is_lost_at_the_deadline(self, case: Case, sandbox: Sandbox) -> None:
        script(sandbox, case, delay=4.0)
        hasty = self.connect(sandbox, deadline=0.8)
        began = time.monotonic()

        outcome = dispatched(hasty, case)

        assert time.monotonic() - began < 3
        assert isinstance(outcome, Unknown)
        self._is_left_once(case, hasty, sandbox)
        hasty.close()

    def test_a_request_that_was_lost_itself_is_seen_not_to_have_happened(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        script(sandbox, case, drop=True)

        outcome = dispatched(platform, case)

        assert isinstance(outcome, Unknown)
        if spec(platform, case).can_look_up:
            assert platform.look_up(call(case)) is None
        assert not case.effect(sandbox.state())

    def test_what_is_settled_already_is_not_taken_for_it(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        if not spec(platform, case).can_look_up:
            pytest.skip("it cannot be looked up")
        before = dispatched(platform, case)
        assert isinstance(before, Done)
        assert before.reference

        assert platform.look_up(call(case)) == before
        assert platform.look_up(call(case, known=frozenset({before.reference}))) is None

    def test_somebody_without_any_address_is_refused_without_a_call(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        outcome = platform.dispatch(case.name, [call(case, email=None)])[0]

        assert isinstance(outcome, Rejected)
        assert not case.effect(sandbox.state())

    def test_arguments_that_do_not_fit_are_refused_without_a_call(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        before = sandbox.state()["calls"]

        outcome = dispatched(platform, replace(case, arguments={**case.arguments, "colour": "red"}))

        assert isinstance(outcome, Rejected)
        assert "colour" in outcome.words
        assert sandbox.state()["calls"] == before

    def test_the_account_has_one_name(self, platform: Platform) -> None:
        assert platform.account() == platform.account()

    def test_the_account_of_unknown_credentials_cannot_be_told(
        self, platform: Platform, sandbox: Sandbox
    ) -> None:
        answer = {"status": 401, "body": refusal(401), "content_type": self.error_type}
        sandbox.script({}, [answer])

        with pytest.raises(Unauthorized):
            platform.account()

    def test_every_action_is_declared_and_has_a_case(self, platform: Platform) -> None:
        assert {one.name for one in platform.specs} == {case.name for case in self.cases}

    def _is_left_once(self, case: Case, platform: Platform, sandbox: Sandbox) -> None:
        left = case.effect(sandbox.state())
        assert left
        if spec(platform, case).can_look_up:
            assert isinstance(platform.look_up(call(case)), Done)
        elif spec(platform, case).is_idempotent:
            assert isinstance(dispatched(platform, case), Done)
        assert case.effect(sandbox.state()) == left


def dispatched(platform: Platform, case: Case) -> Outcome:
    """What comes of the case's action."""
    outcomes = platform.dispatch(case.name, [call(case)])
    assert len(outcomes) == 1
    return outcomes[0]


def spec(platform: Platform, case: Case) -> ActionSpec:
    """The declaration of the case's action."""
    return next(one for one in platform.specs if one.name == case.name)


def script(sandbox: Sandbox, case: Case, **answer: Any) -> None:
    """Prescribe the answer to the next request that counts."""
    sandbox.script({"method": case.method, "path": case.path}, [answer])


def refusal(status: int) -> Mapping[str, Any]:
    """An error document that all platforms' readers understand."""
    return {"status": status, "title": "Refused", "detail": WORDS, "message": WORDS, "category": "OTHER"}
