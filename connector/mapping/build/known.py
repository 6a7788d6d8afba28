"""What rules can name: whether it stands somewhere in the mapping, and what is known without any event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from connector.mapping.checker import Checker, Names
from connector.mapping.nodes import Written
from connector.mapping.scalars import did_you_mean
from connector.model import types
from connector.model.types import Type
from connector.model.vocabulary import company_type

CODES: Final[Mapping[str, str]] = {
    "score": "M160",
    "level": "M161",
    "cell": "M162",
    "moment": "M163",
    "goal": "M164",
    "segment": "M165",
}
"""Each sort of name, with the code of the problem that there is none."""


def lasting_names(contact: Type) -> Names:
    """The names of conditions that are asked whether or not anything happens."""
    return Names({"contact": contact, "company": company_type(), "now": types.time()})


def know(sort: str, name: Written, known: Collection[str], checker: Checker) -> bool:
    """Whether there is such a score, level, cell, moment, goal or segment; it is a problem if not."""
    if name in known:
        return True
    hint = did_you_mean(name, known) or ("" if known else f"this mapping has no {sort} yet")
    checker.refuse(name.place, CODES[sort], f'there is no {sort} "{name[:60]}"', hint)
    return False
