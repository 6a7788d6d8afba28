"""Static lists that a HubSpot account still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.mapping.needs import Need
from connector.model.naming import Thing
from connector.platforms.hubspot.answers import proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.kinds import CONTACTS, STATIC
from connector.platforms.proof import is_absent, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted, by_name, named_at
from connector.platforms.transport import Answer


class NewLists:
    """Lists by name; one that is named by its number is there, or cannot be made.

    Tags that are lists go by their names, also where such a name is a number.
    """

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client

    def plan(self, wanted: Wanted) -> Iterator[Step]:
        """A step for each list. Raises a DispatchError."""
        api, lists = self._client.sdk.crm.lists.lists_api, wanted.of(Thing.LIST)
        tags = [one for one in wanted.of(Thing.TAG) if one.argument == "add"] if wanted.has_tag_lists else []
        for number, needs in by_name([one for one in lists if one.name.isdecimal()]).items():
            found = _found(api.get_by_id(number, _preload_content=False))
            told = "there is no list with this number: name one by its name, and it is made"
            missing = Step(State.BY_HAND, f"list {number}", f"{told} ({named_at(needs)})")
            yield missing if found is None else _as_it_is(found, f"list {number}", needs)
        for name, needs in by_name([*(one for one in lists if not one.name.isdecimal()), *tags]).items():
            found = _found(api.get_by_name(name, CONTACTS, _preload_content=False))
            yield _new(name, needs) if found is None else _as_it_is(found, f"list {name}", needs)

    def carry_out(self, step: Step) -> Made:
        """Make the list. Raises a DispatchError."""
        answer = self._client.sdk.crm.lists.lists_api.create(dict(step.body), _preload_content=False)
        match proven(answer, 200, once=True):
            case {"list": {"listId": found}} if text(found):
                return Made(text(found))
            case _:
                raise unproven(answer, "no list")


def _found(answer: Answer) -> Mapping[str, Any] | None:
    """One that was deleted is still told of by its number (HubSpot/hubspot-api-php#486)."""
    if is_absent(answer):
        return None
    match proven(answer, 200):
        case {"list": {"deletedAt": str()}}:
            return None
        case {"list": dict(found)}:
            return found
        case _:
            raise unproven(answer, "no list")


def _as_it_is(found: Mapping[str, Any], what: str, needs: Sequence[Need]) -> Step:
    if text(found.get("processingType")) in STATIC:
        return Step(State.THERE, what)
    told = "fills itself, so that nobody can be put on it: name a static list"
    return Step(State.BY_HAND, what, f"{told} ({named_at(needs)})")


def _new(name: str, needs: Sequence[Need]) -> Step:
    body = {"name": name, "objectTypeId": CONTACTS, "processingType": "MANUAL"}
    return Step(State.MAKE, f"list {name}", f"a static one, {named_at(needs)}", kind="list", body=body)
