"""Static lists that a HubSpot account still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from connector.model.naming import Thing
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.proof import is_absent, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted, by_name, named_at

CONTACTS: Final = "0-1"
STATIC: Final = frozenset({"MANUAL", "SNAPSHOT"})
"""What takes and loses contacts by the API (developers.hubspot.com, Lists API guide, processing types)."""


class NewLists:
    """Lists by name; one that is named by its number is there, or cannot be made."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def plan(self, wanted: Wanted) -> Iterator[Step]:
        """A step for each list. Raises a DispatchError."""
        tags = [one for one in wanted.of(Thing.TAG) if one.argument == "add"] if wanted.has_tag_lists else []
        for name, needs in by_name([*wanted.of(Thing.LIST), *tags]).items():
            found, what = self._found(name), f"list {name}"
            if found is not None and text(found.get("processingType")) in STATIC:
                yield Step(State.THERE, what)
            elif found is not None:
                told = "fills itself, so that nobody can be put on it: name a static list"
                yield Step(State.BY_HAND, what, f"{told} ({named_at(needs)})")
            elif name.isdecimal():
                told = "there is no list with this number: name one by its name, and it is made"
                yield Step(State.BY_HAND, what, f"{told} ({named_at(needs)})")
            else:
                body = {"name": name, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
                yield Step(State.MAKE, what, f"a static one, {named_at(needs)}", kind="list", body=body)

    def carry_out(self, step: Step) -> Made:
        """Make the list. Raises a DispatchError."""
        answer = self._client.sdk.crm.lists.lists_api.create(dict(step.body), _preload_content=False)
        match proven(answer, 200, once=True):
            case {"list": {"listId": found}} if text(found):
                return Made(text(found))
            case _:
                raise unproven(answer, "no list")

    def _found(self, name: str) -> dict[str, Any] | None:
        api = self._client.sdk.crm.lists.lists_api
        if name.isdecimal():
            answer = api.get_by_id(name, _preload_content=False)
        else:
            answer = api.get_by_name(name, CONTACTS, _preload_content=False)
        if is_absent(answer):
            return None
        match proven(answer, 200):
            case {"list": dict(found)}:
                return found
            case _:
                raise unproven(answer, "no list")
