"""Refusals have one shape, and counts add up."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from connector.errors import BadSignature, ReceiveError, Unavailable
from webhooks.counter import Counter
from webhooks.problem import HeaderLimitError, InternalError, Overloaded, problem


def refusals(kind: type[ReceiveError]) -> list[type[ReceiveError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in refusals(child))]


def of_kind(kind: type[ReceiveError]) -> ReceiveError:
    return Overloaded(503, 10) if kind is Overloaded else kind()


def add_often(counter: Counter, times: int) -> None:
    for _ in range(times):
        counter.add("shop", "accepted")


def test_a_refusal_is_a_problem_document() -> None:
    answer = problem(BadSignature(), "0123")

    assert answer.status == 401
    assert answer.headers == (
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    assert json.loads(answer.body) == {
        "type": "https://loods.example/problems/signature-invalid",
        "title": "Signature does not match",
        "status": 401,
        "detail": "Signature does not match",
        "instance": "urn:request:0123",
        "code": "signature_invalid",
    }


def test_a_sender_is_told_when_to_come_back() -> None:
    assert ("Retry-After", "30") in problem(Unavailable(retry_after=30), "1").headers


def test_what_would_be_taken_is_said_in_a_header() -> None:
    assert ("Allow", "POST") in problem(ReceiveError(), "1", {"Allow": "POST"}).headers


@pytest.mark.parametrize("kind", refusals(ReceiveError), ids=lambda kind: kind.__name__)
def test_no_refusal_tells_a_sender_to_stop_for_good(kind: type[ReceiveError]) -> None:
    """Mailchimp takes a webhook away at the first 410."""
    status = problem(of_kind(kind), "1").status

    assert 400 <= status <= 503
    assert status != 410


def test_our_own_kinds_have_statuses_of_their_own() -> None:
    assert (HeaderLimitError.status, InternalError.status) == (431, 500)


def test_counts_from_many_threads_add_up() -> None:
    counter = Counter()
    threads = [Thread(target=add_often, args=(counter, 1000)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counter.by_connection() == {("shop", "accepted"): 8000}


def test_totals_do_not_tell_which_connections_there_are() -> None:
    counter = Counter()

    counter.add("shop", "accepted")
    counter.add("crm", "accepted")
    counter.add("", "not_found")

    assert counter.by_code() == {"accepted": 2, "not_found": 1}
