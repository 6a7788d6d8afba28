"""`x in y`: an element of a list, written out or read, or a part of a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import TypeAlias

from connector.mapping.expressions.comparisons import compare, known, with_fixed
from connector.mapping.expressions.kinds import Key, element_of, key_of, named, refuse_none
from connector.mapping.expressions.logic import any_of
from connector.mapping.expressions.payload import is_part
from connector.mapping.expressions.problems import Refused
from connector.mapping.expressions.terms import Culture, Run, Term
from connector.mapping.terms import CannotTell, Scope
from connector.model.types import Sort

_Search: TypeAlias = Callable[[object, object], bool]


def contains(left: Term, right: Term, culture: Culture) -> Run:
    """The question `left in right`. Raises `Refused` where it makes no sense.

    Nothing is in an empty list, not even what is missing; in any other a missing value cannot be told.
    """
    refuse_none(left)
    refuse_none(right)
    if left.constant and (right.constant or right.elements is not None):
        raise Refused(left.at, "M214", "this compares fixed values, so the answer is always the same")
    if right.elements is not None:
        return _among(left, right.elements, culture)
    if right.type.sort is Sort.LIST:
        key = key_of("eq", left, element_of(right), culture)
        return _search(left, right, _by_element(key, culture.zone))
    if right.type.sort is Sort.ANY or {left.type.sort, right.type.sort} <= {Sort.TEXT, Sort.ANY}:
        return _search(left, right, lambda one, whole: is_part(one, whole, culture.zone))
    message = f'"in" looks into a list or a text, and {named(right)} is neither'
    raise Refused(left.at, "M210", message, "write == for one value, or a list: ['a', 'b']")


def _among(left: Term, elements: Sequence[Term], culture: Culture) -> Run:
    keys = [key_of("eq", left, element, culture) for element in elements]
    if left.type.sort in {Sort.TEXT, Sort.NUMBER} and keys and keys[0]:
        wanted = frozenset(keys[0](element.constant.value) for element in elements if element.constant)
        return with_fixed(lambda found, _: found in wanted, left, keys[0], wanted)
    return any_of(tuple(compare("eq", left, element, culture) for element in elements))


def _by_element(key: Key | None, zone: tzinfo) -> _Search:
    if key is None:
        return lambda one, whole: is_part(one, whole, zone)

    def search(one: object, whole: object) -> bool:
        wanted = key(one)
        elements = whole if isinstance(whole, Sequence) else ()
        return wanted is not None and any(
            key(element) == wanted for element in elements if element is not None
        )

    return search


def _search(left: Term, right: Term, is_in: _Search) -> Run:
    first, second = known(left), known(right)

    def membership(scope: Scope) -> object:
        whole = second(scope)
        if whole.__class__ is CannotTell or not whole:
            return whole or False
        one = first(scope)
        return one if one.__class__ is CannotTell else is_in(one, whole)

    return membership
