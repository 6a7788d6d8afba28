"""Names, attributes and items: from `order.total` or `body.line_items[0].sku` to a closure that reads it.

Typed names are checked against the model. In a payload (`ANY`) every step is a key or a place in a list,
never a method, and what is not there, or is of another shape, is missing. The name of a header is also
found in lower case, which is how headers are kept.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from connector.mapping.expressions.kinds import NOUNS
from connector.mapping.expressions.problems import Refused, did_you_mean, short
from connector.mapping.expressions.terms import Run, Term
from connector.mapping.terms import Scope
from connector.model.types import ANY, Sort, Type
from connector.model.values import Value

_FARTHEST: Final = 100_000
_YES_AND_NO: Final = {
    **dict.fromkeys(("yes", "ja", "on"), "ask for the value by itself; yes is written true"),
    **dict.fromkeys(("no", "nee", "off"), "write not before the value; no is written false"),
}
_OF_YOUR_OWN: Final = "custom_"
"""How counters of events of a company's own begin."""


def _is_kind_of_record(kind: type) -> bool:
    return issubclass(kind, Mapping)


_is_record: Final[Callable[[type], bool]] = cache(_is_kind_of_record)
"""Whether values of a class are records: asked for each step of each path, and slow to find out."""


def name(written: str, names: Mapping[str, Type], at: int) -> Term:
    """The term for a name. Raises `Refused` for one that does not exist here."""
    if written not in names:
        raise _unknown_name(written, names, at)
    found = names[written]
    return Term(found, _reader((written,), found.absent), at, written, keys=(written,))


def attribute(outer: Term, key: str, at: int) -> Term:
    """The term for `outer.key`. Raises `Refused` where that cannot be; `at` is the place of the key."""
    if key.startswith("__"):
        raise Refused(at, "M207", f'"{short(key)}" is not part of the language', "name a field")
    return _step(outer, key, f"{outer.path}.{key}", at)


def item(outer: Term, key: object, at: int) -> Term:
    """The term for `outer['key']` or `outer[0]`. Raises `Refused` where that cannot be."""
    if isinstance(key, str):
        return _step(outer, key, f"{outer.path}['{short(key)}']", at)
    if not isinstance(key, Decimal) or key != key.to_integral_value() or abs(key) > _FARTHEST:
        raise Refused(at, "M207", "between [ ] stands the name of a key or a whole number", "['key'] or [0]")
    path = f"{outer.path}[{int(key)}]"
    if outer.type.sort is Sort.LIST:
        return _grown(outer, int(key), path, outer.type.item or ANY)
    if outer.type.sort is Sort.ANY:
        return _grown(outer, int(key), path, ANY)
    raise Refused(at, "M204", f"{outer.path} is {NOUNS[outer.type.sort]}, not a list", "leave the [ ] out")


def _step(outer: Term, key: str, path: str, at: int) -> Term:
    match outer.type.sort:
        case Sort.ANY:
            return _grown(outer, key, path, ANY)
        case Sort.RECORD:
            found = outer.type.fields.get(key) or outer.type.item
            if found is None or _is_misspelt(key, outer.type):
                raise _unknown_field(outer, key, at)
            return _grown(outer, key, path, found)
        case Sort.LIST:
            hint = (
                f"take them all with {outer.path} | pluck('{key}'), or the first with {outer.path}[0].{key}"
            )
            raise Refused(at, "M204", f'{outer.path} is a list, and has no "{short(key)}"', hint)
        case sort:
            raise Refused(at, "M204", f'{outer.path or "this"} is {NOUNS[sort]}, and has no "{short(key)}"')


def _is_misspelt(key: str, record: Type) -> bool:
    """Whether a key that the record may well have is all but the name of a field that it always has.

    `contact.counters` also holds counters of the company's own, and `order_payd` is none of these.
    """
    if key in record.fields or key.startswith(_OF_YOUR_OWN):
        return False
    return bool(difflib.get_close_matches(key[:60], record.fields, n=1, cutoff=0.9))


def _grown(outer: Term, key: str | int, path: str, type_: Type) -> Term:
    keys = (*outer.keys, key)
    run = _reader(keys, type_.absent) if outer.keys else _onward(outer.run, key, type_.absent)
    return Term(type_, run, outer.at, path, chain=(*outer.chain, outer), keys=keys if outer.keys else ())


def _unknown_name(written: str, names: Mapping[str, Type], at: int) -> Refused:
    hint = _YES_AND_NO.get(written.lower()) or did_you_mean(
        written, names, f"put quotes around it if it is a text: '{short(written)}'"
    )
    return Refused(at, "M203", f'there is no "{short(written)}" here', hint)


def _unknown_field(outer: Term, key: str, at: int) -> Refused:
    is_one_of_many = len(outer.keys) == 1 and outer.type.about.startswith(("a ", "an "))
    who = f"{'an' if outer.path[0] in 'aeiou' else 'a'} {outer.path}" if is_one_of_many else outer.path
    hint = did_you_mean(key, outer.type.fields, f"it has {_some(outer.type)}" if outer.type.fields else "")
    return Refused(at, "M204", f'{who} has no "{short(key)}"', hint)


def _some(record: Type) -> str:
    return ", ".join(list(record.fields)[:12]) + (", …" if len(record.fields) > 12 else "")


def _reader(keys: tuple[str | int, ...], absent: Value) -> Run:
    """Reads a path out of nested dictionaries; the commonest lengths without a loop."""
    match keys:
        case (str() as only,):
            return _one(only, absent)
        case ("headers", str() as written):
            return _header(written)
        case (str() as first, str() as second):
            return _two(first, second, absent)
        case (str() as first, str() as second, str() as third):
            return _three(first, second, third, absent)
        case _:
            return _many(keys, absent)


def _one(key: str, absent: Value) -> Run:
    def read(scope: Scope) -> object:
        value = scope.get(key)
        return absent if value is None else value

    return read


def _two(first: str, second: str, absent: Value) -> Run:
    def read(scope: Scope) -> object:
        record: Any = scope.get(first)
        is_record = record.__class__ is dict or _is_record(record.__class__)
        value = record.get(second) if is_record else None
        return absent if value is None else value

    return read


def _three(first: str, second: str, third: str, absent: Value) -> Run:
    def read(scope: Scope) -> object:
        outer: Any = scope.get(first)
        is_record = outer.__class__ is dict or _is_record(outer.__class__)
        inner: Any = outer.get(second) if is_record else None
        is_record = inner.__class__ is dict or _is_record(inner.__class__)
        value = inner.get(third) if is_record else None
        return absent if value is None else value

    return read


def _header(written: str) -> Run:
    lower = written.lower()

    def read(scope: Scope) -> object:
        headers: Any = scope.get("headers")
        if headers.__class__ is not dict and not _is_record(headers.__class__):
            return None
        value = headers.get(written)
        return headers.get(lower) if value is None else value

    return read


def _many(keys: tuple[str | int, ...], absent: Value) -> Run:
    def read(scope: Scope) -> object:
        value: object = scope
        for key in keys:
            value = _take(value, key)
            if value is None:
                break
        return absent if value is None else value

    return read


def _onward(run: Run, key: str | int, absent: Value) -> Run:
    """Reads on from a value that is no plain path, such as the first of a list."""

    def read(scope: Scope) -> object:
        value = _take(run(scope), key)
        return absent if value is None else value

    return read


def _take(container: Any, key: str | int) -> object:
    if _is_record(type(container)):
        return container.get(key if isinstance(key, str) else str(key))
    if (
        isinstance(key, int)
        and isinstance(container, (list, tuple))
        and -len(container) <= key < len(container)
    ):
        return container[key]
    return None
