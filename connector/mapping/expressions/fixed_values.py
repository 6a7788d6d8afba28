"""Fixed values where a question should stand: `'cart.total'`, or the second half of `x == 'a' or 'b'`;
and texts that are the name of a value."""

from __future__ import annotations

from collections.abc import Mapping

from connector.mapping.expressions import paths
from connector.mapping.expressions.problems import Refused, short
from connector.mapping.expressions.terms import Term
from connector.model.types import Type


def always_same(term: Term, names: Mapping[str, Type]) -> Refused:
    """The problem of a fixed value in a condition."""
    hint = "repeat the comparison (x == 'a' or x == 'b'), or write x in ['a', 'b']"
    if is_quoted_path(term, names):
        hint = "leave the quotes out to ask for the value"
    return Refused(term.at, "M214", "a fixed value is no condition: its answer is always the same", hint)


def is_quoted_path(term: Term, names: Mapping[str, Type]) -> bool:
    """Whether this is a text that reads like the path of a value, so that its quotes are probably a slip."""
    written = term.constant.value if term.constant else None
    return isinstance(written, str) and _is_path(written, names)


def refuse_name(text: str, names: Mapping[str, Type], at: int, hint: str) -> None:
    """Raise `Refused` for a text that is the name of a value, as in `contact.name`; a word may be one."""
    if "." in text and _is_path(text, names):
        raise Refused(at, "M221", f'"{short(text)}" is the name of a value, and stands here as a text', hint)


def _is_path(written: str, names: Mapping[str, Type]) -> bool:
    first, *rest = written.split(".")
    try:
        found = paths.name(first, names, 0)
        for key in rest:
            found = paths.attribute(found, key, 0)
    except Refused:
        return False
    return True
