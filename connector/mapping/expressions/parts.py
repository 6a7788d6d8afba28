"""What of a condition was not met: each comparison that did not say yes, what it found, what it must find.

The condition is taken apart at its `and`, `or` and `not`, and each part is asked by itself, with the same
closures, of the values that the condition saw when it was decided. So an answer can be explained long after.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise
from typing import Final, TypeAlias, cast

from jinja2 import nodes

from connector.errors import ExpressionFailed
from connector.mapping.expressions.bench import Bench, flat
from connector.mapping.expressions.forms import FORMS
from connector.mapping.expressions.parsing import parse
from connector.mapping.expressions.problems import Report
from connector.mapping.expressions.terms import Culture, Run, Term
from connector.mapping.expressions.written import written
from connector.mapping.terms import CannotTell, Place, Scope
from connector.model.showing import one_value
from connector.model.types import Sort, Type
from connector.model.values import Value


@dataclass(frozen=True, slots=True)
class Unmet:
    """One question that did not say yes: `asked` was `found` (None: missing) and `must` be otherwise."""

    asked: str
    found: Value
    must: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """Any one of these choices would do, each with all of its parts."""

    choices: tuple[tuple[Lack, ...], ...]


Lack: TypeAlias = Unmet | OneOf

_OPPOSITE: Final = {
    "eq": "ne",
    "ne": "eq",
    "lt": "gteq",
    "gteq": "lt",
    "gt": "lteq",
    "lteq": "gt",
    "in": "notin",
    "notin": "in",
}
_MIRRORED: Final = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq", "in": "holds", "notin": "lacks"}
_MUST: Final = {
    "eq": "be {}",
    "ne": "be anything but {}",
    "lt": "be less than {}",
    "lteq": "be at most {}",
    "gt": "be more than {}",
    "gteq": "be at least {}",
    "in": "be one of {}",
    "notin": "be none of {}",
    "holds": "hold {}",
    "lacks": "not hold {}",
}
_IN_ORDER: Final = {
    "lt": "be before {}",
    "lteq": "be no later than {}",
    "gt": "be after {}",
    "gteq": "be no earlier than {}",
}
_ORDERED: Final = frozenset({Sort.TIME, Sort.DATE, Sort.STAGE})


@dataclass(frozen=True, slots=True)
class Parts:
    """What it takes to compile the parts of a condition once more; it has been compiled without a problem."""

    text: str
    names: Mapping[str, Type]
    culture: Culture

    def unmet(self, seen: Mapping[str, Value], now: datetime) -> tuple[Lack, ...] | None:
        """What was not met, given the values that were seen at `now`; empty where the answer is yes.

        None where `seen` lacks a value that the condition reads, as after the rule was changed.
        """
        tree, bench = parse(self.text), self.bench()
        bench.question(tree)
        if bench.reads.keys() - seen.keys():
            return None
        return _Asking(self, _scope(bench.reads, seen, now)).of(tree, wanted=True)

    def bench(self) -> Bench:
        """A bench for one part."""
        return Bench(self.names, self.culture, Report(self.text, Place("", 1, 1)), FORMS)

    def term(self, node: nodes.Expr) -> Term:
        """One part as a value."""
        return self.bench().term(node)


def _scope(reads: Mapping[str, Term], seen: Mapping[str, Value], now: datetime) -> Scope:
    """The values that were seen at the places where the condition reads them."""
    scope: dict[str, object] = {"now": now}
    for path, term in reads.items():
        *outer, last = map(str, term.keys)
        record: object = scope
        for key in outer:
            record = record.setdefault(key, {}) if isinstance(record, dict) else None
        if seen[path] is not None and isinstance(record, dict):
            record[last] = seen[path]
    return scope


@dataclass(frozen=True, slots=True)
class _Asking:
    parts: Parts
    scope: Scope

    def of(self, node: nodes.Expr, *, wanted: bool) -> tuple[Lack, ...]:
        """What keeps this part from being `wanted`."""
        match node:
            case nodes.Not():
                return self.of(node.node, wanted=not wanted)
            case nodes.And() | nodes.Or():
                parts = tuple(self.of(part, wanted=wanted) for part in flat(node))
                return _joined(parts, is_any=isinstance(node, nodes.Or) == wanted)
            case nodes.Compare() if len(node.ops) > 1:
                operands = [node.expr, *(one.expr for one in node.ops)]
                pairs = zip(pairwise(operands), node.ops, strict=True)
                asked = [nodes.Compare(pair[0], [one], lineno=node.lineno) for pair, one in pairs]
                return _joined(tuple(self.of(one, wanted=wanted) for one in asked), is_any=not wanted)
            case _:
                is_met = self._value(self.parts.bench().question(node)) is wanted
                return () if is_met else (self._lack(node, wanted=wanted),)

    def _lack(self, node: nodes.Expr, *, wanted: bool) -> Unmet:
        match node:
            case nodes.Compare():
                return self._compared(node, wanted=wanted)
            case nodes.Test():
                must = "known" if (node.name == "defined") is wanted else "missing"
                return Unmet(written(node.node), self._found(node.node), f"be {must}")
            case _:
                found = self._found(node)
                is_answer = isinstance(found, bool)
                words = ("be yes", "be no") if is_answer else ("be there", "be missing or empty")
                return Unmet(written(node), found, words[0] if wanted else words[1])

    def _compared(self, node: nodes.Compare, *, wanted: bool) -> Unmet:
        sign = node.ops[0].op if wanted else _OPPOSITE[node.ops[0].op]
        left, right = node.expr, node.ops[0].expr
        if self.parts.term(left).constant:
            left, right, sign = right, left, _MIRRORED.get(sign, sign)
        words = _MUST | _IN_ORDER if self.parts.term(left).type.sort in _ORDERED else _MUST
        if _is_none(right):
            return Unmet(written(left), self._found(left), "be missing" if sign == "eq" else "be known")
        return Unmet(written(left), self._found(left), words[sign].format(self._bound(right)))

    def _bound(self, node: nodes.Expr) -> str:
        term = self.parts.term(node)
        if term.constant:
            return one_value(cast("Value", term.constant.value))
        if term.elements is not None:
            return ", ".join(one_value(cast("Value", self._value(one.run))) for one in term.elements)
        found = self._found(node)
        return f"{written(node)}, which was {'missing' if found is None else one_value(found)}"

    def _found(self, node: nodes.Expr) -> Value:
        return cast("Value", self._value(self.parts.term(node).run))

    def _value(self, run: Run) -> object:
        """What comes of it; None for what is missing, cannot be told or fails."""
        with suppress(ExpressionFailed, ArithmeticError, RecursionError):
            found = run(self.scope)
            return None if isinstance(found, CannotTell) else found
        return None


def _joined(parts: tuple[tuple[Lack, ...], ...], *, is_any: bool) -> tuple[Lack, ...]:
    if is_any:
        return (OneOf(parts),) if all(parts) else ()
    return tuple(chain.from_iterable(parts))


def _is_none(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Const) and node.value is None
