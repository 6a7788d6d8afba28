"""The checker finds what it has to find, and nothing where all went well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.clean import AT, SECOND, clean
from tests.faults.planted import BUGS, JOURNEY, ORDER, THANKS
from tests.faults.rig.checker import check
from tests.faults.rig.evidence import Attempt
from tests.faults.rig.history import History, Line, read
from tests.faults.rig.report import percentile, recoveries


def test_nothing_is_planted_in_clean_evidence() -> None:
    verdict = check(clean())

    assert verdict.findings == ()
    assert (verdict.attempted, verdict.acknowledged, verdict.recovered) == (5, 5, 0)


@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found(name: str) -> None:
    bug = BUGS[name]

    verdict = check(bug.leaves(clean()))

    assert (bug.kind, bug.about) in {(one.kind, one.about) for one in verdict.findings}


def test_at_least_twenty_are_planted() -> None:
    assert len(BUGS) >= 20


def test_what_nobody_was_told_of_is_recovered_and_nothing_worse() -> None:
    evidence = clean()
    cut = tuple(
        Line("info", line.post) if line == Line("ok", ORDER.name) else line for line in evidence.history
    )

    verdict = check(replace(evidence, history=cut))

    assert verdict.findings == ()
    assert (verdict.acknowledged, verdict.recovered) == (4, 1)


def test_a_repeat_that_is_recorded_as_unknown_is_allowed() -> None:
    evidence = clean()
    (action,) = (one for one in evidence.actions if one.act == JOURNEY)
    again = [one for one in evidence.effects if one.act == JOURNEY]
    at = evidence.effects.index(again[0])
    begun = AT + action.id * SECOND
    tries = (
        Attempt(action.id, begun - SECOND, begun - SECOND / 2, "unknown"),
        Attempt(action.id, begun, begun + SECOND / 2, "done"),
    )

    verdict = check(
        replace(
            evidence,
            effects=(*evidence.effects[:at], *again, *evidence.effects[at:]),
            attempts=(*(one for one in evidence.attempts if one.action != action.id), *tries),
        )
    )

    assert verdict.findings == ()


def test_a_look_after_an_unknown_outcome_is_allowed() -> None:
    evidence = clean()
    (action,) = (one for one in evidence.actions if one.act == THANKS)
    tries = (Attempt(action.id, AT, AT + SECOND, "unknown"), Attempt(action.id, AT, AT, "looked_done"))

    verdict = check(
        replace(evidence, attempts=(*(one for one in evidence.attempts if one.action != action.id), *tries))
    )

    assert [one.words for one in verdict.findings if "nobody looked" in one.words] == []


def test_a_history_can_be_read_again(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.say("invoke", "webshop:1")
    history.say("ok", "webshop:1", "200")
    history.close()

    assert tuple(read(tmp_path / "history.jsonl")) == history.lines


def test_recovery_is_from_the_last_fault_to_the_first_acknowledgement() -> None:
    lines = [
        Line("fault", at=1.0),
        Line("fault", at=2.0),
        Line("ok", "a:1", at=3.5),
        Line("ok", "a:2", at=9.0),
    ]

    assert recoveries(lines) == [1.5]


def test_a_percentile_is_one_of_the_figures() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 50) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 99) == 4.0
