"""Events of a company's own: what their data holds is declared once, and known wherever it is asked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from connector.errors import Problem
from tests.mapping.folders import CONNECTIONS, JOURNEY, SHOP, check

QUIZ = (
    SHOP.replace("source: shop", "source: quiz")
    .replace("  cart:\n", "  data: {score: {value: body.score, type: number}, room: body.room}\n  cart:\n")
    .replace(
        "  status:",
        "  quiz: {name: custom.quiz, carries: data, fields: {data: {at: {value: body.at, type: time}}}}\n"
        "  status:",
    )
)
LISTENING = CONNECTIONS.replace("source: shop", "source: quiz")
RULE = "trigger: a\non: custom.quiz\nwhen: {}\ndo: {{mailchimp.tag: {{add: ['{{{{ data.room }}}}']}}}}\n"


def problems(folder: Path, rule: str, source: str = QUIZ) -> list[Problem]:
    files = {"a.yaml": LISTENING, "b.yaml": JOURNEY, "c.yaml": rule, "quiz.yaml": source}
    return [one for one in check(folder, files)[1] if one.file in ("c.yaml", "quiz.yaml")]


@pytest.mark.parametrize("when", ["data.score >= 8", "data.at < now", "data.room == 'bath'"])
def test_declared_fields_may_be_asked_by_their_type(tmp_path: Path, when: str) -> None:
    assert problems(tmp_path, RULE.format(when)) == []


@pytest.mark.parametrize(
    ("when", "code", "column", "word"),
    [
        ("data.scor >= 8", "M204", 12, 'did you mean "score"?'),
        ("order.total > 1 or data.roon", "M204", 31, 'did you mean "room"?'),
        ("data.score == 'high'", "M210", 7, "number"),
    ],
)
def test_a_condition_that_cannot_be_is_found(
    tmp_path: Path, when: str, code: str, column: int, word: str
) -> None:
    found = [one for one in problems(tmp_path, RULE.format(when)) if one.code == code]

    assert [(one.line, one.column) for one in found] == [(3, column)]
    assert word in f"{found[0].message} {found[0].hint}"


def test_an_event_that_carries_no_data_has_no_fields(tmp_path: Path) -> None:
    bare = QUIZ.replace(", carries: data, fields: {data: {at: {value: body.at, type: time}}}", "")

    (problem, *_) = problems(tmp_path, RULE.format("data.score"), bare)

    assert (problem.code, problem.line, problem.column) == ("M204", 3, 12)


def test_what_no_source_declares_may_have_any_field(tmp_path: Path) -> None:
    found = problems(tmp_path, RULE.format("data.anything == 'x'").replace("custom.quiz", "custom.other"))

    assert {one.code for one in found} <= {"M152", "M230"}


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ("type: number", "type: numbr", "M124", 'did you mean "number"?'),
        ("value: body.score", "valu: body.score", "M120", 'did you mean "value"?'),
        ("total: body.total", "total: {value: body.total, type: text}", "M146", "is known"),
        ("value: body.score", "value: bdy.score", "M203", "body"),
    ],
)
def test_a_mistake_in_a_typed_field_is_found(
    tmp_path: Path, old: str, new: str, code: str, word: str
) -> None:
    assert old in QUIZ

    found = problems(tmp_path, RULE.format("data.room"), QUIZ.replace(old, new, 1))

    assert any(one.code == code and word in f"{one.message} {one.hint}" for one in found), found


def test_an_example_gives_data_by_its_type(tmp_path: Path) -> None:
    example = """\
examples:
  name: A quiz
  given:
    {at: "2026-11-02 10:00", event: custom.quiz, contact: {email: eva@example.com}, data: {score: 8.5}}
  expect: {actions: mailchimp.tag}
"""
    files = {"a.yaml": LISTENING, "b.yaml": JOURNEY, "quiz.yaml": QUIZ, "e.yaml": example}

    mapping, found = check(tmp_path, files)

    assert mapping is not None, [str(one) for one in found]
    assert mapping.examples[0].given[0].event.subjects == {"data": {"score": Decimal("8.5")}}
