"""What every platform's adapter promises, tried on the sandbox with prescribed answers.

An adapter gets the whole suite by a subclass of a few lines: how to connect, and one `Case` an action.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from connector.errors import Rejected, Unauthorized, Unknown
from connector.model.action import Action, ActionSpec, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Done, Outcome, Platform
from connector.sandbox import Sandbox, start
from tests.platforms.faults import QUICK, SLOW, Fault

NOW = datetime.fromtimestamp(time.time(), UTC)
WORDS = "this is refused by the platform"


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

    @pytest.mark.parametrize("fault", QUICK, ids=str)
    def test_each_fault_has_its_true_outcome(
        self, case: Case, platform: Platform, sandbox: Sandbox, fault: Fault
    ) -> None:
        if fault.answer.get("status") == case.proof:
            pytest.skip("this status is the proof")
        script(sandbox, case, **fault.scripted)

        outcome = dispatched(platform, case)

        assert fault.allows(outcome, is_idempotent=spec(platform, case).is_idempotent), outcome
        assert "/elsewhere" not in [made["path"] for made in sandbox.state()["calls"]]

    @pytest.mark.parametrize("fault", SLOW, ids=str)
    def test_a_slow_answer_is_lost_at_the_deadline_of_the_whole_call(
        self, case: Case, sandbox: Sandbox, fault: Fault
    ) -> None:
        script(sandbox, case, **fault.scripted)
        hasty = self.connect(sandbox, deadline=0.8)

        outcome = dispatched(hasty, case)
        hasty.close()

        assert fault.allows(outcome, is_idempotent=spec(hasty, case).is_idempotent), outcome

    def test_an_effect_whose_answer_is_lost_happens_once(
        self, case: Case, platform: Platform, sandbox: Sandbox
    ) -> None:
        script(sandbox, case, apply=True, drop=True)

        outcome = dispatched(platform, case)

        assert isinstance(outcome, Unknown)
        self._is_left_once(case, platform, sandbox)

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
