"""Fifty thousand requests that nobody wrote: no 5xx, nothing acknowledged is missing, memory stays."""

from __future__ import annotations

from collections import Counter

import pytest

from connector import bootstrap
from connector.model.delivery import Delivery
from tests.faults.fuzz.__main__ import report
from tests.faults.fuzz.fuzzing import PARCEL, Plan, made, run, young
from tests.faults.fuzz.judging import Exchange, not_decided, not_kept, wrong
from tests.faults.fuzz.sent import Sent
from tests.faults.rig.campaign import SEED
from webhooks.message import Answer

COUNT = 50_000
POST = Sent("POST", "/webhooks/open", b"", (), b"type=x", 6)


def exchange(answer: Answer, seconds: float = 0.0) -> Exchange:
    return Exchange(7, POST, answer, seconds)


def accepted(delivery_id: str) -> Answer:
    return Answer(202, b'{"status": "accepted", "id": "%s"}' % delivery_id.encode())


@pytest.mark.slow
def test_no_request_makes_a_5xx_and_what_is_acknowledged_is_kept_and_decided() -> None:
    outcome = run(Plan(SEED, COUNT))

    assert outcome.is_well, report(SEED, outcome)
    assert outcome.asked == COUNT
    assert {200, 202, 400, 401, 404, 405, 413, 415} <= outcome.statuses.keys()


def test_a_run_stops_at_the_end_of_a_parcel_and_goes_on_from_there() -> None:
    first = run(Plan(SEED, 3 * PARCEL), goes_on=lambda seen: seen.asked < PARCEL)
    second = run(Plan(SEED, 2 * PARCEL, first=PARCEL))

    assert (first.asked, second.asked) == (PARCEL, 2 * PARCEL)
    assert first.wrongs + second.wrongs == []


def test_the_same_seed_makes_the_same_requests() -> None:
    now = bootstrap.clock()

    some = [made(5, number, now) for number in range(200)]

    assert some == [made(5, number, now) for number in range(200)]
    assert Counter(one.path.split("/")[-1] for one in some).keys() >= {"shopify", "hubspot", "open"}


def test_what_is_wrong_with_an_answer_is_seen() -> None:
    kind = (("Content-Type", "application/problem+json"),)
    broke = Answer(500, b'{"status": 500}', kind)
    page = Answer(400, b"<h1>no</h1>", (("Content-Type", "text/html"),))
    other = Answer(401, b'{"status": 400}', kind)

    assert all(list(wrong(exchange(one))) for one in (broke, page, other))
    assert list(wrong(exchange(accepted("1"), seconds=61.0)))
    assert not list(wrong(exchange(accepted("1"))))


def test_an_acknowledgement_without_a_row_or_with_other_bytes_is_seen() -> None:
    with young() as system:
        other = Delivery("open", "x", {}, {}, b"type=y", bootstrap.clock(), "print")
        [received] = system.store.receive([other])

        seen = [list(not_kept(system.store, [exchange(accepted(one))])) for one in ("nobody", received.id)]
        waits = list(not_decided(system.store, [exchange(accepted(received.id))]))

    assert all(seen)
    assert waits
