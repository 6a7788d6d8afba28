"""What a mapping may need of a platform, said in a line."""

from __future__ import annotations

from collections.abc import Sequence

from connector.mapping.needs import Need
from connector.mapping.terms import Place
from connector.model.naming import Thing
from connector.model.types import Sort
from connector.platforms.setting_up import Builder, Made, State, Wanted

AT = Place("triggers/a.yaml", 7, 3)


def writes(thing: Thing, name: str, *values: str, sort: Sort | None = None) -> Need:
    """An action that writes constants, or a value of a sort."""
    return Need("here", thing, name, AT, "update_contact", "fields", values=values, sort=sort)


def tags(*names: str, is_known: bool = True) -> list[Need]:
    """An action that gives these tags."""
    return [Need("here", Thing.TAG, one, AT, "tag", "add", is_known=is_known) for one in names]


def reads(thing: Thing, name: str) -> Need:
    """A condition on a change."""
    return Need("here", thing, name, AT, argument="when")


def needing(
    *needs: Need | Sequence[Need], has_tag_lists: bool = False, currency: str | None = None
) -> Wanted:
    """What a connection wants that only needs these."""
    flat = [one for some in needs for one in ([some] if isinstance(some, Need) else some)]
    address = "https://hooks.example.com/webhooks/here"
    return Wanted("here", address, (), needs=flat, has_tag_lists=has_tag_lists, currency=currency)


def states(builder: Builder, wanted: Wanted) -> dict[str, State]:
    """How each thing stands."""
    return {step.what: step.state for step in builder.plan(wanted)}


def details(builder: Builder, wanted: Wanted) -> dict[str, str]:
    """What is said of each thing."""
    return {step.what: step.detail for step in builder.plan(wanted)}


def carry_out(builder: Builder, wanted: Wanted) -> list[Made]:
    """Do all that is to be done."""
    return [builder.carry_out(step) for step in builder.plan(wanted) if step.writes]
