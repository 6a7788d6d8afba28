"""What compiling gives: expressions and texts, to be called with a scope any number of times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Protocol, cast

from connector.errors import ExpressionFailed
from connector.mapping.expressions.parts import Lack, Parts
from connector.mapping.expressions.problems import Report, short
from connector.mapping.expressions.terms import Culture, Run, Term
from connector.mapping.expressions.values import LONGEST_TEXT, as_text, bounded, bounded_text
from connector.mapping.terms import CannotTell, Expression, Place, Scope
from connector.model.types import Sort, Type
from connector.model.values import Value


class _Answer(Protocol):
    def __call__(self, scope: Scope, /) -> Value | CannotTell: ...


class _Writer(Protocol):
    def __call__(self, scope: Scope, /) -> Value: ...


class CompiledExpression:
    """An expression of the mapping; `type` is what comes of it.

    To call it gives the value (None where it is missing), or that it cannot be told; it raises
    `ExpressionFailed`. The closure itself is called: a method around it would take as long as a comparison.
    """

    __slots__ = ("__call__", "_reads", "parts", "place", "text", "type")

    __call__: _Answer

    def __init__(self, parts: Parts, place: Place, term: Term, reads: Iterable[Term]) -> None:
        self.text = parts.text
        self.place = place
        self.type = term.type
        self.parts = parts
        self.__call__ = _guarded(term.run, parts.text, place)
        self._reads = tuple((one.path, _lasting(one)) for one in reads)

    def seen(self, scope: Scope) -> dict[str, Value]:
        """The values that it reads in this scope, by their paths; missing ones are None."""
        values: dict[str, Any] = {}
        for path, read in self._reads:
            values[path] = read(scope)
        return values


def _guarded(run: Run, text: str, place: Place) -> _Answer:
    """The closure with its results kept within the bounds, and raising nothing but `ExpressionFailed`."""

    def answer(scope: Scope) -> Value | CannotTell:
        try:
            found: Any = run(scope)
            if found is None or found.__class__ is bool:
                return found
            return found if found.__class__ is str and len(found) <= LONGEST_TEXT else bounded(found)
        except (ExpressionFailed, ArithmeticError, RecursionError) as error:
            raise _failure(place, text, error) from error

    return answer


class CompiledText:
    """A text with values in it. `warnings` are the problems that do not keep it from being used.

    `type` is that of the only value where the text is one `{{ … }}`, else a text. To call it gives the text;
    one that is a single `{{ … }}` keeps its type, and is None where the value is missing. It raises
    `ExpressionFailed`. The closure itself is called, as of an expression.
    """

    __slots__ = ("__call__", "is_constant", "place", "text", "type", "warnings")

    __call__: _Writer

    def __init__(self, report: Report, parts: Sequence[str | Term], culture: Culture) -> None:
        self.text, self.place = report.text, report.place
        self.warnings = report.warnings
        self.is_constant = all(isinstance(part, str) for part in parts)
        only = parts[0] if len(parts) == 1 else None
        self.type = only.type if isinstance(only, Term) else Type(Sort.TEXT)
        if isinstance(only, Term):
            self.__call__ = _single(_lasting(only), self.text, self.place)
        elif self.is_constant:
            self.__call__ = _constant("".join(cast("Sequence[str]", parts)))
        else:
            self.__call__ = _joined(parts, culture.zone, self.text, self.place)


def _constant(text: str) -> _Writer:
    return lambda _: text


def _lasting(term: Term) -> Run:
    """Runs the term for what is kept beyond its scope: of a whole record all that it would say there.

    A record may work out its values when they are asked for, and can do so only as long as its scope lives.
    """
    if term.type.sort not in {Sort.RECORD, Sort.ANY}:
        return term.run
    return lambda scope: _as_said(term.run(scope))


def _as_said(value: Any) -> Any:
    if value.__class__ is dict or not isinstance(value, Mapping):
        return value
    return {name: _as_said(one) for name, one in value.items()}


def _single(run: Run, text: str, place: Place) -> _Writer:
    """The value itself, kept within the bounds."""

    def value(scope: Scope) -> Value:
        try:
            found: Any = run(scope)
            if found is None or found.__class__ is CannotTell:
                return None
            return found if found.__class__ is str and len(found) <= LONGEST_TEXT else bounded(found)
        except (ExpressionFailed, ArithmeticError, RecursionError) as error:
            raise _failure(place, text, error) from error

    return value


def _joined(parts: Sequence[str | Term], zone: tzinfo, text: str, place: Place) -> _Writer:
    """The words and the values between them."""

    def written(part: str | Term, scope: Scope) -> str:
        if isinstance(part, str):
            return part
        value = part.run(scope)
        return "" if value is None or isinstance(value, CannotTell) else as_text(value, zone)

    def joined(scope: Scope) -> Value:
        try:
            return bounded_text("".join(written(part, scope) for part in parts))
        except (ExpressionFailed, ArithmeticError, RecursionError) as error:
            raise _failure(place, text, error) from error

    return joined


def unmet(condition: Expression, seen: Mapping[str, Value], now: datetime) -> tuple[Lack, ...] | None:
    """What of a condition was not met, given the values that it saw at `now`; empty where its answer is yes.

    None where that cannot be told: it reads something that was not seen, as after a change of the rule.
    """
    return condition.parts.unmet(seen, now) if isinstance(condition, CompiledExpression) else None


def _failure(place: Place, text: str, error: Exception) -> ExpressionFailed:
    return ExpressionFailed(f"{place}: {short(text)}: {_reason(error)}")


def _reason(error: Exception) -> str:
    match error:
        case ExpressionFailed():
            return str(error)
        case RecursionError():
            return "a value is nested too deeply"
        case _:
            return "a number or a time is too large"
