"""One thing that must stand ready, and where the mapping names it."""

from __future__ import annotations

from dataclasses import dataclass

from connector.mapping.terms import Place
from connector.model.naming import Thing
from connector.model.types import Sort


@dataclass(frozen=True, slots=True)
class Need:
    """The `connection` must have this `thing` by this `name`, because the mapping says so at `place`.

    `action` is the action that names it (`tag`), in its argument `argument`. Where none does, `argument` is
    the connection's setting, `from` of a field that is filled, or `when` of a condition on a change.

    `of` is what the thing belongs to: the pipeline of a stage, the number of a sender's user; empty where
    nothing is said. `values` are the constants that are written into it, or for which a condition waits;
    `sort` is of what sort a value is that differs from contact to contact, None where nothing is written or
    that is not known. Where `is_known` is False the name itself differs from contact to contact, and `name`
    is the text that gives it.
    """

    connection: str
    thing: Thing
    name: str
    place: Place
    action: str = ""
    argument: str = ""
    of: str = ""
    values: tuple[str, ...] = ()
    sort: Sort | None = None
    is_known: bool = True
