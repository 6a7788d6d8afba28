"""All filters, in one table: what each works on, what comes of it, and how many arguments it takes.

A filter on a missing value gives a missing value, save `default` (which is for that) and `count` (0).
Arguments are fixed values, save that of `default`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from connector.mapping.expressions import filter_lists as lists
from connector.mapping.expressions import filter_numbers as numbers
from connector.mapping.expressions import filter_texts as texts
from connector.mapping.expressions import filter_times as times
from connector.mapping.expressions.filter import Filter, Use
from connector.mapping.expressions.kinds import NOUNS, named
from connector.mapping.expressions.problems import Refused, did_you_mean, short
from connector.mapping.expressions.terms import Term
from connector.model.types import Sort

_NUMBER = frozenset({Sort.NUMBER})
_TEXT = frozenset({Sort.TEXT, Sort.STAGE})
_WHEN = frozenset({Sort.TIME, Sort.DATE})
_LIST = frozenset({Sort.LIST})

FILTERS: Final[Mapping[str, Filter]] = {
    "money": Filter("an amount in its currency: € 1.234,50", _NUMBER, numbers.money, most=1),
    "decimal": Filter("the number that a text spells", _NUMBER | _TEXT, numbers.decimal),
    "date": Filter("a date as people write it: 2 november 2026", _WHEN, times.date, most=1),
    "days_since": Filter("whole days from then until now", _WHEN, times.days_since),
    "hours_since": Filter("whole hours from then until now", _WHEN, times.hours_since),
    "plus": Filter(
        "a time that much later: plus('3d'), plus('2 working days')", _WHEN, times.plus, least=1, most=1
    ),
    "lower_email": Filter("an address without blanks and capitals", _TEXT, texts.lower_email),
    "phone": Filter("a number with its digits only: +31612345678", _TEXT | _NUMBER, texts.phone, most=1),
    "slug": Filter("small letters, digits and hyphens", _TEXT | _NUMBER, texts.slug),
    "md5": Filter("the checksum by which Mailchimp knows an address", _TEXT | _NUMBER, texts.md5),
    "join": Filter("the elements in one text", _LIST, lists.join, most=1),
    "first": Filter("the first element", _LIST, lists.first),
    "count": Filter("how many elements", _LIST, lists.count),
    "pluck": Filter("one field of every element: pluck('sku')", _LIST, lists.pluck, least=1, most=1),
    "default": Filter(
        "another value for what is missing or empty", frozenset(Sort), lists.default, least=1, most=1
    ),
}

_ELSEWHERE: Final = {
    "lower": "write .lower() behind the value",
    "upper": "write .upper() behind the value",
    "trim": "write .strip() behind the value",
    "length": "write | count",
    "int": "write | decimal",
    "float": "write | decimal",
    "number": "write | decimal",
    "d": "write | default('…')",
    "currency": "write | money",
    "map": "write | pluck('field')",
    "e": "nothing needs to be escaped here",
    "safe": "nothing needs to be escaped here",
}


def apply(name: str, use: Use, at: int) -> Term:
    """The term for `operand | name(arguments)`. Raises `Refused`; `at` is the place of the name."""
    if name not in FILTERS:
        hint = _ELSEWHERE.get(name) or did_you_mean(name, FILTERS, f"there are {', '.join(sorted(FILTERS))}")
        raise Refused(at, "M208", f'there is no filter "{short(name)}"', hint)
    chosen = FILTERS[name]
    if not chosen.least <= len(use.arguments) <= chosen.most:
        raise Refused(at, "M209", f"{name} takes {_so_many(chosen)}, not {len(use.arguments)}", chosen.about)
    if use.operand.type.sort not in chosen.takes | {Sort.ANY}:
        raise _wrong_operand(name, chosen, use.operand)
    return chosen.make(use)


def _so_many(chosen: Filter) -> str:
    if chosen.most == 0:
        return "no arguments"
    return "one argument" if chosen.least == chosen.most else "at most one argument"


def _wrong_operand(name: str, chosen: Filter, operand: Term) -> Refused:
    wanted = " or ".join(sorted(NOUNS[sort] for sort in chosen.takes - {Sort.STAGE}))
    message = f"{name} works on {wanted}, and {named(operand)} is {NOUNS[operand.type.sort]}"
    hint = (
        "make a number of it first: | decimal"
        if chosen.takes == _NUMBER and operand.type.sort is Sort.TEXT
        else ""
    )
    return Refused(operand.at, "M213", message, hint)
