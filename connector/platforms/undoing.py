"""How what an action did at a platform is undone: turned the other way, closed, or not at all, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from connector.model.action import Arguments, Closer

Turned: TypeAlias = Mapping[str, bool]
"""What is on or off of a contact, by name."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Turns things of one kind on and off: what an action has turned, and the action that turns it otherwise.

    Names that `same` makes equal are one thing at the platform.
    """

    kind: str
    turned: Callable[[Arguments], Turned]
    turning: Callable[[Turned], tuple[str, Arguments]]
    same: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Values:
    """Writes values: what an action has written, by name, and of which record, in the words of `put_back`.

    `remembers`: the platform itself tells what it held before. Else we know only what rules wrote before.
    """

    written: Callable[[Arguments], Arguments]
    about: Callable[[Arguments], Arguments]
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class Stays:
    """Nothing takes it back, for this reason."""

    why: str


Way: TypeAlias = Switch | Values | Closer | Stays


def way_of(platform: str | None, action: str) -> Way:
    """How an action of a platform is undone; None stands for a connection that the mapping has no more."""
    if platform is None:
        return Stays("the mapping has no such connection any more")
    if action == PUT_BACK:
        return Values(_fields, _about_put_back)
    return WAYS.get((platform, action), Stays("nothing is known of how it would be undone"))


def _tags(arguments: Arguments) -> Turned:
    added, removed = _names(arguments.get("add")), _names(arguments.get("remove"))
    return dict.fromkeys(added, True) | dict.fromkeys(removed, False)


def _tagging(turned: Turned) -> tuple[str, Arguments]:
    added = [name for name, is_on in turned.items() if is_on]
    removed = [name for name, is_on in turned.items() if not is_on]
    return "tag", {name: some for name, some in (("add", added), ("remove", removed)) if some}


def _put_on(arguments: Arguments) -> Turned:
    return dict.fromkeys(_names([arguments.get("list")]), True)


def _taken_off(arguments: Arguments) -> Turned:
    return dict.fromkeys(_names([arguments.get("list")]), False)


def _listing(turned: Turned) -> tuple[str, Arguments]:
    """An action is about one list."""
    [(name, is_on)] = turned.items()
    return "add_to_list" if is_on else "remove_from_list", {"list": name}


def _fields(arguments: Arguments) -> Arguments:
    """An address by which somebody is known is not put back: it may be somebody else's by now."""
    fields = arguments.get("fields")
    known = fields.items() if isinstance(fields, Mapping) else ()
    return {str(name): one for name, one in known if one is not None and name != "email"}


def _of_member(arguments: Arguments) -> Arguments:
    fields = {name.strip().upper(): one for name, one in _fields(arguments).items()}
    return fields if arguments.get(LANGUAGE) is None else {**fields, LANGUAGE: arguments[LANGUAGE]}


def _owner(arguments: Arguments) -> Arguments:
    return {"hubspot_owner_id": arguments.get("owner")}


def _of_deal(arguments: Arguments) -> Arguments:
    given = {"dealstage": arguments.get("stage"), "amount": arguments.get("amount")}
    return {**_fields(arguments), **{name: one for name, one in given.items() if one is not None}}


def _which_deal(arguments: Arguments) -> Arguments:
    named = {name: arguments.get(name) for name in ("deal", "name")}
    return {"of": "deal", **{name: one for name, one in named.items() if one is not None}}


def _about_put_back(arguments: Arguments) -> Arguments:
    return {name: one for name, one in arguments.items() if name != "fields"}


def _names(listed: Any) -> list[str]:
    some = listed if isinstance(listed, list | tuple) else ()
    return [name for one in some if one is not None and (name := str(one).strip())]


PUT_BACK: Final = "put_back"
"""The action that puts values back: nothing but undoing asks for it, and no mapping can name it."""

LANGUAGE: Final = "language"
"""Mailchimp's language of a member, beside the merge fields, whose names are in capitals."""

_OF_MEMBER: Final = Values(_of_member, lambda _: {"of": "member"}, remembers=False)
_OF_CONTACT: Final = Values(_fields, lambda _: {"of": "contact"})
_OF_COMPANY: Final = Values(_fields, lambda _: {"of": "company"})
_OF_DEAL: Final = Values(_of_deal, _which_deal)
_OF_OWNER: Final = Values(_owner, lambda _: {"of": "contact"})
_STARTED: Final = Stays("what was started there cannot be called back")
_TOLD: Final = Stays("what was told cannot be untold, nor what others made of it")
_MADE: Final = Stays("it stays until somebody deletes it there by hand")
_CLOSED: Final = Stays("what was marked as done stays done")
_LEFT: Final = Stays("only the person can come back by themselves")
_TRADED: Final = Stays("it says what the shop said, and only the shop says otherwise")

WAYS: Final[Mapping[tuple[str, str], Way]] = {
    ("hubspot", "tag"): Switch("tag", _tags, _tagging),
    ("hubspot", "add_to_list"): Switch("list", _put_on, _listing),
    ("hubspot", "remove_from_list"): Switch("list", _taken_off, _listing),
    ("hubspot", "create_task"): Closer("complete_task", "task"),
    ("hubspot", "complete_task"): _CLOSED,
    ("hubspot", "update_contact"): _OF_CONTACT,
    ("hubspot", "update_company"): _OF_COMPANY,
    ("hubspot", "update_deal"): _OF_DEAL,
    ("hubspot", "set_owner"): _OF_OWNER,
    ("hubspot", "start_workflow"): _STARTED,
    ("hubspot", "start_sequence"): _STARTED,
    ("hubspot", "send_event"): _TOLD,
    ("hubspot", "add_note"): _MADE,
    ("hubspot", "create_deal"): _MADE,
    ("hubspot", "create_ticket"): _MADE,
    ("hubspot", "unsubscribe"): _LEFT,
    ("mailchimp", "tag"): Switch("tag", _tags, _tagging, same=str.lower),
    ("mailchimp", "update_member"): _OF_MEMBER,
    ("mailchimp", "start_journey"): _STARTED,
    ("mailchimp", "start_automation"): _STARTED,
    ("mailchimp", "send_event"): _TOLD,
    ("mailchimp", "add_note"): _MADE,
    ("mailchimp", "update_cart"): _TRADED,
    ("mailchimp", "remove_cart"): _TRADED,
    ("mailchimp", "update_order"): _TRADED,
    ("mailchimp", "unsubscribe"): _LEFT,
    ("mailchimp", "archive"): Stays("an archived contact comes back by `update_member` alone"),
    ("http", "post"): _TOLD,
}
"""Every action that a mapping can name, by platform and name."""
