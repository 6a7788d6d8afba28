"""What an account still lacks, as a plan that a person reads before anything is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from connector.mapping.needs import Need
from connector.model.naming import Thing

_NEARLY: Final = 0.85
"""How alike two names are, of 1, of which one may be a slip of the other."""


class State(StrEnum):
    """How something that is wanted stands, as a person reads it. What is in doubt is made if they say so."""

    THERE = "there"
    MAKE = "make"
    CHANGE = "change"
    DOUBT = "in doubt"
    BY_HAND = "by hand"
    LEFT = "left alone"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is wanted. `body` is what is written for it, `id` what is there already.

    `detail` says why, or what to do, for a person; it may have several lines. Where `variable` is not
    empty, a secret belongs into this environment variable: the one that `body` gives, or one that is shown
    once. `place` is where a thing of this `kind` belongs, where there are several such places (`contacts`).
    `waits`: it is changed only once all that is new could be made.
    """

    state: State
    what: str
    detail: str = ""
    kind: str = "webhook"
    place: str = ""
    id: str = ""
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    variable: str = ""
    waits: bool = False

    @property
    def writes(self) -> bool:
        """Whether carrying it out writes something."""
        return self.state in {State.MAKE, State.CHANGE}


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a step; `secret` is what the platform shows only now, `notice` what there is to know."""

    id: str
    secret: str = field(default="", repr=False)
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a connection wants of its account: the webhooks of `topics`, to `address`.

    `before` is the address that was ours until now; None where it never was another. `variables` are those of
    its secret, each with its value, None where it is not set; `invented` is a new one where we may choose it.
    `properties` are those whose changes are to be told, by topic, where a topic tells of one property each.
    `needs` is what else the mapping names there. `has_tag_lists`: a tag is a list of its name. `currency` is
    that of a store which is not there yet.
    """

    connection: str
    address: str
    topics: Sequence[str]
    before: str | None = None
    variables: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    invented: str = field(default="", repr=False)
    properties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needs: Sequence[Need] = ()
    has_tag_lists: bool = False
    currency: str | None = None

    def of(self, *things: Thing) -> list[Need]:
        """The needs of these things that are certain, as the mapping names them."""
        return [one for one in self.needs if one.thing in things and one.is_known]

    @property
    def secret(self) -> str | None:
        """The first secret that is set: a new webhook is signed with it, where we may say with which."""
        return next((value for value in self.variables.values() if value), None)

    @property
    def unset(self) -> list[str]:
        """The variables of its secret that have no value."""
        return [name for name, value in self.variables.items() if not value]

    def at(self, path: str) -> Wanted:
        """The same, further down the address."""
        before = None if self.before is None else self.before + path
        return replace(self, address=self.address + path, before=before)

    def is_at(self, address: str) -> bool:
        """Whether a webhook with this address comes here; a secret in its query makes no difference."""
        return _place(address) == _place(self.address)

    def was_at(self, address: str) -> bool:
        """Whether it came here until now."""
        return self.before is not None and _place(address) == _place(self.before)

    def looks_ours(self, address: str) -> bool:
        """Whether another Loods with this connection, perhaps this one before, could be reached there."""
        return _place(address)[2].endswith(f"/webhooks/{self.connection}")


class Builder(Protocol):
    """Sets an account up. Nothing that a person made is deleted; what others made is not touched."""

    def plan(self, wanted: Wanted) -> Sequence[Step]:
        """How each thing that is wanted stands; nothing is written. Raises a DispatchError."""

    def carry_out(self, step: Step) -> Made:
        """Do a step that writes. Raises a DispatchError; then a new plan says what is still to be done."""

    def close(self) -> None:
        """Give up the connection."""


def doubted(step: Step, name: str, known: Iterable[str]) -> Step:
    """The same, in doubt where it would make something whose name is nearly that of one that is there.

    Names that only their figures tell apart are meant (`size_1` beside `size_2`).
    """
    there = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), there, n=1, cutoff=_NEARLY)
    if step.state is not State.MAKE or not near or _letters(near[0]) == _letters(name.lower()):
        return step
    detail = f'did you mean "{there[near[0]]}", which is there? Else {step.detail}'
    return replace(step, state=State.DOUBT, detail=detail)


def _letters(name: str) -> str:
    return "".join(one for one in name if not one.isdecimal())


def named_at(needs: Sequence[Need]) -> str:
    """Where the mapping names it, at most at three places."""
    places = list(dict.fromkeys(str(one.place) for one in needs))
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return f"named at {', '.join(places[:3])}{more}"


def by_name(needs: Sequence[Need]) -> dict[str, list[Need]]:
    """The needs of each thing, in the order in which they come first."""
    found: dict[str, list[Need]] = {}
    for one in needs:
        found.setdefault(one.name, []).append(one)
    return found


def left(wanted: Wanted, what: str, address: str) -> Step:
    """A webhook elsewhere, which is not touched."""
    shown = without_query(address).rstrip("/")
    place = shown.removesuffix(f"/webhooks/{wanted.connection}")
    detail = f"goes to {shown}; where that was this Loods until now, --moved-from {place} takes it along"
    return Step(State.LEFT, what, detail)


def without_query(address: str) -> str:
    """An address as it may be shown: a secret may stand in its query."""
    return address.partition("?")[0]


def _place(address: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", "", address
    return parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/")
