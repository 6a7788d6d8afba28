"""Which two values can be compared, and as what; everything that cannot be is refused with its remedy.

A key turns a value into what is compared: a stage into its place, a time into a day. It gives None for a
value that has no place in the order, which then cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Final, TypeAlias

from connector.mapping.expressions.problems import Refused, did_you_mean, short
from connector.mapping.expressions.terms import Culture, Term
from connector.mapping.expressions.values import as_day, as_moment, as_number, as_text, moment_in, number_in
from connector.model.types import Sort, Type

Key: TypeAlias = Callable[[object], object]

NOUNS: Final = {
    Sort.TEXT: "a text",
    Sort.NUMBER: "a number",
    Sort.YES_NO: "yes or no",
    Sort.TIME: "a time",
    Sort.DATE: "a date",
    Sort.STAGE: "a stage",
    Sort.RECORD: "a whole record",
    Sort.LIST: "a list",
    Sort.ANY: "a value of the payload",
}
_IN_TIME: Final = frozenset({Sort.TIME, Sort.DATE})


def key_of(op: str, left: Term, right: Term, culture: Culture) -> Key | None:
    """The key by which the two are compared; None where only their values will tell. Raises `Refused`."""
    for term in (left, right):
        _refuse_whole(term)
    sorts = {left.type.sort, right.type.sort}
    if Sort.STAGE in sorts:
        return _stage_key(left, right)
    if sorts & _IN_TIME:
        return _time_key(left, right, culture)
    if Sort.ANY in sorts:
        _refuse_ordered_text(op, left, right)
        return None
    if len(sorts) > 1:
        raise _unlike(left, right)
    return _plain_key(op, left, right)


def named(term: Term) -> str:
    """The term in a message: its path, or the value that is written."""
    if term.constant:
        value = term.constant.value
        if value is None:
            return "none"
        return f"'{short(value)}'" if isinstance(value, str) else as_text(value)
    return term.path or "this"


def refuse_none(term: Term) -> None:
    """Raise `Refused` where the word none is written, which only `is`, `==` and `!=` understand."""
    if term.constant and term.constant.value is None:
        raise Refused(term.at, "M210", "none is no value", 'ask "x is none" or "x is not none"')


def _plain_key(op: str, left: Term, right: Term) -> Key:
    match left.type.sort:
        case Sort.NUMBER:
            return as_number
        case Sort.YES_NO if op not in {"eq", "ne"}:
            raise Refused(left.at, "M210", "yes and no have no order", f"ask {left.path} or not {left.path}")
        case Sort.YES_NO:
            return bool
        case _:
            _refuse_no_choice(left, right)
            return as_text


def _refuse_no_choice(left: Term, right: Term) -> None:
    """Raise `Refused` for a text that the other one never is."""
    for one, other in ((left, right), (right, left)):
        choices = one.type.choices
        if choices and other.constant and other.constant.value not in choices:
            hint = did_you_mean(str(other.constant.value), choices, f"there are {', '.join(choices[:16])}")
            raise Refused(other.at, "M211", f"{named(one)} is never {named(other)}", hint)


def _refuse_whole(term: Term) -> None:
    if term.type.sort is Sort.LIST:
        hint = f'ask "x in {named(term)}" or count it: {named(term)} | count'
        raise Refused(term.at, "M210", f"{named(term)} is a list", hint)
    if term.type.sort is Sort.RECORD:
        one = next(iter(term.type.fields), None)
        hint = f"name one of its fields, such as {term.path}.{one}" if one else "name one of its fields"
        raise Refused(term.at, "M210", f"{named(term)} is a whole record and compares with nothing", hint)


def _stage_key(left: Term, right: Term) -> Key:
    stage, other = (left, right) if left.type.sort is Sort.STAGE else (right, left)
    order = {name: place for place, name in enumerate(stage.type.stages)}
    if other.type.sort is Sort.STAGE and other.type.stages != stage.type.stages:
        raise Refused(other.at, "M210", f"{named(left)} and {named(right)} are stages of different journeys")
    if other.type.sort is Sort.TEXT and other.constant:
        _known_stage(str(other.constant.value), stage, other.at)
    elif other.type.sort not in {Sort.STAGE, Sort.ANY}:
        names = ", ".join(f"'{name}'" for name in stage.type.stages)
        raise Refused(
            other.at, "M210", f"a stage compares with the name of a stage, not with {named(other)}", names
        )
    return lambda value: order.get(value) if isinstance(value, str) else None


def _known_stage(name: str, stage: Term, at: int) -> None:
    if name not in stage.type.stages:
        known = f"there are {', '.join(stage.type.stages)}"
        hint = did_you_mean(name, stage.type.stages, known)
        raise Refused(at, "M211", f'there is no stage "{short(name)}"', hint)


def _time_key(left: Term, right: Term, culture: Culture) -> Key:
    for term in (left, right):
        if term.type.sort not in _IN_TIME | {Sort.ANY} and not _spells_time(term):
            other = right if term is left else left
            message = (
                f"{named(other)} is {NOUNS[other.type.sort]}, and {named(term)} is {NOUNS[term.type.sort]}"
            )
            raise Refused(
                term.at, "M210", message, "write a date as '2026-11-02', a time as '2026-11-02 10:00'"
            )
    if any(_is_day(term) for term in (left, right)):
        return lambda value: as_day(value, culture.zone)
    return lambda value: as_moment(value, culture.zone)


def _spells_time(term: Term) -> bool:
    """Whether this is a literal, which then has to spell a time. Raises `Refused`."""
    if term.constant is None or term.type.sort is not Sort.TEXT:
        return False
    written = str(term.constant.value)
    if moment_in(written) is None:
        hint = "write '2026-11-02' or '2026-11-02 10:00'"
        raise Refused(term.at, "M212", f"'{short(written)}' is no date and no time", hint)
    return True


def _is_day(term: Term) -> bool:
    if term.constant:
        found = moment_in(str(term.constant.value))
        return isinstance(found, date) and not isinstance(found, datetime)
    return term.type.sort is Sort.DATE


def _refuse_ordered_text(op: str, left: Term, right: Term) -> None:
    for term in (left, right):
        is_text = term.constant is not None and term.type.sort is Sort.TEXT
        if is_text and op not in {"eq", "ne"} and _spells_number(term):
            message = f"{named(term)} in quotes is a text, which is ordered by its letters"
            raise Refused(term.at, "M210", message, _without_quotes(term))


def _unlike(left: Term, right: Term) -> Refused:
    message = (
        f"{named(left)} is {NOUNS[left.type.sort]}, and {named(right)} is {NOUNS[right.type.sort]}: "
        "they cannot be compared"
    )
    text, other = (left, right) if left.type.sort is Sort.TEXT else (right, left)
    return Refused(left.at, "M210", message, _remedy(text, other))


def _remedy(text: Term, other: Term) -> str:
    if text.type.sort is not Sort.TEXT:
        return f"ask {other.path} or {text.path} by itself" if other.path and text.path else ""
    if other.type.sort is Sort.YES_NO:
        asked = other.path or "the question"
        return f"ask {asked}, or not {asked}"
    if text.constant:
        return _without_quotes(text) if _spells_number(text) else "a number stands without quotes, as in 25"
    return f"put quotes around {named(other)}" if other.constant else f"write {text.path} | decimal"


def _spells_number(literal: Term) -> bool:
    return literal.constant is not None and number_in(literal.constant.value) is not None


def _without_quotes(literal: Term) -> str:
    return f"leave the quotes out: {named(literal)[1:-1]}"


def element_of(term: Term) -> Term:
    """Any one element of a list, for the check of `in`."""
    return Term(term.type.item or Type(Sort.ANY), term.run, term.at, term.path)
