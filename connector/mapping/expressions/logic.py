"""Yes, no and *cannot tell*: how `and`, `or`, `not` and `if … else` carry them on (Kleene's logic).

A question answers True, False or a `CannotTell`. A value may be anything; None is missing. What cannot be
told decides nothing where the rest already does: `no and cannot tell` is no, `yes or cannot tell` is yes.
"""

from __future__ import annotations

from connector.mapping.expressions.terms import Run
from connector.mapping.expressions.values import is_yes_in_payload
from connector.mapping.terms import CannotTell, Scope


def all_of(questions: tuple[Run, ...]) -> Run:
    """No where one is no; else the first that cannot be told; else yes."""
    if len(questions) == 2:
        return _both(*questions)

    def conjunction(scope: Scope) -> object:
        answer: object = True
        for question in questions:
            found = question(scope)
            if found is False:
                return False
            if answer is True:
                answer = found
        return answer

    return conjunction


def any_of(questions: tuple[Run, ...]) -> Run:
    """Yes where one is yes; else the first that cannot be told; else no."""
    if len(questions) == 2:
        return _one_of(*questions)

    def disjunction(scope: Scope) -> object:
        answer: object = False
        for question in questions:
            found = question(scope)
            if found is True:
                return True
            if answer is False:
                answer = found
        return answer

    return disjunction


def _both(one: Run, other: Run) -> Run:
    """`all_of` for two, without a loop."""

    def conjunction(scope: Scope) -> object:
        first = one(scope)
        if first is False:
            return False
        second = other(scope)
        return second if first is True or second is False else first

    return conjunction


def _one_of(one: Run, other: Run) -> Run:
    """`any_of` for two, without a loop."""

    def disjunction(scope: Scope) -> object:
        first = one(scope)
        if first is True:
            return True
        second = other(scope)
        return second if first is False or second is True else first

    return disjunction


def negation(question: Run) -> Run:
    """Yes for no, no for yes; what cannot be told stays so."""

    def opposite(scope: Scope) -> object:
        found = question(scope)
        return not found if found.__class__ is bool else found

    return opposite


def asked(value: Run, in_payload: bool) -> Run:
    """The question whether there is a value."""
    judge = is_yes_in_payload if in_payload else bool

    def answer(scope: Scope) -> object:
        found = value(scope)
        return found if found.__class__ is CannotTell else judge(found)

    return answer


def first_of(values: tuple[Run, ...]) -> Run:
    """The first value that is there and not empty; else what cannot be told, or the last that is there."""

    def choice(scope: Scope) -> object:
        unknown = last = None
        for value in values:
            found = value(scope)
            if found.__class__ is CannotTell:
                unknown = unknown or found
            elif found:
                return found
            elif found is not None:
                last = found
        return unknown or last

    return choice


def either(question: Run, yes: Run, no: Run) -> Run:
    """One value or the other; if the question cannot be told, the value on which both agree."""

    def choice(scope: Scope) -> object:
        found = question(scope)
        if found is True:
            return yes(scope)
        if found is False:
            return no(scope)
        agreed = yes(scope)
        return agreed if agreed is not None and agreed == no(scope) else found

    return choice


def is_there(value: Run) -> Run:
    """The question whether a value is known at all; empty, zero and no are values too."""
    return lambda scope: (found := value(scope)) is not None and found.__class__ is not CannotTell
