"""The names and the little helpers that the tests of expressions share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import settings

from connector.errors import Problem
from connector.mapping.expressions import ExpressionProblems, compile_expression, compile_text
from connector.mapping.terms import CannotTell, Place
from connector.model import types
from connector.model.types import Sort
from connector.model.values import Value
from connector.model.vocabulary import EVENT, SUBJECTS, SUGGESTED, company_type, contact_type

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
HERE: Final = Place("rule.yaml", 7, 10)
UNHURRIED: Final = settings(deadline=None)
"""For Hypothesis: a busy machine is no reason to fail."""
NOW: Final = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
FIELDS: Final = {"is_vip": types.yes_no(), "points": types.number(), "renewal": types.date()}
NAMES: Final = {
    **SUBJECTS,
    "contact": contact_type(
        FIELDS, {"main": ("see", "think", "do", "care")}, ("loyal",), ("fit",), ("hot/good", "low/good")
    ),
    "company": company_type({"tier": types.text()}, {"main": ("lead", "client")}),
    "suggested": SUGGESTED,
    "event": EVENT,
    "now": types.time(),
    "body": types.ANY,
    "headers": types.ANY,
    "topic": types.text(),
}
"""Those of a trigger and of a source file at once."""


def answer(text: str, expect: Sort | None = None, **scope: Any) -> Value | CannotTell:
    """What the expression says in this scope, in Amsterdam and in Dutch."""
    return compile_expression(text, NAMES, HERE, expect, zone=AMSTERDAM)({"now": NOW, **scope})


def told(text: str, **scope: Any) -> Value | CannotTell:
    """What the condition says in this scope."""
    return answer(text, Sort.YES_NO, **scope)


def written(text: str, **scope: Any) -> Value:
    """What the text says in this scope, in Amsterdam and in Dutch."""
    return compile_text(text, NAMES, HERE, zone=AMSTERDAM)({"now": NOW, **scope})


def problems_of(text: str, expect: Sort | None = None) -> tuple[Problem, ...]:
    """What is wrong with the expression; nothing if it compiles."""
    try:
        compile_expression(text, NAMES, HERE, expect)
    except ExpressionProblems as found:
        return found.problems
    return ()


def text_problems_of(text: str) -> tuple[Problem, ...]:
    """What is wrong with the text; nothing if it compiles."""
    try:
        compile_text(text, NAMES, HERE)
    except ExpressionProblems as found:
        return found.problems
    return ()


def nested(**fields: Any) -> Mapping[str, Any]:
    """A scope out of `order__total=5`: for `order.total`."""
    scope: dict[str, Any] = {}
    for path, value in fields.items():
        *outer, last = path.split("__")
        record = scope
        for key in outer:
            record = record.setdefault(key, {})
        record[last] = value
    return scope
