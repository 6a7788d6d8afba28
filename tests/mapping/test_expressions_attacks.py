"""Whatever is written, compiling only gives problems; whatever is read, running stays within bounds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connector.errors import ExpressionFailed
from connector.mapping.expressions import CompiledExpression, ExpressionProblems, compile_expression
from connector.mapping.terms import CannotTell
from connector.model.types import Sort
from connector.model.values import Value
from tests.mapping.expressions import (
    AMSTERDAM,
    HERE,
    NAMES,
    NOW,
    UNHURRIED,
    nested,
    problems_of,
    text_problems_of,
)
from tests.patience import PATIENCE

ATTACKS = [
    "''.__class__",
    "().__class__.__mro__[1].__subclasses__()",
    "body.__init__.__globals__",
    "body['x'].__class__",
    "contact.name.format(contact)",
    "'{0.__class__}'.format(1)",
    "'%s' % 5",
    "body|attr('__class__')",
    "body|map(attribute='x')",
    "contact.name.join(['a'])",
    "lipsum",
    "lipsum.__globals__['os'].popen('id')",
    "cycler.__init__",
    "joiner",
    "namespace(a=1)",
    "self",
    "self._TemplateReference__context",
    "config",
    "request",
    "dict(a=1)",
    "range(10**9)",
    "__import__('os')",
    "'a' * 900000000",
    "['a'] * 9",
    "9**9**9",
    "2 ** 99999",
    "1 // 2",
    "1e999999999 + 1",
    "9" * 1999,
    "'a'|center(99999999)",
    "'a' ~ 'b'|replace('a', 'b' * 9)",
    "body|tojson",
    "now|strftime('%Y')",
    "cart.items|groupby('sku')",
    "[x for x in body]",
    "{{ body }}",
    "{% for x in body %}{% endfor %}",
    "{% import 'os' as os %}",
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 900,
    "-" * 1900 + "cart.total",
    "not " * 450 + "cart.total",
    "a" + ".a" * 900,
    "body" + "|default('x')" * 140,
    "body" + "[0]" * 400,
    "1 if " * 300 + "1",
    "'" + "\\" * 999,
    '"' * 1999,
    "'" * 1999,
    "{" * 1999,
    "}" * 1999,
    "{{" * 900,
    "1.000" * 380,
    "0," * 900,
    "\u201c" * 1900,
    "\x00",
    "\ud800",
    "cart.total > \u0663",
    "ﬀ == 1",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_a_problem_and_found_fast(attack: str) -> None:
    began = time.process_time()

    with pytest.raises(ExpressionProblems) as refused:
        compile_expression(attack, NAMES, HERE, Sort.YES_NO)

    assert time.process_time() - began < PATIENCE
    assert all(problem.code.startswith("M2") and problem.message for problem in refused.value.problems)


WORDS = r"""
contact order.total cart.items body headers now 'x' "y" 5 0.1 99,95 1.000 __a__ first: {{ }} {%
== != <= > < = and or not in is if else defined none ( ) [ ] { } | . , ~ + - * / ** // % ! && ||
€ money default date('x') [0] .startswith( \ ' " “
"""
PIECES = [*WORDS.split(), "\n"]
SOUP: st.SearchStrategy[list[str]] = st.lists(st.sampled_from(PIECES), max_size=25)


@UNHURRIED
@given(st.text(max_size=120) | SOUP.map(" ".join) | SOUP.map("".join))
@example("{{")
@example("'")
@example("None/0")
def test_any_text_compiles_or_has_problems(text: str) -> None:
    problems = [*problems_of(text, Sort.YES_NO), *problems_of(text), *text_problems_of(text)]

    assert all(problem.line >= HERE.line and problem.column >= 1 for problem in problems)


def either(*parts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(parts)


def expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Legal expressions of every kind over smaller ones, which are numbers unless said otherwise."""
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, either("+", "-", "*", "/"), inner).map(lambda part: "({}{}{})".format(*part)),
        inner.map(lambda one: f"(-{one})"),
        st.tuples(inner, either("<", ">=", "==", "!="), inner).map(
            lambda part: "(1 if {}{}{} else 2)".format(*part)
        ),
        two.map(lambda part: "({} or {})".format(*part)),
        two.map(lambda part: "({} | default({}))".format(*part)),
        two.map(lambda part: "(3 if {} and not {} else 4)".format(*part)),
        two.map(lambda part: "(({} ~ {}) | decimal)".format(*part)),
        two.map(lambda part: "(({} | money ~ {}) | slug | decimal | default(5))".format(*part)),
        inner.map(lambda one: f"(6 if {one} in [1, 2.5] else 7)"),
    )


NUMBERS = st.recursive(
    either(
        "(1 | default(2))",
        "(0.1 | default(2))",
        "order.total",
        "order.tax",
        "contact.counters.order_paid",
        "cart.items[0].price",
        "(cart.items | count)",
        "(order.paid_at | days_since)",
        "(contact.birthday | hours_since)",
        "(contact.name | decimal)",
        "(body.x | decimal)",
        "(body.y[0] | default(3) | decimal)",
    ),
    expressions,
    max_leaves=8,
)
WRAPS = either(
    "{}",
    "{} > order.total",
    "{} | money",
    "{} ~ contact.name ~ order.paid_at ~ order.coupons",
    "contact.name.startswith({} | money)",
    "order.paid_at > contact.birthday if {} else contact.stage >= 'do'",
    "(order.paid_at | plus('30d') | date) ~ {}",
    "contact.name in order.coupons or body.x == {}",
)
SMALL = (
    st.none()
    | st.integers()
    | st.decimals()
    | st.text(max_size=12)
    | st.datetimes(timezones=st.just(UTC))
    | st.datetimes()
    | st.dates()
    | st.booleans()
    | st.sampled_from(
        ["see", "care", "--02-29", "12.5", "2026-11-02", "x" * 9000, Decimal("1e99"), Decimal("1e-999999")]
    )
)
ANYTHING = st.recursive(
    SMALL, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("price"), inner)
)
PATHS = [
    *("order__total", "order__tax", "order__paid_at", "order__coupons"),
    *("contact__name", "contact__birthday", "contact__stage", "contact__counters"),
    *("cart__items", "body"),
]
SCOPES = st.fixed_dictionaries({}, optional=dict.fromkeys(PATHS, ANYTHING))


def outcome(run: CompiledExpression, scope: Mapping[str, Any]) -> Value | CannotTell | ExpressionFailed:
    try:
        return run(scope)
    except ExpressionFailed as failed:
        return failed


def is_within_bounds(found: object) -> bool:
    match found:
        case ExpressionFailed():
            return str(found).startswith("rule.yaml:7: ")
        case str():
            return len(found) <= 10_000
        case bool() | CannotTell() | None:
            return True
        case int() | Decimal():
            return len(format(Decimal(found), "f")) <= 300
        case _:
            return isinstance(found, (date, list, dict, tuple))


@settings(UNHURRIED, max_examples=300)
@given(st.tuples(WRAPS, NUMBERS).map(lambda part: part[0].format(part[1])), SCOPES)
def test_any_legal_expression_stays_within_bounds(text: str, paths: dict[str, Any]) -> None:
    run = compile_expression(text, NAMES, HERE, zone=AMSTERDAM)
    condition = compile_expression(text, NAMES, HERE, Sort.YES_NO, zone=AMSTERDAM)
    scope = {"now": NOW, **nested(**paths)}

    assert is_within_bounds(outcome(run, scope))
    assert isinstance(outcome(condition, scope), (bool, CannotTell, ExpressionFailed))
    assert run.seen(scope).keys() == condition.seen(scope).keys()


@UNHURRIED
@given(ANYTHING, st.sampled_from(["order", "contact", "cart", "body", "event", "headers"]))
def test_a_scope_of_another_shape_is_only_missing(value: Any, name: str) -> None:
    run = compile_expression(
        "order.items[0].sku or contact.stages.main or cart.total or body.a.b or event.name or headers['X-A']",
        NAMES,
        HERE,
    )

    assert run({name: value}) is None
