"""What one action names, of which the arguments may be constant, partly constant or worked out."""

from __future__ import annotations

from collections import abc
from collections.abc import Iterator
from dataclasses import dataclass

from connector.mapping.needs.need import Need
from connector.mapping.rules import ActionTemplate
from connector.mapping.terms import Place, Rendered, Text
from connector.model.naming import Naming, namings
from connector.model.types import Sort


def named_by(template: ActionTemplate, connection: str) -> Iterator[Need]:
    """What an action names when it acts on this connection."""
    for naming in namings(template.spec):
        written = template.arguments.get(naming.argument)
        for one in _names(naming, written, template.place):
            yield Need(
                connection,
                naming.names.thing,
                one.name,
                one.place,
                template.spec.name,
                naming.argument,
                of=_owner(template, naming),
                values=_constants(one.value),
                sort=_sort(one.value),
                is_known=one.is_known,
            )


@dataclass(frozen=True, slots=True)
class _Name:
    name: str
    place: Place
    is_known: bool = True
    value: Rendered | None = None


def _names(naming: Naming, written: Rendered | None, at: Place) -> Iterator[_Name]:
    if written is None:
        if naming.default is not None:
            yield _Name(naming.default, at)
    elif callable(written):
        yield _of_text(written)
    elif isinstance(written, abc.Mapping):
        for key, value in written.items():
            yield _Name(key.strip(), _place(value) or at, value=value)
    else:
        yield from (_of_text(one) for one in written if callable(one))


def _of_text(text: Text) -> _Name:
    if not text.is_constant:
        return _Name(text.text, text.place, is_known=False)
    return _Name(str(text({})).strip(), text.place)


def _owner(template: ActionTemplate, naming: Naming) -> str:
    """What the thing belongs to, by the argument that says so; empty where that is worked out."""
    about = next((one for one in namings(template.spec) if one.argument == naming.names.of), None)
    if about is None:
        return ""
    written = template.arguments.get(about.argument)
    if written is None:
        return about.default or ""
    return str(written({})).strip() if callable(written) and written.is_constant else ""


def _place(value: Rendered) -> Place | None:
    if callable(value):
        return value.place
    parts = value.values() if isinstance(value, abc.Mapping) else value
    return next((found for one in parts if (found := _place(one))), None)


def _constants(value: Rendered | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if callable(value):
        return (str(value({})),) if value.is_constant else ()
    parts = value.values() if isinstance(value, abc.Mapping) else value
    return tuple(one for part in parts for one in _constants(part))


def _sort(value: Rendered | None) -> Sort | None:
    """Of what sort a value is that is worked out; a text with words around its values is a text."""
    if not callable(value) or value.is_constant:
        return None
    kind = getattr(value, "type", None)
    return getattr(kind, "sort", None)
