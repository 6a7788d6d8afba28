"""The filters on numbers: `money` and `decimal`."""

from __future__ import annotations

import re
from typing import Final

from babel import Locale
from babel.numbers import format_currency

from connector.errors import ExpressionFailed
from connector.mapping.expressions import paths
from connector.mapping.expressions.filter import Use, derived, mapped
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Run, Term
from connector.mapping.expressions.values import as_number, exact
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import Sort, Type

_USUAL: Final = "EUR"
_CODE: Final = re.compile(r"[A-Z]{3}")


def money(use: Use) -> Term:
    """An amount with its currency, rounded to its cents, as the locale writes it: `€ 1.234,50`.

    The currency is the argument, else the field `currency` beside the amount or around it, else the
    euro. Blanks are plain ones, so that what a task says can be searched for.
    """
    amount, currency, locale = use.operand.run, _currency(use), use.culture.locale

    def written(scope: Scope) -> object:
        value = amount(scope)
        if value is None or value.__class__ is CannotTell:
            return value
        return _written(value, currency(scope), locale)

    term = derived(use.operand, Type(Sort.TEXT))
    return Term(term.type, written, term.at, term.path)


def decimal(use: Use) -> Term:
    """The number that a text spells, such as `1234.50`. One with a comma fails: it can mean two things."""
    return mapped(use.operand, Type(Sort.NUMBER), as_number)


def _written(value: object, currency: object, locale: Locale) -> str:
    code = str(currency or _USUAL).upper()
    if not _CODE.fullmatch(code):
        raise ExpressionFailed(f'"{code[:10]}" is no currency; it has three letters, such as EUR')
    return format_currency(exact(value), code, locale=locale).replace("\xa0", " ").replace("\u202f", " ")


def _currency(use: Use) -> Run:
    if use.arguments:
        code = use.text(_USUAL)
        if not _CODE.fullmatch(code):
            raise Refused(
                use.arguments[0].at, "M209", f'"{code[:10]}" is no currency', "three capitals: 'EUR'"
            )
        return lambda scope: code
    for record in reversed(use.operand.chain):
        if record.type.sort is Sort.ANY or "currency" in record.type.fields:
            return paths.attribute(record, "currency", record.at).run
    return lambda scope: _USUAL
